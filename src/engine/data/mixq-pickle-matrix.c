/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-pickle-matrix.h"

#include <math.h>
#include <string.h>

#include "base/mixq-error.h"

typedef struct
{
  guint32 col;
  float value;
} Entry;

/* Collects rows from the first to the last. */
typedef struct
{
  gsize n_rows, n_cols;
  gsize row;       /* the one being filled */
  gsize row_start; /* its first entry */
  gsize *row_ptr;
  GArray *entries; /* of Entry */
} Builder;

static void
builder_init (Builder *self, gsize n_rows, gsize n_cols)
{
  *self = (Builder){ .n_rows = n_rows, .n_cols = n_cols };
  self->row_ptr = g_new0 (gsize, n_rows + 1);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
}

static void
builder_clear (Builder *self)
{
  g_free (self->row_ptr);
  g_array_unref (self->entries);
}

static gboolean
builder_add (Builder *self, gint64 col, double value, GError **error)
{
  Entry entry = { (guint32) col, (float) value };

  if (col < 0 || (guint64) col >= self->n_cols) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "row %" G_GSIZE_FORMAT " names column %" G_GINT64_FORMAT ", but there are %" G_GSIZE_FORMAT
                 " columns",
                 self->row, col, self->n_cols);
    return FALSE;
  }
  if (!isfinite (entry.value)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "row %" G_GSIZE_FORMAT ", column %" G_GINT64_FORMAT " holds %s", self->row, col,
                 isnan (value) ? "NaN (not a number)" : "a number too large for float32");
    return FALSE;
  }
  g_array_append_val (self->entries, entry);
  return TRUE;
}

static int
compare_entries (const void *a, const void *b)
{
  guint32 x = ((const Entry *) a)->col, y = ((const Entry *) b)->col;

  return (x > y) - (x < y);
}

static gboolean
is_ascending (const Entry *entry, gsize n)
{
  for (gsize i = 1; i < n; i++)
    if (entry[i].col <= entry[i - 1].col)
      return FALSE;
  return TRUE;
}

/* Sorts the row if need be, sums repeated columns and drops zeros. */
static gboolean
builder_end_row (Builder *self, GError **error)
{
  Entry *row = (Entry *) (gpointer) self->entries->data + self->row_start;
  gsize n = self->entries->len - self->row_start, kept = 0;

  if (!is_ascending (row, n))
    qsort (row, n, sizeof *row, compare_entries);
  for (gsize i = 0; i < n;) {
    Entry sum = row[i++];

    for (; i < n && row[i].col == sum.col; i++)
      sum.value += row[i].value;
    if (!isfinite (sum.value)) {
      g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                   "row %" G_GSIZE_FORMAT ", column %u: repeated entries sum up to infinity", self->row,
                   sum.col);
      return FALSE;
    }
    if (sum.value != 0)
      row[kept++] = sum;
  }
  self->row_start += kept;
  g_array_set_size (self->entries, (guint) self->row_start);
  self->row_ptr[++self->row] = self->row_start;
  return TRUE;
}

static MixqCsr *
builder_finish (const Builder *self)
{
  const Entry *entry = (const Entry *) (gpointer) self->entries->data;
  gboolean all_ones = TRUE;
  MixqCsr *csr;

  for (gsize e = 0; e < self->row_start && all_ones; e++)
    all_ones = entry[e].value == 1.0f;
  csr = mixq_csr_new (self->n_rows, self->n_cols, self->row_start, !all_ones);
  memcpy (csr->row_ptr, self->row_ptr, (self->n_rows + 1) * sizeof *csr->row_ptr);
  for (gsize e = 0; e < self->row_start; e++) {
    csr->col[e] = entry[e].col;
    if (!all_ones)
      csr->value[e] = entry[e].value;
  }
  return csr;
}

static gboolean
fail_shape (GError **error, const char *problem)
{
  g_set_error_literal (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE, problem);
  return FALSE;
}

