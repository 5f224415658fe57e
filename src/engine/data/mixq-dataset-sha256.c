/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "data/mixq-dataset-private.h"

#define BUFFER 4096

/* Bytes on their way to the checksum, so that it is not called for each number. */
typedef struct
{
  GChecksum *checksum;
  guint8 bytes[BUFFER];
  gsize n;
} Sink;

static void
flush (Sink *sink)
{
  g_checksum_update (sink->checksum, sink->bytes, (gssize) sink->n);
  sink->n = 0;
}

static void
put (Sink *sink, guint64 number, gsize width)
{
  if (sink->n + width > BUFFER)
    flush (sink);
  for (gsize i = 0; i < width; i++)
    sink->bytes[sink->n++] = (guint8) (number >> (8 * i));
}

/* Numbers of an array; what memory holds is what is hashed where the machine is little-endian. */
static void
put_array (Sink *sink, gconstpointer array, gsize n, gsize width)
{
  const guint8 *bytes = array;

  if (G_BYTE_ORDER == G_LITTLE_ENDIAN || width == 1) {
    flush (sink);
    g_checksum_update (sink->checksum, bytes, (gssize) (n * width));
    return;
  }
  for (gsize i = 0; i < n; i++)
    put (sink, width == 8 ? ((const guint64 *) array)[i] : ((const guint32 *) array)[i], width);
}

static void
put_offsets (Sink *sink, const gsize *offset, gsize n)
{
  for (gsize i = 0; i < n; i++)
    put (sink, offset[i], 8);
}

static void
put_structure (Sink *sink, const MixqCsr *csr)
{
  put_offsets (sink, csr->row_ptr, csr->n_rows + 1);
  put_array (sink, csr->col, csr->nnz, 4);
}

static void
put_values (Sink *sink, const MixqCsr *csr)
{
  float one = 1.0f;
  guint32 bits;

  memcpy (&bits, &one, sizeof bits);
  if (csr->value != NULL)
    put_array (sink, csr->value, csr->nnz, 4);
  for (gsize e = 0; csr->value == NULL && e < csr->nnz; e++)
    put (sink, bits, 4);
}

static void
put_task (Sink *sink, const MixqDataset *self)
{
  const gsize whole[] = { 0, self->n_nodes };

  put (sink, self->task, 1);
  put (sink, self->n_graphs, 8);
  put_offsets (sink, self->graph_ptr != NULL ? self->graph_ptr : whole, self->n_graphs + 1);
  put_array (sink, self->item_part, mixq_dataset_n_items (self), 1);
  if (self->task == MIXQ_TASK_GRAPHS)
    put_array (sink, self->graph_labels, self->n_graphs, 4);
  else
    put_array (sink, self->targets, self->n_nodes * self->n_classes, 1);
}

char *
mixq_dataset_compute_sha256 (const MixqDataset *self)
{
  const char *magic = self->task == MIXQ_TASK_NODES ? "mixq-dataset-1\n" : "mixq-dataset-2\n";
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  Sink sink = { .checksum = checksum };

  g_checksum_update (checksum, (const guchar *) magic, (gssize) strlen (magic));
  put (&sink, self->n_nodes, 8);
  put (&sink, self->n_classes, 8);
  put (&sink, self->features->n_cols, 8);
  put (&sink, self->graph->nnz, 8);
  put (&sink, self->features->nnz, 8);
  put_structure (&sink, self->graph);
  put_structure (&sink, self->features);
  put_values (&sink, self->features);
  put_array (&sink, self->labels, self->n_nodes, 4);
  put_array (&sink, self->part, self->n_nodes, 1);
  if (self->task != MIXQ_TASK_NODES)
    put_task (&sink, self);
  flush (&sink);
  return g_strdup (g_checksum_get_string (checksum));
}

char *
mixq_dataset_compute_graph_sha256 (const MixqDataset *self)
{
  static const char magic[] = "mixq-graph-1\n";
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  Sink sink = { .checksum = checksum };

  g_checksum_update (checksum, (const guchar *) magic, strlen (magic));
  put (&sink, self->n_nodes, 8);
  put (&sink, self->graph->nnz, 8);
  put_structure (&sink, self->graph);
  flush (&sink);
  return g_strdup (g_checksum_get_string (checksum));
}
