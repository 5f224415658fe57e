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

static void
put_structure (Sink *sink, const MixqCsr *csr)
{
  for (gsize r = 0; r <= csr->n_rows; r++)
    put (sink, csr->row_ptr[r], 8);
  for (gsize e = 0; e < csr->nnz; e++)
    put (sink, csr->col[e], 4);
}

static void
put_values (Sink *sink, const MixqCsr *csr)
{
  for (gsize e = 0; e < csr->nnz; e++) {
    float value = csr->value != NULL ? csr->value[e] : 1.0f;
    guint32 bits;

    memcpy (&bits, &value, sizeof bits);
    put (sink, bits, 4);
  }
}

char *
mixq_dataset_compute_sha256 (const MixqDataset *self)
{
  static const char magic[] = "mixq-dataset-1\n";
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  Sink sink = { .checksum = checksum };

  g_checksum_update (checksum, (const guchar *) magic, strlen (magic));
  put (&sink, self->n_nodes, 8);
  put (&sink, self->n_classes, 8);
  put (&sink, self->features->n_cols, 8);
  put (&sink, self->graph->nnz, 8);
  put (&sink, self->features->nnz, 8);
  put_structure (&sink, self->graph);
  put_structure (&sink, self->features);
  put_values (&sink, self->features);
  for (gsize node = 0; node < self->n_nodes; node++)
    put (&sink, (guint32) self->labels[node], 4);
  for (gsize node = 0; node < self->n_nodes; node++)
    put (&sink, self->part[node], 1);
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
