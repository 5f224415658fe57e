/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layout/mixq-layout.h"

#include "base/mixq-error.h"
#include "layout/mixq-layout-private.h"

#define PROGRESS_STEP 0.005

typedef struct
{
  const MixqCsr *graph;
  GArray *pieces; /* of MixqLayoutPiece; at is NULL until it is laid out */
  guint32 *local; /* n: a node's number within its piece */
  gsize done;     /* nodes of the pieces that are finished */
  gsize now;      /* nodes of the piece in work */
  double told;    /* progress told last */
  MixqLayoutProgress progress;
  gpointer user_data;
} Layout;

static void
piece_clear (gpointer data)
{
  MixqLayoutPiece *piece = data;

  g_free (piece->node);
  g_free (piece->at);
}

static void
layout_clear (Layout *self)
{
  g_array_unref (self->pieces);
  g_free (self->local);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Layout, layout_clear)

gboolean
mixq_layout_check (GCancellable *cancellable, GError **error)
{
  if (!g_cancellable_is_cancelled (cancellable))
    return TRUE;
  g_set_error_literal (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED, "graph layout: stopped as asked");
  return FALSE;
}

/* Breadth first from @first; the piece's node list is also the queue. */
static MixqLayoutPiece
find_piece (Layout *self, guint32 first, guint32 *queue)
{
  const MixqCsr *graph = self->graph;
  gsize n = 1;

  queue[0] = first;
  self->local[first] = 0;
  for (gsize done = 0; done < n; done++)
    for (gsize e = graph->row_ptr[queue[done]]; e < graph->row_ptr[queue[done] + 1]; e++)
      if (self->local[graph->col[e]] == G_MAXUINT32) {
        self->local[graph->col[e]] = (guint32) n;
        queue[n++] = graph->col[e];
      }
  return (
      MixqLayoutPiece){ .n = n, .node = g_memdup2 (queue, n * sizeof *queue), .at = g_new0 (float, 2 * n) };
}

static void
find_pieces (Layout *self)
{
  g_autofree guint32 *queue = g_new (guint32, MAX (self->graph->n_rows, 1));

  for (gsize i = 0; i < self->graph->n_rows; i++)
    self->local[i] = G_MAXUINT32;
  for (gsize i = 0; i < self->graph->n_rows; i++)
    if (self->local[i] == G_MAXUINT32) {
      MixqLayoutPiece piece = find_piece (self, (guint32) i, queue);

      g_array_append_val (self->pieces, piece);
    }
}

/* The piece as a graph of its own. */
static MixqCsr *
cut_out (const Layout *self, const MixqLayoutPiece *piece)
{
  const MixqCsr *graph = self->graph;
  MixqCsr *cut;
  gsize nnz = 0;

  for (gsize i = 0; i < piece->n; i++)
    nnz += graph->row_ptr[piece->node[i] + 1] - graph->row_ptr[piece->node[i]];
  cut = mixq_csr_new (piece->n, piece->n, nnz, FALSE);
  nnz = 0;
  for (gsize i = 0; i < piece->n; i++) {
    guint32 node = piece->node[i];

    for (gsize e = graph->row_ptr[node]; e < graph->row_ptr[node + 1]; e++)
      cut->col[nnz++] = self->local[graph->col[e]];
    cut->row_ptr[i + 1] = nnz;
  }
  return cut;
}

/* Many small pieces would call often for nothing: only whole steps of progress are told. */
static void
tell (double fraction, gpointer user_data)
{
  Layout *self = user_data;
  double all = ((double) self->done + fraction * (double) self->now) / (double) self->graph->n_rows;

  if (self->progress == NULL || (all < self->told + PROGRESS_STEP && self->done < self->graph->n_rows))
    return;
  self->told = all;
  self->progress (all, self->user_data);
}

static gboolean
lay_out (Layout *self, MixqLayoutPiece *piece, guint64 seed, GCancellable *cancellable, GError **error)
{
  g_autoptr (MixqCsr) graph = NULL;

  if (piece->n == 1)
    return TRUE;
  graph = cut_out (self, piece);
  if (!mixq_layout_start (graph, seed, cancellable, piece->at, error) ||
      !mixq_layout_relax (graph, tell, self, cancellable, piece->at, error))
    return FALSE;
  mixq_layout_shape (piece, cancellable);
  return mixq_layout_check (cancellable, error);
}

gboolean
mixq_layout_compute (const MixqCsr *graph,
                     guint64 seed,
                     MixqLayoutProgress progress,
                     gpointer user_data,
                     GCancellable *cancellable,
                     float *positions,
                     GError **error)
{
  g_auto (Layout) layout = { .graph = graph, .progress = progress, .user_data = user_data };

  g_return_val_if_fail (graph->n_rows == graph->n_cols, FALSE);
  layout.local = g_new (guint32, MAX (graph->n_rows, 1));
  layout.pieces = g_array_new (FALSE, FALSE, sizeof (MixqLayoutPiece));
  g_array_set_clear_func (layout.pieces, piece_clear);
  find_pieces (&layout);
  for (guint p = 0; p < layout.pieces->len; p++) {
    MixqLayoutPiece *piece = &g_array_index (layout.pieces, MixqLayoutPiece, p);

    layout.now = piece->n;
    if (!lay_out (&layout, piece, seed, cancellable, error))
      return FALSE;
    layout.done += piece->n;
  }
  mixq_layout_pack ((const MixqLayoutPiece *) layout.pieces->data, layout.pieces->len, positions);
  layout.now = 0;
  if (graph->n_rows > 0)
    tell (0, &layout);
  return TRUE;
}
