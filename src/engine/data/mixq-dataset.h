/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sparse/mixq-csr.h"

G_BEGIN_DECLS

/** MixqPart: which part of the split a node belongs to. */
typedef enum {
  MIXQ_PART_NONE = 0,
  MIXQ_PART_TRAIN = 1,
  MIXQ_PART_VAL = 2,
  MIXQ_PART_TEST = 3,
} MixqPart;

/**
 * MixqTask: what is to be predicted, and so what the *items* of a data set are that a split deals out.
 * @MIXQ_TASK_NODES: one class a node; items are nodes
 * @MIXQ_TASK_NODE_TARGETS: several yes-or-no answers a node (ogbn-proteins); items are nodes
 * @MIXQ_TASK_GRAPHS: one class a graph (TUDataset, CSL); items are graphs
 */
typedef enum {
  MIXQ_TASK_NODES = 0,
  MIXQ_TASK_NODE_TARGETS = 1,
  MIXQ_TASK_GRAPHS = 2,
} MixqTask;

#define MIXQ_TARGET_UNKNOWN 255 /* a yes-or-no answer that the files do not give */

/**
 * MixqDataset:
 *
 * A graph with node features, what is to be predicted, and a split. A collection of graphs is one graph of blocks: the
 * nodes of graph g are the rows graph_ptr[g] .. graph_ptr[g + 1] - 1 and no edge leaves them, so a batch of graphs that
 * follow each other is a range of rows and every kernel serves unchanged. Immutable after construction, shared by
 * reference count, safe to read from any thread.
 *
 * Only MIXQ_TASK_NODES uses @labels and @part. For the other tasks they are -1 and MIXQ_PART_NONE throughout, so that
 * code which knows node classes only finds nothing to train on; their truth is in @graph_labels or @targets, their split
 * in @item_part.
 */
typedef struct
{
  char *name;   /* short: "debian", "cora" */
  char *title;  /* for people: "Debian software map" */
  char *format; /* "built-in", "planetoid", "npz", "tu", "ogb", "generated" */
  char *split;  /* (nullable) what mixq_dataset_with_split() was given; NULL: the split the data came with */
  char *source; /* (nullable) what to give `mixq` to load it again: a built-in name or a path */
  char *
      sha256; /* hex digest of the content in memory (graph, features, labels, split), independent of the file */
  char *graph_sha256; /* the same of the graph alone */

  MixqTask task;
  gsize n_nodes;
  gsize n_classes;   /* classes, or answers a node: the width of a model's output */
  MixqCsr *graph;    /* n x n, symmetric, no self loops, values NULL */
  MixqCsr *features; /* n x F, raw values as stored; mixq_csr_normalise_rows() is the trainer's step */
  gint32 *labels;    /* n entries, -1 where unlabelled */
  guint8 *part;      /* n MixqPart values; unlabelled nodes are never in a part */

  gsize n_graphs; /* 1, or the number of blocks */
  gsize
      *graph_ptr; /* (nullable) n_graphs + 1 first nodes, ascending: no graph is empty; NULL for one graph */
  gint32 *graph_labels; /* (nullable) MIXQ_TASK_GRAPHS: n_graphs classes, -1 where unlabelled */
  guint8
      *targets; /* (nullable) MIXQ_TASK_NODE_TARGETS: n x n_classes, row by row: 0, 1, MIXQ_TARGET_UNKNOWN */
  guint8 *item_part; /* (nullable) not for MIXQ_TASK_NODES: a MixqPart an item */

  char **node_names;    /* (nullable) n valid UTF-8 strings */
  char **class_names;   /* n_classes strings, always there ("class 0", "task 0") */
  char **feature_names; /* (nullable) F strings */
  float *positions;     /* (nullable) n x 2 precomputed layout, within [-1, 1] */

  gsize n_self_loops; /* dropped on reading */
  gsize n_duplicates; /* dropped on reading */
  gboolean was_directed;
  GPtrArray *notes; /* of char *: what the reader wants a person to know; possibly empty */

  /*< private >*/
  gatomicrefcount ref_count;
} MixqDataset;

MixqDataset *mixq_dataset_ref (MixqDataset *self);
void mixq_dataset_unref (MixqDataset *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqDataset, mixq_dataset_unref)

/** mixq_dataset_alloc: an empty data set to be filled by a reader; call mixq_dataset_seal() before sharing it. */
MixqDataset *mixq_dataset_alloc (const char *name, const char *title, const char *format);

