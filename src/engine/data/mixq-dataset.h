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
 * MixqDataset:
 *
 * One graph with node features, node classes and a split. Immutable after construction, shared by reference
 * count, safe to read from any thread.
 */
typedef struct
{
  char *name;   /* short: "debian", "cora" */
  char *title;  /* for people: "Debian software map" */
  char *format; /* "built-in", "planetoid" */
  char *split;  /* (nullable) what mixq_dataset_with_split() was given; NULL: the split the data came with */
  char *source; /* (nullable) what to give `mixq` to load it again: a built-in name or a path */
  char *
      sha256; /* hex digest of the content in memory (graph, features, labels, split), independent of the file */
  char *graph_sha256; /* the same of the graph alone */

  gsize n_nodes;
  gsize n_classes;
  MixqCsr *graph;    /* n x n, symmetric, no self loops, values NULL */
  MixqCsr *features; /* n x F, raw values as stored; mixq_csr_normalise_rows() is the trainer's step */
  gint32 *labels;    /* n entries, -1 where unlabelled */
  guint8 *part;      /* n MixqPart values; unlabelled nodes are never in a part */

  char **node_names;    /* (nullable) n valid UTF-8 strings */
  char **class_names;   /* n_classes strings, always there ("class 0") */
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
 * @what: a built-in name ("debian", "karate") or a path; the format is found by looking
 * @format: (nullable) insist on this one
 * @cancellable: (nullable)
 *
 * Reads a data set. Hostile input ends in an error, never in a crash, unbounded memory or running code.
 * Errors: MIXQ_ERROR_PARSE, _IO, _SHAPE, _VALUE, _UNSUPPORTED, _CANCELLED; the message names file, place, reason, remedy.
 */
MixqDataset *
mixq_dataset_load (const char *what, const char *format, GCancellable *cancellable, GError **error);

/**
 * mixq_dataset_with_split:
 * @split: "planetoid" (20 per class in node order, next 500, last 1000), "random:SEED" (20 per class, 500, 1000 or
 *   proportionally less on small graphs), or a path of a text file with a part name (train, val, test, none) a line
 *
 * Returns: (transfer full): a copy that shares graph and features but has another split.
 */
MixqDataset *mixq_dataset_with_split (MixqDataset *self, const char *split, GError **error);

/**
 * mixq_dataset_with_parts:
 * @part: (array) n_nodes MixqPart values: a split that was written down node by node
 *
 * As mixq_dataset_with_split().
 */
MixqDataset *mixq_dataset_with_parts (MixqDataset *self, const guint8 *part, GError **error);

gsize mixq_dataset_count_part (const MixqDataset *self, MixqPart part);

/** MixqDatasetStats: what `mixq inspect` prints; computed, never stored in files. */
typedef struct
{
  gsize edges; /* directed, no self loops */
  gsize nonzeros;
  double density;
  gsize *class_counts; /* n_classes */
  gsize unlabelled;
  gsize components;
  gsize isolated;
  double homophily; /* share of directed edges between two labelled nodes of one class */
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
