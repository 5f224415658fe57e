/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-ogb.h"
#include "data/mixq-rows.h"

G_BEGIN_DECLS

/** MixqOgb: what the files of raw/ hold. */
typedef struct
{
  const char *root;
  GCancellable *cancellable;
  MixqBudget budget;

  gsize n_nodes, n_edges; /* as the two lists say */
  guint32 *src, *dst;
  gsize src_capacity, dst_capacity;

  gsize n_tasks;   /* columns of labels */
  gint32 *labels;  /* (nullable): one task */
  guint8 *targets; /* (nullable): several */
  gsize label_capacity, target_capacity;
  gint32 max_label;

  MixqRows rows; /* of features */
  gsize n_features;
  float *edge_sum; /* (nullable): n_nodes x n_features */
  guint32 *edge_count;
  gboolean has_edge_features;
} MixqOgb;

/** mixq_ogb_read: all of raw/, checked. */
gboolean mixq_ogb_read (MixqOgb *self, GError **error);
void mixq_ogb_clear (MixqOgb *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MixqOgb, mixq_ogb_clear)

/** mixq_ogb_find_file: (transfer full) (nullable): DIR/BASE.csv.gz or DIR/BASE.csv below the root, if one is there. */
char *mixq_ogb_find_file (const MixqOgb *self, const char *dir, const char *base);

G_END_DECLS
