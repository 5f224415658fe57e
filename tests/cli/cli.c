/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <string.h>

#include <glib/gstdio.h>

#include "base/mixq-json.h"

void
ended_clear (Ended *self)
{
  g_free (self->out);
  g_free (self->err);
}

GSubprocess *
mixq_start (const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *whole = g_strdup_printf ("mixq %s", line);
  g_auto (GStrv) argv = NULL;
  GSubprocess *process;

  g_assert_nonnull (g_getenv ("MIXQ_BINARY"));
  g_assert_true (g_shell_parse_argv (whole, NULL, &argv, &error));
  g_free (argv[0]);
  argv[0] = g_strdup (g_getenv ("MIXQ_BINARY"));
  process = g_subprocess_newv ((const char *const *) argv,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  return process;
}

void
mixq_end (GSubprocess *process, Ended *ended)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8 (process, NULL, NULL, &ended->out, &ended->err, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_if_exited (process))
    g_error ("mixq ended by signal %d\n%s", g_subprocess_get_term_sig (process), ended->err);
  ended->status = g_subprocess_get_exit_status (process);
}

void
mixq_call (Ended *ended, const char *format, ...)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  g_test_message ("mixq %s", line);
  process = mixq_start (line);
  mixq_end (process, ended);
}

JsonNode *
parse_document (const Ended *ended)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = mixq_json_parse (ended->out, strlen (ended->out), "standard output", &error);

  g_assert_no_error (error);
  return node;
}

JsonNode *
mixq_call_json (const char *format, ...)
{
  g_autoptr (GSubprocess) process = NULL;
  g_auto (Ended) ended = { 0 };
  g_autofree char *line = NULL, *whole = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  whole = g_strdup_printf ("%s --json --quiet", line);
  g_test_message ("mixq %s", whole);
  process = mixq_start (whole);
  mixq_end (process, &ended);
  g_assert_cmpstr (ended.err, ==, "");
  g_assert_cmpint (ended.status, ==, 0);
  return parse_document (&ended);
}

void
assert_refused (const Ended *ended, int status, const char *part)
{
  gsize length = strlen (ended->err);

  g_test_message ("%d: %s", ended->status, ended->err);
  g_assert_cmpint (ended->status, ==, status);
  g_assert_cmpstr (ended->out, ==, "");
  g_assert_true (g_str_has_prefix (ended->err, "mixq: "));
  g_assert_nonnull (strstr (ended->err, part));
  g_assert_true (strchr (ended->err, '\n') == ended->err + length - 1);
}

JsonObject *
object_of (JsonNode *node)
{
  g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
  return json_node_get_object (node);
}

void
assert_keys (JsonObject *object, ...)
{
  const char *key;
  va_list args;

  va_start (args, object);
  while ((key = va_arg (args, const char *)) != NULL)
    if (!json_object_has_member (object, key))
      g_error ("member \"%s\" is missing", key);
  va_end (args);
}

JsonNode *
member (JsonNode *node, const char *path)
{
  g_auto (GStrv) part = g_strsplit (path, ".", -1);

  for (guint i = 0; part[i] != NULL; i++) {
    assert_keys (object_of (node), part[i], NULL);
    node = json_object_get_member (object_of (node), part[i]);
  }
  return node;
}

double
number (JsonNode *node, const char *path)
{
  JsonNode *value = member (node, path);

  g_assert_true (JSON_NODE_HOLDS_VALUE (value));
  return json_node_get_double (value);
}

static void
strip (JsonNode *node)
{
  static const char *const moving[] = { "seconds", "epoch_ms", "peak_mib", "machine" };

  if (JSON_NODE_HOLDS_ARRAY (node)) {
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      strip (json_array_get_element (json_node_get_array (node), i));
  } else if (JSON_NODE_HOLDS_OBJECT (node)) {
    g_autoptr (GList) members = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (moving); i++)
      json_object_remove_member (json_node_get_object (node), moving[i]);
    members = json_object_get_members (json_node_get_object (node));
    for (GList *item = members; item != NULL; item = item->next)
      strip (json_object_get_member (json_node_get_object (node), item->data));
  }
}

char *
text_without_times (JsonNode *node)
{
  g_autoptr (JsonNode) copy = NULL;
  g_autofree char *text = mixq_json_to_text (node, FALSE);
  g_autoptr (GError) error = NULL;

  copy = mixq_json_parse (text, strlen (text), "copy", &error); /* json_node_copy() shares what is inside */
  g_assert_no_error (error);
  strip (copy);
  return mixq_json_to_text (copy, TRUE);
}

char *
shared_data (const char *name)
{
  const char *root = g_getenv ("MIXQ_SHARED_DATA");
  g_autofree char *path = g_build_filename (root != NULL ? root : "", name, NULL);
  g_autofree char *probe = g_strdup_printf ("%s.graph", path);

  if (root != NULL && (g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (probe, G_FILE_TEST_EXISTS)))
    return g_steal_pointer (&path);
  g_test_skip ("the shared data are not at hand (set MIXQ_SHARED_DATA)");
  return NULL;
}

char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("mixq-cli-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *inside = g_build_filename (path, name, NULL);

    remove_tree (inside);
  }
  g_remove (path);
}

void
assert_all_refused (const Refusal *refusals, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    g_auto (Ended) ended = { 0 };

    mixq_call (&ended, "%s", refusals[i].line);
    assert_refused (&ended, refusals[i].status, refusals[i].part);
  }
}
