/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/mixq-random.h"
#include "net/mixq-net.h"

/** ToySpec: a small random attributed graph and the network on it. Members of 0 take the defaults of toy.c. */
typedef struct
{
  guint64 seed;
  gsize nodes, features, classes;
  gsize edges; /* undirected pairs drawn; fewer where they repeat */
  gboolean no_edges;
  gboolean no_features; /* every feature is 0 */
  gboolean negative;    /* features of both signs */
  gboolean homophilous; /* features and edges follow the classes: learnable */
  gboolean star;        /* node 0 is joined to all others */
  guint layers, hidden;
  guint heads; /* 0: a GCN; else a GAT, whose hidden columns default to 3 a head */
  double dropout, feature_dropout;
} ToySpec;

/* Labels everywhere; a third each of training, validation and test nodes (node 0 trains); the last node has no edge. */
MixqInputs *toy_inputs_new (const ToySpec *spec);
MixqModel *toy_model_new (const ToySpec *spec, MixqInputs *inputs);
/* The same data with node i called order[i]. */
MixqInputs *toy_inputs_permute (MixqInputs *inputs, const guint32 *order);

/* The published rules, as a search and as QAT. */
extern const MixqNetRules toy_rules_default, toy_rules_lsq, toy_rules_protect, toy_rules_reference_search,
    toy_rules_reference_qat;

/* Runs the calibrating pass over all rows, without dropout. */
void toy_calibrate (MixqNet *net);
/* After calibrating: ranges off the data's own extremes, so that nothing lies exactly on a clip bound or a tie; where ranges
 * are learned the zero-points are no whole numbers either. */
void toy_disturb_ranges (MixqNet *net);
/* Mean cross-entropy of double logits on the training nodes, and (nullable) its gradient, n x classes. */
double toy_loss (const MixqInputs *inputs, gsize classes, const double *logits, double *grad);
