/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two passes over the archive: first only the headers, so that sizes are known to fit each other before memory is
 * taken for any of them; then the elements.
 */
#include "data/mixq-npz.h"

#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "data/mixq-dataset-private.h"
#include "data/mixq-file.h"
#include "data/mixq-npy.h"
#include "data/mixq-rows.h"
#include "data/mixq-zip.h"

#define PIECE 4096 /* elements handled at a time */
#define MAX_CLASSES 4096

typedef enum {
  ADJ_DATA,
  ADJ_INDICES,
  ADJ_INDPTR,
  ADJ_SHAPE,
  ATTR_DATA,
  ATTR_INDICES,
  ATTR_INDPTR,
  ATTR_SHAPE,
  ATTR_DENSE,
  LABELS,
  NODE_NAMES,
  CLASS_NAMES,
  ATTR_NAMES,
  N_MEMBERS,
} Member;

/* What the two layouts call them. */
static const char *const member_names[N_MEMBERS][2] = {
  { "adj_data", "adj_matrix.data" },       { "adj_indices", "adj_matrix.indices" },
  { "adj_indptr", "adj_matrix.indptr" },   { "adj_shape", "adj_matrix.shape" },
  { "attr_data", "attr_matrix.data" },     { "attr_indices", "attr_matrix.indices" },
  { "attr_indptr", "attr_matrix.indptr" }, { "attr_shape", "attr_matrix.shape" },
  { "attr_matrix", "attr_matrix" },        { "labels", "labels" },
  { "node_names", "node_names" },          { "class_names", "class_names" },
  { "attr_names", "attr_names" },
};

/* A compressed sparse matrix as it is stored: columns of a row in any order. */
typedef struct
{
  gsize n_rows, n_cols, nnz;
  gsize *row_ptr;
  guint32 *col;
  float *value; /* (nullable) */
} Stored;

typedef struct
{
  const char *path; /* (nullable): a file, or: */
  GBytes *bytes;
  GCancellable *cancellable;
  MixqBudget budget;
  char *label;

  gboolean has[N_MEMBERS];
  MixqNpy head[N_MEMBERS]; /* headers without their sources */
  gint64 shape[2][2];      /* of the adjacency and of the features */

  Stored adj, attr;
  float *dense;   /* (nullable): n_rows x n_cols of attr, row by row */
  gint32 *labels; /* n_nodes */
  gint32 max_label;
  gsize n_weights; /* edges whose weight is not 1 */
  char **names[3]; /* (nullable): of nodes, classes, features */
  gsize n_names_refused;
} Npz;

