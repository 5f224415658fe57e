/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-screenshot.h"

#include <adwaita.h>

#include "base/mixq-error.h"

gboolean
mixq_screenshot_save (GtkWindow *window, const char *path, GError **error)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (window));
  int width = gdk_paintable_get_intrinsic_width (paintable),
      height = gdk_paintable_get_intrinsic_height (paintable);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  GtkWidget *content = ADW_IS_APPLICATION_WINDOW (window)
                           ? adw_application_window_get_content (ADW_APPLICATION_WINDOW (window))
                           : NULL;
  graphene_rect_t box;

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_EXTERNAL, "%s: the window has not drawn yet; try again", path);
    return FALSE;
  }
  /* Only the window itself: without a compositor it has a frame in place of its shadow. */
  box = GRAPHENE_RECT_INIT (0.0f, 0.0f, (float) width, (float) height);
  if (content != NULL)
    graphene_rect_inset (&box, (float) (width - gtk_widget_get_width (content)) / 2.0f,
                         (float) (height - gtk_widget_get_height (content)) / 2.0f);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, &box);
  if (!gdk_texture_save_to_png (texture, path)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO, "%s: cannot be written; check folder and space", path);
    return FALSE;
  }
  return TRUE;
}
