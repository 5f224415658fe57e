/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mixq-model.h"
#include "net/mixq-inputs.h"

/* Every architecture with every option, on small random data of every task. */

/** ZooData: @graphs, @nodes: 0 takes the default of zoo.c. Graphs of one node and nodes without edges are always among them. */
typedef struct
{
  MixqTask task;
  guint64 seed;
  gsize nodes, graphs;
  gboolean negative; /* features of both signs */
  gboolean dense;    /* no feature is 0 */
  gboolean few;      /* few items to train on */
  gboolean all;      /* all items are to be trained on */
} ZooData;

MixqInputs *zoo_inputs_new (const ZooData *data);

/* Architectures x batch norm x residual x eps, aggregator or hops; @i < zoo_n_specs(). Without dropout, of few columns. */
guint zoo_n_specs (void);
void zoo_spec (guint i, MixqTask task, MixqPool pool, MixqModelSpec *spec);
/* (transfer full): "tag2-norm-residual" */
char *zoo_name (const MixqModelSpec *spec, MixqTask task);
MixqModel *zoo_model_new (const MixqModelSpec *spec, const MixqInputs *inputs);
