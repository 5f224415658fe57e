/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "reproduce/mixq-reproduce-published.h"
#include "reproduce/mixq-reproduce.h"

G_BEGIN_DECLS

/** MixqPanel: a list of prices, and the charts they make. */
typedef struct
{
  const char *file;          /* charts are called so */
  const char *lambdas;       /* (nullable): NULL: those of the published rows */
  const char *lambdas_quick; /* (nullable): the same for --quick; NULL: every few of the published ones */
  gboolean curve;            /* charts over lambda; else accuracy over cost */
  MixqPlotAxisScale scale;   /* of lambda */
} MixqPanel;

/**
 * MixqPaper: what a table or curve of the paper is made of.
 * @published: (nullable): the rows the program knows
 * @curve_files: (nullable): "ablation-%s.csv": the published curve of a set, in the folder of --published
 * @ours: options of our default pipeline besides those that are chosen
 * @caveat: (nullable): how the published row differs
 */
typedef struct
{
  const MixqPublished *(*published) (gsize *n);
  const char *curve_files;
  const char *ours;
  const char *caveat;
  const MixqPanel *panels;
  guint n_panels;
} MixqPaper;

G_END_DECLS