static gboolean
check_csr (const MixqPickleCsr *csr, GError **error)
{
  if (!csr->filled)
    return fail_shape (error, "the csr_matrix was never filled");
  if (csr->indptr->rank != 1 || csr->indices->rank != 1 || csr->data->rank != 1)
    return fail_shape (error, "a part of the csr_matrix does not have one dimension");
  if (!mixq_pickle_array_is_integer (csr->indptr) || !mixq_pickle_array_is_integer (csr->indices))
    return fail_shape (error, "indptr or indices of the csr_matrix do not hold integers");
  if (csr->indptr->length == 0 || csr->indptr->length - 1 != csr->rows) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE,
                 "the shape says %" G_GSIZE_FORMAT " rows, but indptr has %" G_GSIZE_FORMAT
                 " entries instead of one more",
                 csr->rows, csr->indptr->length);
    return FALSE;
  }
  if (csr->cols > MIXQ_PICKLE_MAX_COLUMNS)
    return fail_shape (error, "the matrix has more columns than this reader accepts");
  if (csr->indices->length != csr->data->length)
    return fail_shape (error, "indices and data of the csr_matrix differ in length");
  return TRUE;
}

static gboolean
check_row_pointers (const MixqPickleArray *indptr, gsize nnz, GError **error)
{
  gint64 last = 0;

  for (gsize i = 0; i < indptr->length; i++) {
    gint64 here = mixq_pickle_array_int (indptr, i);

    if (here < last || (guint64) here > nnz || (i == 0 && here != 0)) {
      g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                   "indptr entry %" G_GSIZE_FORMAT " is %" G_GINT64_FORMAT
                   ", but the entries must go up from 0 to %" G_GSIZE_FORMAT,
                   i, here, nnz);
      return FALSE;
    }
    last = here;
  }
  return (gsize) last == nnz ? TRUE : fail_shape (error, "indptr does not reach the end of indices");
}

static MixqCsr *
from_csr (const MixqPickleCsr *csr, GError **error)
{
  MixqCsr *result = NULL;
  Builder builder;
  gboolean ok = TRUE;

  if (!check_csr (csr, error) || !check_row_pointers (csr->indptr, csr->data->length, error))
    return NULL;
  builder_init (&builder, csr->rows, csr->cols);
  for (gsize r = 0; r < csr->rows && ok; r++) {
    gsize end = (gsize) mixq_pickle_array_int (csr->indptr, r + 1);

    for (gsize e = (gsize) mixq_pickle_array_int (csr->indptr, r); e < end && ok; e++)
      ok = builder_add (&builder, mixq_pickle_array_int (csr->indices, e),
                        mixq_pickle_array_real (csr->data, e), error);
    ok = ok && builder_end_row (&builder, error);
  }
  if (ok)
    result = builder_finish (&builder);
  builder_clear (&builder);
  return result;
}

static MixqCsr *
from_array (const MixqPickleArray *array, GError **error)
{
  MixqCsr *result = NULL;
  Builder builder;
  gboolean ok = TRUE;

  if (array->rank != 2 || array->length == 0 || array->shape[1] > MIXQ_PICKLE_MAX_COLUMNS) {
    fail_shape (error, "the array is not a filled matrix of rows and columns");
    return NULL;
  }
  builder_init (&builder, array->shape[0], array->shape[1]);
  for (gsize r = 0; r < array->shape[0] && ok; r++) {
    for (gsize c = 0; c < array->shape[1] && ok; c++) {
      double value = mixq_pickle_array_real (array, mixq_pickle_array_index (array, r, c));

      if (value != 0) /* true for NaN, which is then refused */
        ok = builder_add (&builder, (gint64) c, value, error);
    }
    ok = ok && builder_end_row (&builder, error);
  }
  if (ok)
    result = builder_finish (&builder);
  builder_clear (&builder);
  return result;
}

MixqCsr *
mixq_pickle_to_matrix (const MixqPickleValue *value, GError **error)
{
  if (value->kind == MIXQ_PICKLE_CSR)
    return from_csr (value->as.csr, error);
  if (value->kind == MIXQ_PICKLE_ARRAY)
    return from_array (value->as.array, error);
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE, "it holds a %s where a matrix belongs",
               mixq_pickle_kind_name (value->kind));
  return NULL;
}
