/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mixq-json.h"

#include <math.h>
#include <string.h>

#include "base/mixq-error.h"

#define MAX_DEPTH 16
#define MAX_VALUES 4000000
#define LINE 100 /* characters of a container that still goes on one line */

/* Reading. */

static JsonNode *
fail (GError **error, const char *label, const char *problem)
{
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE,
               "%s: is not the JSON that was expected (%s); write it again", label, problem);
  return NULL;
}

/* Why json-glib must not see the text, or NULL. What is no string here must be none there: hence one kind of quotes. */
static const char *
find_problem (const char *data, gsize length)
{
  gboolean in_string = FALSE;
  gsize depth = 0, values = 1;

  for (gsize i = 0; i < length; i++) {
    char c = data[i];

    if (in_string) {
      if (c == '\\')
        i++;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = TRUE;
    } else if (c == '[' || c == '{') {
      values++;
      if (++depth > MAX_DEPTH)
        return "it nests too deep";
    } else if (c == ']' || c == '}') {
      depth -= depth > 0;
    } else if (c == ',' || c == ':') {
      values++;
    } else if (!g_ascii_isalnum (c) && strchr ("+-. \t\r\n", c) == NULL) {
      return "it has a character outside of quotes that JSON does not know";
    }
  }
  return values > MAX_VALUES ? "it has too many values" : NULL;
}

JsonNode *
mixq_json_parse (const char *data, gsize length, const char *label, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) local = NULL;
  const char *problem;

  if (length == 0 || length > G_MAXINT32 || !g_utf8_validate_len (data, length, NULL))
    return fail (error, label, "it is empty, too long or not UTF-8");
  problem = find_problem (data, length);
  if (problem != NULL)
    return fail (error, label, problem);
  if (!json_parser_load_from_data (parser, data, (gssize) length, &local))
    return fail (error, label, local->message);
  if (json_parser_get_root (parser) == NULL)
    return fail (error, label, "it holds nothing");
  return json_parser_steal_root (parser);
}

/* Writing. */

static void
write_string (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (out, '"');
  for (const char *at = valid; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_printf (out, "\\%c", *at);
    else if (*at == '\n')
      g_string_append (out, "\\n");
    else if (*at == '\t')
      g_string_append (out, "\\t");
    else if ((guchar) *at < 0x20)
      g_string_append_printf (out, "\\u%04x", (guint) (guchar) *at);
    else
      g_string_append_c (out, *at);
  }
  g_string_append_c (out, '"');
}

static void
write_double (GString *out, double value)
{
  static const char *const format[] = { "%.15g", "%.16g", "%.17g" };
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value)) {
    g_string_append (out, "null");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (format); i++) {
    g_ascii_formatd (text, sizeof text, format[i], value);
    if (g_ascii_strtod (text, NULL) == value)
      break;
  }
  g_string_append (out, text);
  if (strpbrk (text, ".e") == NULL)
    g_string_append (out, ".0");
}

static void
write_value (GString *out, JsonNode *node)
{
  if (JSON_NODE_HOLDS_NULL (node))
    g_string_append (out, "null");
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    write_string (out, json_node_get_string (node));
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else if (json_node_get_value_type (node) == G_TYPE_INT64)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
  else
    write_double (out, json_node_get_double (node));
}

static gboolean
is_container (JsonNode *node)
{
  return JSON_NODE_HOLDS_OBJECT (node) || JSON_NODE_HOLDS_ARRAY (node);
}

/* How a container is laid out: one line without spaces, one line with them, or a line for each member. */
typedef enum {
  LAYOUT_TIGHT,
  LAYOUT_LINE,
  LAYOUT_BLOCK,
} Layout;

static void write_node (GString *out, JsonNode *node, Layout layout, guint depth);

