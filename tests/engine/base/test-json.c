/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that come back to the bit, and texts that json-glib must not see. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "base/mixq-random.h"

static char *
text_of_double (double value)
{
  g_autoptr (JsonNode) node = json_node_init_double (json_node_alloc (), value);

  return mixq_json_to_text (node, FALSE);
}

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = mixq_json_parse (text, strlen (text), "test", &error);

  g_assert_no_error (error);
  return node;
}

static void
check_double (double value)
{
  g_autofree char *text = text_of_double (value);
  g_autoptr (JsonNode) node = parse (text);
  double back = json_node_get_double (node);

  g_assert_true (json_node_get_value_type (node) == G_TYPE_DOUBLE);
  g_assert_cmpmem (&back, sizeof back, &value, sizeof value);
}

static void
test_doubles (void)
{
  static const double values[] = { 0,      -0.0, 1,       -1,           0.1,    1e300,
                                   5e-324, 2e-4, 1.0 / 3, 4015909440.0, 0x1p53, 1e22 };
  MixqRandom random;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    check_double (values[i]);
  mixq_random_init (&random, 7, "json");
  for (guint i = 0; i < 2000; i++) {
    guint64 bits = mixq_random_next (&random);
    double value;

    memcpy (&value, &bits, sizeof value);
    if (isfinite (value))
      check_double (value);
  }
}

static void
test_shortest (void)
{
  static const struct
  {
    double value;
    const char *text;
  } cases[] = { { 0.1, "0.1" }, { 2e-4, "0.0002" }, { 0.815, "0.815" }, { 3, "3.0" }, { 1e22, "1e+22" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = text_of_double (cases[i].value);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

/* A locale with a decimal comma, where there is one on this machine. */
static void
test_locale (void)
{
  static const char *const locales[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "da_DK.UTF-8" };
  g_autofree char *before = g_strdup (setlocale (LC_ALL, NULL)), *text = NULL;
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (locales) && !found; i++)
    found = setlocale (LC_ALL, locales[i]) != NULL && strcmp (localeconv ()->decimal_point, ",") == 0;
  if (!found) {
    setlocale (LC_ALL, before);
    g_test_skip ("no locale with a decimal comma is installed here");
    return;
  }
  text = text_of_double (0.5);
  check_double (0.1);
  setlocale (LC_ALL, before);
  g_assert_cmpstr (text, ==, "0.5");
}

static void
test_not_a_number (void)
{
  g_autoptr (JsonNode) number = mixq_json_number (NAN), infinite = mixq_json_count (INFINITY),
                       count = mixq_json_count (3), fraction = mixq_json_count (0.5);
  g_autofree char *text = text_of_double (NAN);

  g_assert_true (JSON_NODE_HOLDS_NULL (number));
  g_assert_true (JSON_NODE_HOLDS_NULL (infinite));
  g_assert_true (json_node_get_value_type (count) == G_TYPE_INT64);
  g_assert_true (json_node_get_value_type (fraction) == G_TYPE_DOUBLE);
  g_assert_cmpstr (text, ==, "null");
}

static void
test_widen (void)
{
  MixqRandom random;

  g_assert_cmpfloat (mixq_json_widen (0.1f), ==, 0.1);
  mixq_random_init (&random, 8, "json");
  for (guint i = 0; i < 20000; i++) {
    guint32 bits = (guint32) mixq_random_next (&random);
    float value;

    memcpy (&value, &bits, sizeof value);
    if (isfinite (value))
      g_assert_cmpfloat ((double) (float) mixq_json_widen (value), ==, (double) value);
  }
}

static void
test_layout (void)
{
  static const char text[] = "{\"a\":[1,2.5,null],\"b\":{\"c\":\"x\\\"\\\\\\n\\t\\u0001é\",\"d\":true},\"e\":"
                             "[{\"f\":1},{\"f\":2}],\"g\":[],\"h\":{}}";
  g_autoptr (JsonNode) node = parse (text), again = NULL;
  g_autofree char *tight = mixq_json_to_text (node, FALSE), *pretty = mixq_json_to_text (node, TRUE),
                  *round = NULL;

  g_assert_cmpstr (tight, ==, text);
  g_assert_cmpstr (
      pretty, ==,
      "{\n  \"a\": [1, 2.5, null],\n  \"b\": {\"c\": \"x\\\"\\\\\\n\\t\\u0001é\", \"d\": true},\n"
      "  \"e\": [\n    {\"f\": 1},\n    {\"f\": 2}\n  ],\n  \"g\": [],\n  \"h\": {}\n}\n");
  again = parse (pretty);
  round = mixq_json_to_text (again, FALSE);
  g_assert_cmpstr (round, ==, text);
}

static void
test_refused (void)
{
  static const char *const texts[] = { "",
                                       " ",
                                       "{",
                                       "[1,]",
                                       "{\"a\":1,}",
                                       "[1] x",
                                       "// c\n[1]",
                                       "/* c */[1]",
                                       "# c\n[1]",
                                       "['a']",
                                       "['\"', [[[[]]]], '\"']",
                                       "[NaN]",
                                       "\"\xff\"",
                                       "[\"a]" };
  g_autoptr (GString) deep = g_string_new (NULL), many = g_string_new ("[0");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_test_message ("text %u", i);
    g_assert_null (mixq_json_parse (texts[i], strlen (texts[i]), "test", &error));
    g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE);
    g_clear_error (&error);
  }
  g_assert_null (mixq_json_parse ("[1]\0[2]", 7, "test", &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE);
  g_clear_error (&error);
  for (guint i = 0; i < 200000; i++)
    g_string_append_c (deep, '[');
  g_assert_null (mixq_json_parse (deep->str, deep->len, "test", &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE);
  g_clear_error (&error);
  for (guint i = 0; i < 4100000; i++)
    g_string_append (many, ",0");
  g_assert_null (mixq_json_parse (many->str, many->len, "test", &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/base/json/doubles", test_doubles);
  g_test_add_func ("/engine/base/json/shortest", test_shortest);
  g_test_add_func ("/engine/base/json/locale", test_locale);
  g_test_add_func ("/engine/base/json/not-a-number", test_not_a_number);
  g_test_add_func ("/engine/base/json/widen", test_widen);
  g_test_add_func ("/engine/base/json/layout", test_layout);
  g_test_add_func ("/engine/base/json/refused", test_refused);
  return g_test_run ();
}
