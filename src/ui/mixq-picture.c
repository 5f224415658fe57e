/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-picture.h"

#include <adwaita.h>
#include <math.h>

#include "mixq-style.h"

#define DESCRIBE_US 1000000

struct _MixqPicture
{
  GtkWidget *view; /* borrowed */
  const MixqPictureKind *kind;
  MixqRaster *raster;
  GdkTexture *texture;
  gpointer job; /* what @texture shows; NULL where jobs are not counted */
  gint64 described;
};

static void
done_cb (GdkTexture *texture, gpointer job, gpointer user_data)
{
  MixqPicture *self = user_data;

  if (self->kind->accept != NULL && !self->kind->accept (self->view, job))
    return;
  g_set_object (&self->texture, texture);
  if (self->kind->ref_job != NULL) {
    if (self->job != NULL)
      self->kind->unref_job (self->job);
    self->job = self->kind->ref_job (job);
  }
  if (self->kind->arrived != NULL)
    self->kind->arrived (self->view);
  gtk_widget_queue_draw (self->view);
}

MixqPicture *
mixq_picture_new (GtkWidget *view, const MixqPictureKind *kind)
{
  MixqPicture *self = g_new0 (MixqPicture, 1);

  self->view = view;
  self->kind = kind;
  self->raster = mixq_raster_new (kind->name, kind->paint, kind->unref_job, done_cb, self);
  g_signal_connect (view, "map", G_CALLBACK (kind->request), NULL);
  mixq_style_connect (view, G_CALLBACK (kind->request));
  return self;
}

void
mixq_picture_free (MixqPicture *self)
{
  g_signal_handlers_disconnect_by_func (self->view, self->kind->request, NULL);
  g_signal_handlers_disconnect_by_func (adw_style_manager_get_default (), self->kind->request, self->view);
  mixq_raster_free (self->raster);
  mixq_picture_drop (self);
  g_free (self);
}

gboolean
mixq_picture_is_wanted (MixqPicture *self, int min_width, int min_height)
{
  return gtk_widget_get_mapped (self->view) && gtk_widget_get_width (self->view) >= min_width &&
         gtk_widget_get_height (self->view) >= min_height;
}

void
mixq_picture_request (MixqPicture *self, gpointer job, double width, double height)
{
  double scale = gtk_widget_get_scale_factor (self->view);

  mixq_raster_request (self->raster, job, (int) lround (width * scale), (int) lround (height * scale), scale);
}

void
mixq_picture_describe (MixqPicture *self, gpointer job, gboolean now)
{
  gint64 time = g_get_monotonic_time ();
  g_autofree char *text = NULL;

  if (!now && time - self->described < DESCRIBE_US)
    return;
  self->described = time;
  text = self->kind->describe (self->view, job);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

void
mixq_picture_describe_soon (MixqPicture *self)
{
  self->described = 0;
}

GdkTexture *
mixq_picture_peek_texture (MixqPicture *self)
{
  return self->texture;
}

gpointer
mixq_picture_peek_job (MixqPicture *self)
{
  return self->job;
}

void
mixq_picture_drop (MixqPicture *self)
{
  g_clear_object (&self->texture);
  if (self->job != NULL)
    self->kind->unref_job (g_steal_pointer (&self->job));
}

void
mixq_picture_append (MixqPicture *self, GtkSnapshot *snapshot, double width, double height)
{
  if (self->texture != NULL)
    gtk_snapshot_append_texture (snapshot, self->texture,
                                 &GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height));
}
