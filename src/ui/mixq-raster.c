/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-raster.h"

#include "mixq-frame-log.h"

#define MAX_SIDE 16384

typedef struct
{
  gpointer job;
  int width, height;
  double scale;
} Order;

struct _MixqRaster
{
  gatomicrefcount ref_count;
  const char *name;
  MixqRasterPaint paint;
  GDestroyNotify free_job;
  /* main thread */
  MixqRasterDone done;
  gpointer user_data;
  gboolean closed;
  /* under the mutex */
  GMutex mutex;
  GCond cond;
  Order next; /* job NULL: none */
  gboolean painting;
  gboolean quit;
};

typedef struct
{
  MixqRaster *raster;
  GdkTexture *texture;
  gpointer job;
} Result;

static void
raster_unref (MixqRaster *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->next.job != NULL)
    self->free_job (self->next.job);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

static void
result_free (Result *result)
{
  result->raster->free_job (result->job);
  g_clear_object (&result->texture);
  raster_unref (result->raster);
  g_free (result);
}

static gboolean
result_cb (gpointer data)
{
  Result *result = data;
  MixqFrameMark mark = mixq_frame_log_begin ();

  if (!result->raster->closed)
    result->raster->done (result->texture, result->job, result->raster->user_data);
  mixq_frame_log_end (mark, MIXQ_FRAME_HANDLER, result->raster->name);
  return G_SOURCE_REMOVE;
}

static GdkTexture *
paint_order (MixqRaster *self, const Order *order)
{
  gsize stride = (gsize) order->width * 4;
  guchar *pixels = g_malloc0 (stride * (gsize) order->height);
  g_autoptr (GBytes) bytes = NULL;

  self->paint (order->job, pixels, order->width, order->height, (int) stride, order->scale);
  bytes = g_bytes_new_take (pixels, stride * (gsize) order->height);
  return gdk_memory_texture_new (order->width, order->height, GDK_MEMORY_DEFAULT, bytes, stride);
}

static gpointer
raster_thread (gpointer data)
{
  MixqRaster *self = data;

  g_mutex_lock (&self->mutex);
  while (!self->quit) {
    Order order = self->next;
    Result *result;

    if (order.job == NULL) {
      g_cond_wait (&self->cond, &self->mutex);
      continue;
    }
    self->next.job = NULL;
    self->painting = TRUE;
    g_mutex_unlock (&self->mutex);

    result = g_new0 (Result, 1);
    g_atomic_ref_count_inc (&self->ref_count);
    result->raster = self;
    result->texture = paint_order (self, &order);
    result->job = order.job;
    g_idle_add_full (G_PRIORITY_HIGH_IDLE, result_cb, result, (GDestroyNotify) result_free);

    g_mutex_lock (&self->mutex);
    self->painting = FALSE;
  }
  g_mutex_unlock (&self->mutex);
  raster_unref (self);
  return NULL;
}

MixqRaster *
mixq_raster_new (const char *name,
                 MixqRasterPaint paint,
                 GDestroyNotify free_job,
                 MixqRasterDone done,
                 gpointer user_data)
{
  MixqRaster *self = g_new0 (MixqRaster, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->name = name;
  self->paint = paint;
  self->free_job = free_job;
  self->done = done;
  self->user_data = user_data;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  g_atomic_ref_count_inc (&self->ref_count); /* the thread's */
  g_thread_unref (g_thread_new (name, raster_thread, self));
  return self;
}

void
mixq_raster_free (MixqRaster *self)
{
  self->closed = TRUE;
  g_mutex_lock (&self->mutex);
  self->quit = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  raster_unref (self);
}

void
mixq_raster_request (MixqRaster *self, gpointer job, int width, int height, double scale)
{
  gpointer dropped;

  g_return_if_fail (job != NULL);

  g_mutex_lock (&self->mutex);
  dropped = self->next.job;
  self->next = (Order){ job, CLAMP (width, 1, MAX_SIDE), CLAMP (height, 1, MAX_SIDE), scale };
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  if (dropped != NULL)
    self->free_job (dropped);
}

gboolean
mixq_raster_is_idle (MixqRaster *self)
{
  gboolean idle;

  g_mutex_lock (&self->mutex);
  idle = self->next.job == NULL && !self->painting;
  g_mutex_unlock (&self->mutex);
  return idle;
}

cairo_t *
mixq_raster_cairo (guchar *pixels, int width, int height, int stride)
{
  cairo_surface_t *surface = cairo_image_surface_create_for_data (pixels, CAIRO_FORMAT_ARGB32, width, height,
                                                                  stride);
  cairo_t *cr = cairo_create (surface);

  cairo_surface_destroy (surface); /* held by @cr */
  return cr;
}

void
mixq_raster_cairo_done (cairo_t *cr)
{
  cairo_surface_finish (cairo_get_target (cr));
  cairo_destroy (cr);
}
