/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * A painter on a thread of its own. A view hands over jobs (values it will not touch again); the newest wins, older
 * ones that have not begun are dropped. The result comes back to the main thread as an immutable texture. Until then
 * the view goes on showing what it has.
 */
typedef struct _MixqRaster MixqRaster;

/**
 * MixqRasterPaint: on the worker.
 * @pixels: (array): @height rows of @stride bytes, cleared; premultiplied ARGB as cairo and GDK_MEMORY_DEFAULT have it
 * @scale: device pixels per logical pixel
 */
typedef void (
    *MixqRasterPaint) (gpointer job, guchar *pixels, int width, int height, int stride, double scale);
/** MixqRasterDone: on the main thread. @job is freed afterwards. */
typedef void (*MixqRasterDone) (GdkTexture *texture, gpointer job, gpointer user_data);

/** mixq_raster_cairo: (transfer full): draws into what a MixqRasterPaint was given; ends with mixq_raster_cairo_done(). */
cairo_t *mixq_raster_cairo (guchar *pixels, int width, int height, int stride);
void mixq_raster_cairo_done (cairo_t *cr);

/** mixq_raster_new: @name: static, of the thread and in the frame log. */
MixqRaster *mixq_raster_new (const char *name,
                             MixqRasterPaint paint,
                             GDestroyNotify free_job,
                             MixqRasterDone done,
                             gpointer user_data);
/** mixq_raster_free: no callback comes after it. Does not wait for a job that is being painted. */
void mixq_raster_free (MixqRaster *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqRaster, mixq_raster_free)

/** mixq_raster_request: (transfer full) @job; @width and @height in device pixels, at least 1. */
void mixq_raster_request (MixqRaster *self, gpointer job, int width, int height, double scale);
/** mixq_raster_is_idle: nothing is asked for and nothing under way. */
gboolean mixq_raster_is_idle (MixqRaster *self);

G_END_DECLS
