/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * mixq_names_parse:
 * @what: what is being named, for the message ("cost", "penalty")
 * @names: (array length=n_names): the name of value i at index i
 * @value: (out): index of @text in @names; untouched on failure
 *
 * The one way from the names used in options and files to enum values.
 * Errors: MIXQ_ERROR_VALUE, listing the names there are.
 */
gboolean mixq_names_parse (const char *what,
                           const char *const *names,
                           guint n_names,
                           const char *text,
                           guint *value,
                           GError **error);

G_END_DECLS
