/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mixq-names.h"

#include "base/mixq-error.h"

gboolean
mixq_names_parse (const char *what,
                  const char *const *names,
                  guint n_names,
                  const char *text,
                  guint *value,
                  GError **error)
{
  g_autoptr (GString) known = NULL;

  for (guint i = 0; i < n_names; i++)
    if (g_strcmp0 (text, names[i]) == 0) {
      *value = i;
      return TRUE;
    }
  known = g_string_new (NULL);
  for (guint i = 0; i < n_names; i++)
    g_string_append_printf (known, "%s%s", i == 0 ? "" : i + 1 == n_names ? " or " : ", ", names[i]);
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE, "%s: '%s' is not known; use %s", what,
               text != NULL ? text : "", known->str);
  return FALSE;
}
