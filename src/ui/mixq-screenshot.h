/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * mixq_screenshot_save:
 * @window: a mapped window that has drawn since it last changed
 *
 * What @window shows, as PNG, without the desktop around it. Errors: MIXQ_ERROR_EXTERNAL while there is nothing drawn
 * (try again after the next frame), MIXQ_ERROR_IO.
 */
gboolean mixq_screenshot_save (GtkWindow *window, const char *path, GError **error);

G_END_DECLS