static void
npz_clear (Npz *self)
{
  g_free (self->label);
  g_free (self->adj.row_ptr);
  g_free (self->adj.col);
  g_free (self->adj.value);
  g_free (self->attr.row_ptr);
  g_free (self->attr.col);
  g_free (self->attr.value);
  g_free (self->dense);
  g_free (self->labels);
  for (gsize i = 0; i < G_N_ELEMENTS (self->names); i++)
    g_strfreev (self->names[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Npz, npz_clear)

static gboolean G_GNUC_PRINTF (4, 5)
    refuse (const Npz *self, int code, GError **error, const char *format, ...)
{
  g_autofree char *problem = NULL;
  va_list args;

  va_start (args, format);
  problem = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MIXQ_ERROR, code, "%s: %s", self->label, problem);
  return FALSE;
}

static Member
find_member (const char *name)
{
  if (!g_str_has_suffix (name, ".npy"))
    return N_MEMBERS;
  for (Member id = 0; id < N_MEMBERS; id++)
    for (gsize layout = 0; layout < 2; layout++) {
      gsize length = strlen (member_names[id][layout]);

      if (strlen (name) == length + 4 && strncmp (name, member_names[id][layout], length) == 0)
        return id;
    }
  return N_MEMBERS;
}

static MixqZip *
open_zip (Npz *self, MixqBudget *budget, GError **error)
{
  return self->path != NULL ? mixq_zip_open (self->path, budget, self->cancellable, error)
                            : mixq_zip_open_bytes (self->bytes, self->label, error);
}

/* First pass. */

static gboolean
look_at_member (Npz *self, Member id, MixqSource *source, GError **error)
{
  g_auto (MixqNpy) npy = { 0 };
  gint64 *shape = self->shape[id == ATTR_SHAPE];

  if (!mixq_npy_init (&npy, source, error))
    return FALSE;
  if (self->has[id])
    return mixq_npy_refuse (&npy, MIXQ_ERROR_VALUE, error,
                            "is in the archive more than once; write the file again");
  if (id == ADJ_SHAPE || id == ATTR_SHAPE) {
    if (npy.n != 2)
      return mixq_npy_refuse (&npy, MIXQ_ERROR_SHAPE, error,
                              "does not hold two numbers; write the file again");
    if (mixq_npy_read_ints (&npy, shape, 2, error) != 2)
      return FALSE;
    if (shape[0] < 1 || shape[0] > G_MAXINT32 || shape[1] < 1 || shape[1] > G_MAXINT32)
      return mixq_npy_refuse (&npy, MIXQ_ERROR_SHAPE, error,
                              "says %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                              ", which no data set has; get a fresh copy of the file",
                              shape[0], shape[1]);
  }
  self->has[id] = TRUE;
  self->head[id] = npy;
  self->head[id].source = NULL;
  return TRUE;
}

static gboolean
look_at_all (Npz *self, GError **error)
{
  g_autoptr (MixqZip) zip = open_zip (self, &self->budget, error);
  g_autoptr (GError) local = NULL;
  const char *name;

  if (zip == NULL)
    return FALSE;
  while ((name = mixq_zip_next (zip, &local)) != NULL) {
    Member id = find_member (name);

    if (id < N_MEMBERS && !look_at_member (self, id, mixq_zip_open_member (zip), error))
      return FALSE;
  }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
check_there (const Npz *self, Member id, GError **error)
{
  return self->has[id] ||
         refuse (self, MIXQ_ERROR_PARSE, error,
                 "has no member %s.npy; give a graph as gnn-benchmark stores it", member_names[id][0]);
}

static gboolean
check_length (const Npz *self, Member id, gsize n, GError **error)
{
  return self->head[id].n == n ||
         refuse (self, MIXQ_ERROR_SHAPE, error,
                 "member %s.npy has %" G_GSIZE_FORMAT " elements, but %" G_GSIZE_FORMAT
                 " belong to the sizes of the others; get a fresh copy of the file",
                 member_names[id][0], self->head[id].n, n);
}

/* Row offsets, columns and values of one matrix; @data is its first member. */
static gboolean
check_stored (Npz *self, Stored *stored, Member data, GError **error)
{
  Member indices = data + 1, indptr = data + 2, shape = data + 3;
  const gint64 *size = self->shape[shape == ATTR_SHAPE];

  if (!check_there (self, shape, error) || !check_there (self, indptr, error) ||
      !check_there (self, indices, error))
    return FALSE;
  stored->n_rows = (gsize) size[0];
  stored->n_cols = (gsize) size[1];
  stored->nnz = self->head[indices].n;
  return check_length (self, indptr, stored->n_rows + 1, error) &&
         (!self->has[data] || check_length (self, data, stored->nnz, error));
}

static gboolean
check_dense (Npz *self, GError **error)
{
  const MixqNpy *head = &self->head[ATTR_DENSE];

  if (head->n_dims != 2 || head->shape[1] < 1 || head->shape[1] > G_MAXINT32)
    return refuse (self, MIXQ_ERROR_SHAPE, error,
                   "member attr_matrix.npy is no matrix of features; save one row a node");
  self->attr.n_rows = head->shape[0];
  self->attr.n_cols = head->shape[1];
  return TRUE;
}

static gboolean
check_sizes (Npz *self, GError **error)
{
  gboolean sparse = self->has[ATTR_SHAPE] || self->has[ATTR_INDPTR] || self->has[ATTR_INDICES];

  if (!check_stored (self, &self->adj, ADJ_DATA, error))
    return FALSE;
  if (self->adj.n_rows != self->adj.n_cols)
    return refuse (self, MIXQ_ERROR_SHAPE, error,
                   "the adjacency is %" G_GSIZE_FORMAT " x %" G_GSIZE_FORMAT
                   ", not square; get a fresh copy of the file",
                   self->adj.n_rows, self->adj.n_cols);
  if (!check_there (self, LABELS, error) || !check_length (self, LABELS, self->adj.n_rows, error))
    return FALSE;
  if (!sparse && !self->has[ATTR_DENSE])
    return refuse (self, MIXQ_ERROR_UNSUPPORTED, error,
                   "has no features (attr_data.npy and the like); give a graph whose nodes have some");
  if (!(sparse ? check_stored (self, &self->attr, ATTR_DATA, error) : check_dense (self, error)))
    return FALSE;
  return self->attr.n_rows == self->adj.n_rows ||
         refuse (self, MIXQ_ERROR_SHAPE, error,
                 "has features for %" G_GSIZE_FORMAT " nodes, but %" G_GSIZE_FORMAT
                 " nodes; get a fresh copy of the file",
                 self->attr.n_rows, self->adj.n_rows);
}

/* Second pass. */

/* Memory for @n elements, which the budget has to allow. Returns: (nullable): NULL with @error. */
static gpointer
take_memory (Npz *self, gsize n, gsize width, GError **error)
{
  gpointer memory = NULL;
  gsize bytes;

  if (g_size_checked_mul (&bytes, MAX (n, 1), width) && mixq_budget_take (&self->budget, bytes))
    memory = g_try_malloc (bytes);
  if (memory == NULL)
    mixq_budget_refuse (self->label, error);
  return memory;
}

static gboolean
read_indptr (Npz *self, MixqNpy *npy, Stored *stored, GError **error)
{
  gint64 piece[PIECE];
  gsize at = 0;
  gssize got;

  stored->row_ptr = take_memory (self, stored->n_rows + 1, sizeof *stored->row_ptr, error);
  if (stored->row_ptr == NULL)
    return FALSE;
  while ((got = mixq_npy_read_ints (npy, piece, PIECE, error)) > 0)
    for (gssize i = 0; i < got; i++, at++) {
      gint64 before = at > 0 ? (gint64) stored->row_ptr[at - 1] : 0;

      if (piece[i] < before || (at == 0 && piece[i] != 0) || piece[i] > (gint64) stored->nnz ||
          (at == stored->n_rows && piece[i] != (gint64) stored->nnz))
        return mixq_npy_refuse (npy, MIXQ_ERROR_VALUE, error,
                                "element %" G_GSIZE_FORMAT " is %" G_GINT64_FORMAT
                                ", but row offsets go up from 0 to %" G_GSIZE_FORMAT
                                "; get a fresh copy of the file",
                                at, piece[i], stored->nnz);
      stored->row_ptr[at] = (gsize) piece[i];
    }
  return got == 0;
}

static gboolean
read_indices (Npz *self, MixqNpy *npy, Stored *stored, GError **error)
{
  gint64 piece[PIECE];
  gsize at = 0;
  gssize got;

  stored->col = take_memory (self, stored->nnz, sizeof *stored->col, error);
  if (stored->col == NULL)
    return FALSE;
  while ((got = mixq_npy_read_ints (npy, piece, PIECE, error)) > 0)
    for (gssize i = 0; i < got; i++, at++) {
      if (piece[i] < 0 || piece[i] >= (gint64) stored->n_cols)
        return mixq_npy_refuse (npy, MIXQ_ERROR_VALUE, error,
                                "element %" G_GSIZE_FORMAT " is %" G_GINT64_FORMAT
                                ", but there are columns 0 to %" G_GSIZE_FORMAT
                                " only; get a fresh copy of the file",
                                at, piece[i], stored->n_cols - 1);
      stored->col[at] = (guint32) piece[i];
    }
  return got == 0;
}

/* Weights of edges are counted and left out; an edge of weight 0 is none, and so not to be taken for one. */
static gboolean
read_weights (Npz *self, MixqNpy *npy, GError **error)
{
  double piece[PIECE];
  gsize at = 0;
  gssize got;

  while ((got = mixq_npy_read_floats (npy, piece, PIECE, error)) > 0)
    for (gssize i = 0; i < got; i++, at++) {
      if (piece[i] == 0 || !isfinite (piece[i]))
        return mixq_npy_refuse (npy, MIXQ_ERROR_VALUE, error,
                                "element %" G_GSIZE_FORMAT
                                " is an edge of weight %g; store edges that are there only",
                                at, piece[i]);
      self->n_weights += piece[i] != 1;
    }
  return got == 0;
}

static gboolean
check_feature (MixqNpy *npy, gsize at, double value, GError **error)
{
  return isfinite ((float) value) ||
         mixq_npy_refuse (npy, MIXQ_ERROR_VALUE, error,
                          "element %" G_GSIZE_FORMAT " is not a finite number of float32; mend the features",
                          at);
}

/* Values of sparse features, in the order of the file; those of a dense matrix may go column by column. */
static gboolean
read_values (Npz *self, MixqNpy *npy, float **value, GError **error)
{
  gsize n = npy->n, n_rows = self->attr.n_rows, n_cols = self->attr.n_cols, at = 0;
  gboolean by_columns = npy->fortran && npy->n_dims == 2;
  double piece[PIECE];
  gssize got;

  *value = take_memory (self, n, sizeof **value, error);
  if (*value == NULL)
    return FALSE;
  while ((got = mixq_npy_read_floats (npy, piece, PIECE, error)) > 0)
    for (gssize i = 0; i < got; i++, at++) {
      if (!check_feature (npy, at, piece[i], error))
        return FALSE;
      (*value)[by_columns ? at % n_rows * n_cols + at / n_rows : at] = (float) piece[i];
    }
  return got == 0;
}

static gboolean
read_labels (Npz *self, MixqNpy *npy, GError **error)
{
  gint64 piece[PIECE];
  gsize at = 0;
  gssize got;

  self->labels = take_memory (self, npy->n, sizeof *self->labels, error);
  self->max_label = -1;
  if (self->labels == NULL)
    return FALSE;
  while ((got = mixq_npy_read_ints (npy, piece, PIECE, error)) > 0)
    for (gssize i = 0; i < got; i++, at++) {
      if (piece[i] < -1 || piece[i] >= MAX_CLASSES)
        return mixq_npy_refuse (npy, MIXQ_ERROR_VALUE, error,
                                "node %" G_GSIZE_FORMAT " has class %" G_GINT64_FORMAT
                                "; number classes from 0 to %d, or write -1 for a node without",
                                at, piece[i], MAX_CLASSES - 1);
      self->labels[at] = (gint32) piece[i];
      self->max_label = MAX (self->max_label, self->labels[at]);
    }
  return got == 0;
}

/* Names are for people: where they do not fit, the data are still good, and a note says so. */
static gboolean
read_names (Npz *self, MixqNpy *npy, char ***names, gsize n, GError **error)
{
  gsize bytes = n * (sizeof (char *) + npy->width + 16);

  if (npy->n != n || (npy->kind != MIXQ_NPY_TEXT && npy->kind != MIXQ_NPY_BYTES)) {
    self->n_names_refused++;
    return TRUE;
  }
  if (!mixq_budget_take (&self->budget, bytes))
    return mixq_budget_refuse (self->label, error);
  *names = g_new0 (char *, n + 1);
  return mixq_npy_read_texts (npy, *names, n, error) == (gssize) n;
}

static gboolean
read_elements (Npz *self, Member id, MixqNpy *npy, GError **error)
{
  switch (id) {
  case ADJ_DATA:
    return read_weights (self, npy, error);
  case ADJ_INDICES:
  case ATTR_INDICES:
    return read_indices (self, npy, id == ADJ_INDICES ? &self->adj : &self->attr, error);
  case ADJ_INDPTR:
  case ATTR_INDPTR:
    return read_indptr (self, npy, id == ADJ_INDPTR ? &self->adj : &self->attr, error);
  case ATTR_DATA:
    return read_values (self, npy, &self->attr.value, error);
  case ATTR_DENSE:
    return read_values (self, npy, &self->dense, error);
  case LABELS:
    return read_labels (self, npy, error);
  case NODE_NAMES:
    return read_names (self, npy, &self->names[0], self->adj.n_rows, error);
  case CLASS_NAMES:
    return npy->n > MAX_CLASSES || read_names (self, npy, &self->names[1], npy->n, error);
  case ATTR_NAMES:
    return read_names (self, npy, &self->names[2], self->attr.n_cols, error);
  default:
    return TRUE;
  }
}

static gboolean
is_wanted (const Npz *self, Member id)
{
  gboolean sparse = self->has[ATTR_SHAPE];

  return id < N_MEMBERS && id != ADJ_SHAPE && id != ATTR_SHAPE &&
         (sparse ? id != ATTR_DENSE : id < ATTR_DATA || id > ATTR_SHAPE);
}

static gboolean
read_member (Npz *self, Member id, MixqSource *source, GError **error)
{
  g_auto (MixqNpy) npy = { 0 };

  if (!mixq_npy_init (&npy, source, error))
    return FALSE;
  if (npy.n != self->head[id].n) /* the file changed under our hands */
    return mixq_npy_refuse (&npy, MIXQ_ERROR_IO, error, "changed while it was read; try again");
  if (!read_elements (self, id, &npy, error))
    return FALSE;
  /* Names that were passed over are not at their end. */
  return id >= NODE_NAMES || mixq_npy_finish (&npy, error);
}

static gboolean
read_all (Npz *self, GError **error)
{
  g_autoptr (MixqZip) zip = open_zip (self, NULL, error);
  g_autoptr (GError) local = NULL;
  const char *name;

  if (zip == NULL)
    return FALSE;
  while ((name = mixq_zip_next (zip, &local)) != NULL) {
    Member id = find_member (name);

    if (is_wanted (self, id) && !read_member (self, id, mixq_zip_open_member (zip), error))
      return FALSE;
  }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* To a data set. */

static gboolean
set_graph (Npz *self, MixqDataset *dataset, GError **error)
{
  g_autofree guint32 *src = take_memory (self, self->adj.nnz, sizeof *src, error);
  MixqEdgeCounts counts;

  if (src == NULL)
    return FALSE;
  for (gsize r = 0; r < self->adj.n_rows; r++)
    for (gsize e = self->adj.row_ptr[r]; e < self->adj.row_ptr[r + 1]; e++)
      src[e] = (guint32) r;
  dataset->n_nodes = self->adj.n_rows;
  dataset->graph = mixq_csr_new_from_edges (dataset->n_nodes, src, self->adj.col, self->adj.nnz, &counts);
  dataset->n_self_loops = counts.self_loops;
  dataset->n_duplicates = counts.duplicates;
  dataset->was_directed = counts.unmatched > 0;
  mixq_dataset_add_note (dataset, counts.self_loops, "Edges left out because they join a node to itself");
  mixq_dataset_add_note (dataset, counts.duplicates, "Edges left out because they repeat another");
  mixq_dataset_add_note (dataset, counts.unmatched,
                         "Edges that went one way only and got their other direction");
  mixq_dataset_add_note (dataset, self->n_weights, "Edges whose weight is not 1; weights are not used");
  return TRUE;
}

typedef struct
{
  guint32 col;
  float value;
} Entry;

static int
compare_entries (const void *a, const void *b)
{
  guint32 x = ((const Entry *) a)->col, y = ((const Entry *) b)->col;
  return (x > y) - (x < y);
}

static gboolean
add_row (Npz *self, MixqRows *rows, gsize row, GArray *entries, GError **error)
{
  const Stored *attr = &self->attr;

  g_array_set_size (entries, 0);
  for (gsize e = attr->row_ptr[row]; e < attr->row_ptr[row + 1]; e++) {
    Entry entry = { attr->col[e], attr->value != NULL ? attr->value[e] : 1.0f };

    g_array_append_val (entries, entry);
  }
  qsort (entries->data, entries->len, sizeof (Entry), compare_entries);
  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = &g_array_index (entries, Entry, i);

    if (i > 0 && entry->col == entry[-1].col)
      return refuse (self, MIXQ_ERROR_VALUE, error,
                     "node %" G_GSIZE_FORMAT " has feature %u twice; get a fresh copy of the file", row,
                     entry->col);
    if (!mixq_rows_add (rows, entry->col, entry->value))
      return mixq_budget_refuse (self->label, error);
  }
  return mixq_rows_end (rows) || mixq_budget_refuse (self->label, error);
}

static gboolean
add_dense_row (Npz *self, MixqRows *rows, gsize row, GError **error)
{
  for (gsize c = 0; c < self->attr.n_cols; c++)
    if (!mixq_rows_add (rows, c, self->dense[row * self->attr.n_cols + c]))
      return mixq_budget_refuse (self->label, error);
  return mixq_rows_end (rows) || mixq_budget_refuse (self->label, error);
}

static gboolean
set_features (Npz *self, MixqDataset *dataset, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_auto (MixqRows) rows = { 0 };

  mixq_rows_init (&rows, &self->budget);
  for (gsize r = 0; r < self->attr.n_rows; r++)
    if (!(self->dense != NULL ? add_dense_row (self, &rows, r, error)
                              : add_row (self, &rows, r, entries, error)))
      return FALSE;
  dataset->features = mixq_rows_finish (&rows, self->attr.n_cols);
  return TRUE;
}

static void
set_labels (Npz *self, MixqDataset *dataset)
{
  gsize n_names = self->names[1] != NULL ? g_strv_length (self->names[1]) : 0, unlabelled = 0;

  dataset->labels = g_steal_pointer (&self->labels);
  dataset->part = g_new0 (guint8, dataset->n_nodes);
  dataset->n_classes = (gsize) (self->max_label + 1);
  for (gsize node = 0; node < dataset->n_nodes; node++)
    unlabelled += dataset->labels[node] < 0;
  mixq_dataset_add_note (dataset, unlabelled, "Nodes without a class");
  dataset->node_names = g_steal_pointer (&self->names[0]);
  dataset->feature_names = g_steal_pointer (&self->names[2]);
  if (n_names >= dataset->n_classes && n_names > 0) {
    dataset->n_classes = n_names;
    dataset->class_names = g_steal_pointer (&self->names[1]);
    for (gsize c = 0; c < n_names; c++)
      g_strdelimit (dataset->class_names[c], "_", ' ');
  } else if (n_names > 0) {
    self->n_names_refused++;
  }
  mixq_dataset_add_note (dataset, self->n_names_refused,
                         "Lists of names left out because they do not fit the data");
}

static MixqDataset *
load (Npz *self, GError **error)
{
  g_autofree char *name = g_str_has_suffix (self->label, ".npz")
                              ? g_strndup (self->label, strlen (self->label) - 4)
                              : g_strdup (self->label);
  g_autoptr (MixqDataset) dataset = NULL;

  if (!look_at_all (self, error) || !check_sizes (self, error) || !read_all (self, error))
    return NULL;
  if (self->max_label < 0) {
    refuse (self, MIXQ_ERROR_VALUE, error, "no node has a class; give a graph whose nodes have one");
    return NULL;
  }
  dataset = mixq_dataset_alloc (*name != '\0' ? name : "npz", *name != '\0' ? name : "npz", "npz");
  if (!set_graph (self, dataset, error) || !set_features (self, dataset, error))
    return NULL;
  set_labels (self, dataset);
  mixq_dataset_set_default_split (dataset);
  if (!mixq_dataset_seal (dataset, error))
    return NULL;
  return g_steal_pointer (&dataset);
}

MixqDataset *
mixq_npz_load (const char *path, GCancellable *cancellable, GError **error)
{
  g_auto (Npz) npz = { .path = path, .cancellable = cancellable, .label = mixq_file_label (path) };

  return load (&npz, error);
}

MixqDataset *
mixq_npz_load_bytes (GBytes *bytes, GError **error)
{
  g_auto (Npz) npz = { .bytes = bytes, .label = g_strdup ("memory.npz") };

  mixq_budget_add_file (&npz.budget, g_bytes_get_size (bytes));
  return load (&npz, error);
}
