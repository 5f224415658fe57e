/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-source.h"
#include "data/mixq-tu.h"

G_BEGIN_DECLS

/** The files of a set. The first three have to be there. */
typedef enum {
  MIXQ_TU_A,
  MIXQ_TU_INDICATOR,
  MIXQ_TU_GRAPH_LABELS,
  MIXQ_TU_NODE_LABELS,
  MIXQ_TU_NODE_ATTRIBUTES,
  MIXQ_TU_EDGE_LABELS,
  MIXQ_TU_EDGE_ATTRIBUTES,
  MIXQ_TU_N_FILES,
} MixqTuFile;

#define MIXQ_TU_N_NEEDED 3

extern const char *const mixq_tu_suffixes[MIXQ_TU_N_FILES]; /* "_A.txt" */

/** MixqTuTable: lines of numbers, all with the same count of columns. */
typedef struct
{
  gsize n_rows, n_cols;
  gpointer cells; /* gint64 or float, row by row */
  gsize capacity; /* cells */
} MixqTuTable;

/** MixqTuParts: what the files hold, checked line by line and then against each other. */
typedef struct
{
  const char *name;
  MixqBudget budget;
  gboolean has[MIXQ_TU_N_FILES];
  char *label[MIXQ_TU_N_FILES]; /* what messages call them */

  guint32 *src, *dst; /* from 0 */
  gsize n_arcs, src_capacity, dst_capacity;
  gsize *graph_ptr; /* first nodes; graph_ptr[n_graphs] is n_nodes */
  gsize n_graphs, n_nodes, ptr_capacity;
  MixqTuTable graph_labels, node_labels; /* gint64 */
  MixqTuTable attributes;                /* float */
  gsize n_edge_lines[2];                 /* of edge labels and edge attributes */
} MixqTuParts;

/** mixq_tu_find_file: which file of a set @base is the name of; MIXQ_TU_N_FILES if none. @name: (out) (optional): its set. */
MixqTuFile mixq_tu_find_file (const char *base, char **name);

/** mixq_tu_parts_read: @source: (transfer full). Any order of files will do. */
gboolean mixq_tu_parts_read (MixqTuParts *self, MixqTuFile id, MixqSource *source, GError **error);
/** mixq_tu_parts_check: that the needed files were read, and that all belong together. */
gboolean mixq_tu_parts_check (const MixqTuParts *self, GError **error);
/** mixq_tu_parts_assemble: a sealed data set, from checked parts. */
MixqDataset *mixq_tu_parts_assemble (MixqTuParts *self, GError **error);
void mixq_tu_parts_clear (MixqTuParts *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MixqTuParts, mixq_tu_parts_clear)

G_END_DECLS
