/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-raster.h"

G_BEGIN_DECLS

/*
 * What every view painted by a worker needs: the painter, the newest texture with the job it shows, a new picture when
 * the view is mapped or the colour scheme changes, and a description for screen readers that is renewed in moderation.
 */
typedef struct _MixqPicture MixqPicture;

/** MixqPictureKind: how the pictures of one view are made. Static; members said to be nullable may be absent. */
typedef struct
{
  const char *name; /* of the thread and in the frame log */
  MixqRasterPaint paint;
  GBoxedCopyFunc ref_job;   /* (nullable): keep the job that the texture shows; see mixq_picture_peek_job() */
  GDestroyNotify unref_job; /* frees a job that is not counted */
  void (*request) (gpointer view);                  /* ask for a new picture; called for map and scheme */
  gboolean (*accept) (gpointer view, gpointer job); /* (nullable): FALSE drops what was painted */
  void (*arrived) (gpointer view);                  /* (nullable): a new texture and job are here */
  char *(*describe) (gpointer view, gpointer job);  /* for screen readers; job as given to _describe() */
} MixqPictureKind;

/** mixq_picture_new: @view: (transfer none): a widget, which must outlive the picture. */
MixqPicture *mixq_picture_new (GtkWidget *view, const MixqPictureKind *kind);
/** mixq_picture_free: no callback comes after it. */
void mixq_picture_free (MixqPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqPicture, mixq_picture_free)

/** mixq_picture_is_wanted: whether the view is seen and at least so large. */
gboolean mixq_picture_is_wanted (MixqPicture *self, int min_width, int min_height);
/** mixq_picture_request: (transfer full) @job; @width, @height in logical pixels. The newest wins. */
void mixq_picture_request (MixqPicture *self, gpointer job, double width, double height);
/** mixq_picture_describe: tells screen readers, at most once a second unless @now. */
void mixq_picture_describe (MixqPicture *self, gpointer job, gboolean now);
/** mixq_picture_describe_soon: the next mixq_picture_describe() acts whenever it comes. */
void mixq_picture_describe_soon (MixqPicture *self);

/** mixq_picture_peek_texture: (nullable) (transfer none). */
GdkTexture *mixq_picture_peek_texture (MixqPicture *self);
/** mixq_picture_peek_job: (nullable) (transfer none): what the texture shows. */
gpointer mixq_picture_peek_job (MixqPicture *self);
/** mixq_picture_drop: forgets the texture, e.g. of data that are gone. */
void mixq_picture_drop (MixqPicture *self);
/** mixq_picture_append: the texture, if there is one, over @width by @height logical pixels. */
void mixq_picture_append (MixqPicture *self, GtkSnapshot *snapshot, double width, double height);

G_END_DECLS