/* Before member @i of a container at @depth, or before its end. */
static void
write_break (GString *out, Layout layout, guint depth, gboolean first, gboolean last)
{
  if (!first && !last)
    g_string_append_c (out, ',');
  if (layout == LAYOUT_BLOCK)
    g_string_append_printf (out, "\n%*s", (int) (2 * (last ? depth : depth + 1)), "");
  else if (layout == LAYOUT_LINE && !first && !last)
    g_string_append_c (out, ' ');
}

static void
write_object (GString *out, JsonObject *object, Layout layout, guint depth)
{
  g_autoptr (GList) names = json_object_get_members (object);

  g_string_append_c (out, '{');
  for (GList *item = names; item != NULL; item = item->next) {
    write_break (out, layout, depth, item == names, FALSE);
    write_string (out, item->data);
    g_string_append (out, layout == LAYOUT_TIGHT ? ":" : ": ");
    write_node (out, json_object_get_member (object, item->data), layout, depth + 1);
  }
  if (names != NULL)
    write_break (out, layout, depth, FALSE, TRUE);
  g_string_append_c (out, '}');
}

static void
write_array (GString *out, JsonArray *array, Layout layout, guint depth)
{
  guint n = json_array_get_length (array);

  g_string_append_c (out, '[');
  for (guint i = 0; i < n; i++) {
    write_break (out, layout, depth, i == 0, FALSE);
    write_node (out, json_array_get_element (array, i), layout, depth + 1);
  }
  if (n > 0)
    write_break (out, layout, depth, FALSE, TRUE);
  g_string_append_c (out, ']');
}

static gboolean
is_plain_array (JsonNode *node)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gboolean plain = array != NULL;

  for (guint i = 0; plain && i < json_array_get_length (array); i++)
    plain = !is_container (json_array_get_element (array, i));
  return plain;
}

static gboolean
holds_container (JsonNode *node)
{
  g_autoptr (GList) values = NULL;

  if (JSON_NODE_HOLDS_ARRAY (node))
    return !is_plain_array (node);
  values = json_object_get_values (json_node_get_object (node));
  for (GList *item = values; item != NULL; item = item->next)
    if (is_container (item->data))
      return TRUE;
  return FALSE;
}

static void
write_node (GString *out, JsonNode *node, Layout layout, guint depth)
{
  gsize start = out->len;

  if (!is_container (node)) {
    write_value (out, node);
    return;
  }
  if (layout == LAYOUT_BLOCK && !holds_container (node)) {
    write_node (out, node, LAYOUT_LINE, depth);
    if (out->len - start <= LINE || is_plain_array (node))
      return;
    g_string_truncate (out, start);
  }
  if (JSON_NODE_HOLDS_OBJECT (node))
    write_object (out, json_node_get_object (node), layout, depth);
  else
    write_array (out, json_node_get_array (node), layout, depth);
}

char *
mixq_json_to_text (JsonNode *node, gboolean pretty)
{
  GString *out = g_string_new (NULL);

  write_node (out, node, pretty ? LAYOUT_BLOCK : LAYOUT_TIGHT, 0);
  if (pretty)
    g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}

JsonNode *
mixq_json_number (double value)
{
  JsonNode *node = json_node_alloc ();

  return isfinite (value) ? json_node_init_double (node, value) : json_node_init_null (node);
}

JsonNode *
mixq_json_count (double value)
{
  if (fabs (value) <= 0x1p53 && value == trunc (value))
    return json_node_init_int (json_node_alloc (), (gint64) value);
  return mixq_json_number (value);
}

double
mixq_json_widen (float value)
{
  static const char *const format[] = { "%.6g", "%.7g", "%.8g", "%.9g" };
  double wide = (double) value;

  for (guint i = 0; isfinite (value) && i < G_N_ELEMENTS (format); i++) {
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    wide = g_ascii_strtod (g_ascii_formatd (text, sizeof text, format[i], (double) value), NULL);
    if ((float) wide == value)
      return wide;
  }
  return (double) value;
}
