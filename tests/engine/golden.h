/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/*
 * Golden vectors: numbers made by running the published code on small inputs (shared data, golden/README.md). They are
 * not part of the repository; a test without them is skipped and says so.
 */

/* (nullable) (transfer full): the parser that owns the file's "cases"; NULL after g_test_skip(). */
static inline JsonParser *
golden_load (const char *name)
{
  const char *root = g_getenv ("MIXQ_SHARED_DATA");
  g_autofree char *path = g_build_filename (root != NULL ? root : "", "golden", name, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  if (root == NULL || !g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_autofree char *why = g_strdup_printf ("golden/%s is not at hand (set MIXQ_SHARED_DATA)", name);
    g_test_skip (why);
    return NULL;
  }
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&parser);
}

static inline JsonArray *
golden_cases (JsonParser *parser)
{
  return json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "cases");
}

static inline gsize
golden_size (JsonObject *object, const char *name)
{
  return (gsize) json_object_get_int_member (object, name);
}

/* The published code's names of the nine slots of the two-layer GCN, in our slot order. */
static const char *const golden_slot[] = {
  "gcn_1.lin.qi", "gcn_1.lin.qw", "gcn_1.lin.qo", "gcn_1.e.qi",  "gcn_1.mp.qo",
  "gcn_2.lin.qw", "gcn_2.lin.qo", "gcn_2.e.qi",   "gcn_2.mp.qo",
};