/**
 * mixq_dataset_seal:
 *
 * Checks every invariant above, fills missing class names, computes sha256. Readers end with it.
 * Errors: MIXQ_ERROR_SHAPE, MIXQ_ERROR_VALUE (NaN feature, label outside the classes, ...).
 */
gboolean mixq_dataset_seal (MixqDataset *self, GError **error);

/**
 * mixq_dataset_load:
 * @what: a built-in name ("debian", "karate", "csl"), "generated:NODES,EDGES,..." (mixq-generated.h) or a path; the
 *   format is found by looking
 * @format: (nullable) insist on this one: "built-in", "generated", "planetoid", "npz", "tu", "ogb"
 * @cancellable: (nullable)
 *
 * Reads a data set. Hostile input ends in an error, never in a crash, unbounded memory or running code.
 * Errors: MIXQ_ERROR_PARSE, _IO, _SHAPE, _VALUE, _UNSUPPORTED, _CANCELLED; the message names file, place, reason, remedy.
 */
MixqDataset *
mixq_dataset_load (const char *what, const char *format, GCancellable *cancellable, GError **error);

/** mixq_dataset_format_is_named: whether sources of @format are names ("built-in", "generated"), not paths. */
gboolean mixq_dataset_format_is_named (const char *format);

/**
 * mixq_dataset_with_split:
 * @split: "planetoid" (20 per class in node order, next 500, last 1000), "random:SEED" (20 per class, 500, 1000 or
 *   proportionally less on small graphs; where items are not single-label nodes: 8 tenths, 1, 1, by class),
 *   "fold:I", "fold:I/K" or "fold:I/K,SEED" (K parts, 10 unless given, alike in classes and shuffled by the seed, 42
 *   unless given: part I is the test, part I - 1 around the circle the validation, the others training), or a path of a
 *   text file with a part name (train, val, test, none) an item and line; "PATH#F": fold F of a file whose lines are
 *   "fold TAB part TAB numbers of items with commas"
 *
 * Returns: (transfer full): a copy that shares graph and features but has another split.
 */
MixqDataset *mixq_dataset_with_split (MixqDataset *self, const char *split, GError **error);

/**
 * mixq_dataset_with_parts:
 * @part: (array) a MixqPart for each item: a split that was written down one by one
 *
 * As mixq_dataset_with_split().
 */
MixqDataset *mixq_dataset_with_parts (MixqDataset *self, const guint8 *part, GError **error);

/** mixq_dataset_count_part: nodes with a class in @part; 0 for tasks other than MIXQ_TASK_NODES. */
gsize mixq_dataset_count_part (const MixqDataset *self, MixqPart part);

/** mixq_dataset_n_items: what a split deals out: graphs for MIXQ_TASK_GRAPHS, else nodes. */
gsize mixq_dataset_n_items (const MixqDataset *self);
/** mixq_dataset_peek_item_part: (transfer none): the split: mixq_dataset_n_items() MixqPart values, for any task. */
const guint8 *mixq_dataset_peek_item_part (const MixqDataset *self);
gsize mixq_dataset_count_items (const MixqDataset *self, MixqPart part);
/** mixq_dataset_item_class: the class of an item, -1 without one; with targets 0 if any is known, else -1. */
gint32 mixq_dataset_item_class (const MixqDataset *self, gsize item);
/** mixq_dataset_graph_of: the graph that @node is in. Cost: O(log n_graphs). */
gsize mixq_dataset_graph_of (const MixqDataset *self, gsize node);

/** MixqDatasetStats: what `mixq inspect` prints; computed, never stored in files. */
typedef struct
{
  gsize edges; /* directed, no self loops */
  gsize nonzeros;
  double density;
  gsize *class_counts; /* n_classes: items of a class; with targets: items whose answer is yes */
  gsize unlabelled;    /* items */
  gsize components;
  gsize isolated;
  double
      homophily; /* share of directed edges between two labelled nodes of one class; NaN without node classes */
  gsize max_degree;
  gsize fewest_nodes, most_nodes; /* of a graph */
} MixqDatasetStats;

MixqDatasetStats *mixq_dataset_compute_stats (const MixqDataset *self);
void mixq_dataset_stats_free (MixqDatasetStats *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqDatasetStats, mixq_dataset_stats_free)

/** One row of `mixq datasets`. */
typedef struct
{
  const char *name;
  const char *title;
  gboolean builtin;
  gsize nodes, edges, classes, graphs; /* edges directed; graphs 1 for node tasks */
} MixqKnownDataset;

/** mixq_dataset_known: (out) @n: (transfer none): built-ins first, then the public sets the readers know. */
const MixqKnownDataset *mixq_dataset_known (gsize *n);

G_END_DECLS
