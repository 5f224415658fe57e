/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "graphs/mixq-graphs-store.h"

#include <math.h>

#include "layout/mixq-layout.h"

/* How long news may gather before the view hears of them. */
#define NEWS_MS 60

struct _MixqGraphsStore
{
  gatomicrefcount ref_count;
  MixqDataset *dataset;
  GCancellable *cancellable;
  /* main thread */
  void (*changed) (gpointer);
  gpointer user_data;
  /* under the mutex */
  GMutex mutex;
  GCond cond;
  MixqGraphsShape **shapes; /* n_graphs; NULL until asked for */
  guint32 *wanted;
  gsize n_wanted, next;
  gboolean running; /* the thread is there */
  gboolean quit;
  gboolean news; /* a callback is under way */
};

/* --- shapes ------------------------------------------------------------------------------------------------------------ */

static void
shape_clear (gpointer data)
{
  MixqGraphsShape *shape = data;

  g_free (shape->xy);
  g_free (shape->edges);
}

MixqGraphsShape *
mixq_graphs_shape_ref (MixqGraphsShape *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
mixq_graphs_shape_unref (MixqGraphsShape *self)
{
  g_atomic_rc_box_release_full (self, shape_clear);
}

static gsize
first_node (const MixqDataset *dataset, gsize graph)
{
  return dataset->graph_ptr != NULL ? dataset->graph_ptr[graph] : graph == 0 ? 0 : dataset->n_nodes;
}

/* Takes @xy. */
static MixqGraphsShape *
shape_new (const MixqDataset *dataset, gsize graph, float *xy, gboolean laid_out)
{
  const gsize first = first_node (dataset, graph), end = first_node (dataset, graph + 1);
  const MixqCsr *csr = dataset->graph;
  MixqGraphsShape *self = g_atomic_rc_box_new0 (MixqGraphsShape);
  gsize n = 0;

  self->xy = xy;
  self->laid_out = laid_out;
  self->edges = g_new (guint32, MAX (csr->row_ptr[end] - csr->row_ptr[first], 1));
  for (gsize i = first; i < end; i++)
    for (gsize k = csr->row_ptr[i]; k < csr->row_ptr[i + 1]; k++)
      if (csr->col[k] > i) {
        self->edges[n++] = (guint32) (i - first);
        self->edges[n++] = (guint32) (csr->col[k] - first);
      }
  self->shape = (MixqGraphPageShape){ end - first, self->xy, n / 2, self->edges };
  return self;
}

static float *
circle_places (gsize n)
{
  float *xy = g_new (float, 2 * n + 1);

  for (gsize i = 0; i < n; i++) {
    double angle = 2.0 * G_PI * (double) i / (double) n - G_PI_2;

    xy[2 * i] = (float) (0.5 + 0.5 * cos (angle));
    xy[2 * i + 1] = (float) (0.5 + 0.5 * sin (angle));
  }
  return xy;
}

/* Moves and scales places into the unit box; both directions alike. */
static void
fit_unit_box (float *xy, gsize n)
{
  float least[2] = { G_MAXFLOAT, G_MAXFLOAT }, most[2] = { -G_MAXFLOAT, -G_MAXFLOAT };
  float side;

  for (gsize i = 0; i < 2 * n; i++) {
    least[i & 1] = MIN (least[i & 1], xy[i]);
    most[i & 1] = MAX (most[i & 1], xy[i]);
  }
  side = MAX (most[0] - least[0], most[1] - least[1]);
  for (gsize i = 0; i < 2 * n; i++)
    xy[i] = side > 0.0f ? (xy[i] - least[i & 1]) / side : 0.5f;
}

/* The block of the graph as a matrix of its own. */
static MixqCsr *
cut_out (const MixqDataset *dataset, gsize graph)
{
  const gsize first = first_node (dataset, graph), n = first_node (dataset, graph + 1) - first;
  const MixqCsr *all = dataset->graph;
  const gsize base = all->row_ptr[first], nnz = all->row_ptr[first + n] - base;
  MixqCsr *csr = mixq_csr_new (n, n, nnz, FALSE);

  for (gsize i = 0; i <= n; i++)
    csr->row_ptr[i] = all->row_ptr[first + i] - base;
  for (gsize k = 0; k < nnz; k++)
    csr->col[k] = all->col[base + k] - (guint32) first;
  return csr;
}

/* Returns: (nullable): %NULL where it was cancelled or cannot be. */
static float *
lay_out_places (MixqGraphsStore *self, gsize graph)
{
  g_autoptr (MixqCsr) csr = cut_out (self->dataset, graph);
  g_autofree float *xy = g_new (float, 2 * csr->n_rows + 1);

  if (!mixq_layout_compute (csr, 0, NULL, NULL, self->cancellable, xy, NULL))
    return NULL;
  fit_unit_box (xy, csr->n_rows);
  return g_steal_pointer (&xy);
}

/* --- the store --------------------------------------------------------------------------------------------------------- */

MixqGraphsStore *
mixq_graphs_store_new (MixqDataset *dataset, void (*changed) (gpointer), gpointer user_data)
{
  MixqGraphsStore *self = g_new0 (MixqGraphsStore, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->dataset = mixq_dataset_ref (dataset);
  self->cancellable = g_cancellable_new ();
  self->changed = changed;
  self->user_data = user_data;
  self->shapes = g_new0 (MixqGraphsShape *, MAX (dataset->n_graphs, 1));
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  return self;
}

MixqGraphsStore *
mixq_graphs_store_ref (MixqGraphsStore *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mixq_graphs_store_unref (MixqGraphsStore *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (gsize i = 0; i < self->dataset->n_graphs; i++)
    g_clear_pointer (&self->shapes[i], mixq_graphs_shape_unref);
  g_free (self->shapes);
  g_free (self->wanted);
  g_object_unref (self->cancellable);
  mixq_dataset_unref (self->dataset);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
mixq_graphs_store_close (MixqGraphsStore *self)
{
  self->changed = NULL;
  g_cancellable_cancel (self->cancellable);
  g_mutex_lock (&self->mutex);
  self->quit = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/* Puts a shape in its place, unless a better one came there meanwhile. (transfer full) both ways. */
static MixqGraphsShape *
keep (MixqGraphsStore *self, gsize graph, MixqGraphsShape *shape)
{
  MixqGraphsShape *old = shape;

  g_mutex_lock (&self->mutex);
  if (self->shapes[graph] == NULL || (shape->laid_out && !self->shapes[graph]->laid_out)) {
    old = self->shapes[graph];
    self->shapes[graph] = shape;
  }
  shape = mixq_graphs_shape_ref (self->shapes[graph]);
  g_mutex_unlock (&self->mutex);
  if (old != NULL)
    mixq_graphs_shape_unref (old);
  return shape;
}

static MixqGraphsShape *
look_up (MixqGraphsStore *self, gsize graph)
{
  MixqGraphsShape *shape;

  g_mutex_lock (&self->mutex);
  shape = self->shapes[graph] != NULL ? mixq_graphs_shape_ref (self->shapes[graph]) : NULL;
  g_mutex_unlock (&self->mutex);
  return shape;
}

MixqGraphsShape *
mixq_graphs_store_get (MixqGraphsStore *self, gsize graph)
{
  MixqGraphsShape *shape;
  gsize n;

  g_return_val_if_fail (graph < self->dataset->n_graphs, NULL);

  shape = look_up (self, graph);
  if (shape != NULL)
    return shape;
  n = first_node (self->dataset, graph + 1) - first_node (self->dataset, graph);
  /* Of the huge ones this is all there will be. */
  return keep (self, graph, shape_new (self->dataset, graph, circle_places (n), n > MIXQ_GRAPHS_HUGE));
}

MixqGraphsShape *
mixq_graphs_store_lay_out (MixqGraphsStore *self, gsize graph)
{
  MixqGraphsShape *shape = mixq_graphs_store_get (self, graph);
  float *xy;

  if (shape == NULL || shape->laid_out)
    return shape;
  xy = lay_out_places (self, graph);
  if (xy == NULL && g_cancellable_is_cancelled (self->cancellable))
    return shape;
  /* What cannot be laid out stays a circle, and is not tried again. */
  if (xy == NULL)
    xy = circle_places (shape->shape.n_nodes);
  mixq_graphs_shape_unref (shape);
  return keep (self, graph, shape_new (self->dataset, graph, xy, TRUE));
}

gsize
mixq_graphs_store_count_edges (MixqGraphsStore *self, gsize graph)
{
  const gsize first = first_node (self->dataset, graph), end = first_node (self->dataset, graph + 1);

  return (self->dataset->graph->row_ptr[end] - self->dataset->graph->row_ptr[first]) / 2;
}

/* --- the thread -------------------------------------------------------------------------------------------------------- */

static gboolean
news_cb (gpointer data)
{
  MixqGraphsStore *self = data;

  g_mutex_lock (&self->mutex);
  self->news = FALSE;
  g_mutex_unlock (&self->mutex);
  if (self->changed != NULL)
    self->changed (self->user_data);
  return G_SOURCE_REMOVE;
}

/* The next wanted graph that is still a circle; the mutex is held. -1: none. */
static gssize
next_wanted (MixqGraphsStore *self)
{
  while (self->next < self->n_wanted) {
    guint32 graph = self->wanted[self->next++];

    if (self->shapes[graph] == NULL || !self->shapes[graph]->laid_out)
      return graph;
  }
  return -1;
}

static gpointer
layout_thread (gpointer data)
{
  MixqGraphsStore *self = data;

  g_mutex_lock (&self->mutex);
  while (!self->quit) {
    gssize graph = next_wanted (self);

    if (graph < 0) {
      g_cond_wait (&self->cond, &self->mutex);
      continue;
    }
    g_mutex_unlock (&self->mutex);
    mixq_graphs_shape_unref (mixq_graphs_store_lay_out (self, (gsize) graph));
    g_mutex_lock (&self->mutex);
    if (!self->news && !self->quit) {
      self->news = TRUE;
      g_timeout_add_full (G_PRIORITY_DEFAULT, NEWS_MS, news_cb, mixq_graphs_store_ref (self),
                          (GDestroyNotify) mixq_graphs_store_unref);
    }
  }
  g_mutex_unlock (&self->mutex);
  mixq_graphs_store_unref (self);
  return NULL;
}

void
mixq_graphs_store_want (MixqGraphsStore *self, const guint32 *graphs, gsize n)
{
  g_mutex_lock (&self->mutex);
  g_free (self->wanted);
  self->wanted = g_memdup2 (graphs, n * sizeof *graphs);
  self->n_wanted = n;
  self->next = 0;
  if (!self->running && !self->quit && n > 0) {
    self->running = TRUE;
    g_thread_unref (g_thread_new ("mixq-graphs", layout_thread, mixq_graphs_store_ref (self)));
  }
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}
