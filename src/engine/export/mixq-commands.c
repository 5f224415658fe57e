/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of a steered search, and splits, as texts that repeat them. */
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "base/mixq-names.h"
#include "export/mixq-model-folder-private.h"

static const char *const command_names[] = {
  [MIXQ_COMMAND_LAMBDA] = "lambda",
  [MIXQ_COMMAND_PIN] = "pin",
  [MIXQ_COMMAND_UNPIN] = "unpin",
};

JsonNode *
mixq_command_to_json (const MixqCommand *command, const MixqModel *model)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_int_member (object, "step", command->step);
  json_object_set_string_member (object, "command", command_names[command->kind]);
  if (command->kind == MIXQ_COMMAND_LAMBDA)
    json_object_set_member (object, "lambda", mixq_json_number (command->lambda));
  else
    json_object_set_string_member (object, "slot", model->slots[command->slot].name);
  if (command->kind == MIXQ_COMMAND_PIN)
    json_object_set_int_member (object, "bits", command->bits);
  return json_node_init_object (json_node_alloc (), object);
}

JsonNode *
mixq_commands_to_json (const GArray *commands, const MixqModel *model)
{
  g_autoptr (JsonArray) array = json_array_new ();

  for (guint i = 0; commands != NULL && i < commands->len; i++)
    json_array_add_element (array, mixq_command_to_json (&g_array_index (commands, MixqCommand, i), model));
  return json_node_init_array (json_node_alloc (), array);
}

static gboolean
get_integer (JsonObject *object, const char *member, gint64 max, gint64 *value)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int (node);
  return *value >= 0 && *value <= max;
}

static gboolean
get_string (JsonObject *object, const char *member, const char **text)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  *text = json_node_get_string (node);
  return TRUE;
}

static gboolean
read_lambda (JsonObject *object, MixqCommand *command)
{
  JsonNode *node = json_object_get_member (object, "lambda");
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node)
                                                            : G_TYPE_INVALID;

  if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
    return FALSE;
  command->lambda = json_node_get_double (node);
  return isfinite (command->lambda);
}

static gboolean
read_slot (JsonObject *object, const MixqModel *model, MixqCommand *command)
{
  const char *name;
  int slot;

  if (!get_string (object, "slot", &name) || (slot = mixq_model_find_slot (model, name)) < 0)
    return FALSE;
  command->slot = (guint) slot;
  return TRUE;
}

/* Each kind has its own members and no others: a misspelt one must not pass for none. */
static gboolean
read_command (JsonNode *node, const MixqModel *model, MixqCommand *command)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  gint64 step, bits;
  guint kind;
  const char *name;

  if (object == NULL || !get_integer (object, "step", G_MAXINT32, &step) ||
      !get_string (object, "command", &name) ||
      !mixq_names_parse ("command", command_names, G_N_ELEMENTS (command_names), name, &kind, NULL))
    return FALSE;
  command->step = (guint) step;
  command->kind = (MixqCommandKind) kind;
  if (command->kind == MIXQ_COMMAND_LAMBDA)
    return json_object_get_size (object) == 3 && read_lambda (object, command);
  if (command->kind == MIXQ_COMMAND_UNPIN)
    return json_object_get_size (object) == 3 && read_slot (object, model, command);
  if (json_object_get_size (object) != 4 || !read_slot (object, model, command) ||
      !get_integer (object, "bits", 16, &bits) || bits < 1)
    return FALSE;
  command->bits = (guint8) bits;
  return TRUE;
}

GArray *
mixq_commands_from_json (JsonNode *node, const MixqModel *model, const char *label, GError **error)
{
  g_autoptr (GArray) commands = g_array_new (FALSE, TRUE, sizeof (MixqCommand));
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0, last = 0;

  if (array == NULL) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE,
                 "%s: \"commands\" is not a list; write [] for a run that was not steered", label);
    return NULL;
  }
  for (guint i = 0; i < n; i++) {
    MixqCommand command = { 0 };

    if (!read_command (json_array_get_element (array, i), model, &command) || command.step < last) {
      g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE,
                   "%s: command %u is not one that this model knows, or goes back in time; remove it", label,
                   i + 1);
      return NULL;
    }
    last = command.step;
    g_array_append_val (commands, command);
  }
  return g_steal_pointer (&commands);
}

static const char part_letters
    [] = { [MIXQ_PART_NONE] = 'n', [MIXQ_PART_TRAIN] = 't', [MIXQ_PART_VAL] = 'v', [MIXQ_PART_TEST] = 'e' };

char *
mixq_parts_to_text (const guint8 *part, gsize n)
{
  GString *text = g_string_new (NULL);

  for (gsize begin = 0, end; begin < n; begin = end) {
    for (end = begin + 1; end < n && part[end] == part[begin];)
      end++;
    if (end > begin + 1)
      g_string_append_printf (text, "%" G_GSIZE_FORMAT, end - begin);
    g_string_append_c (text, part_letters[part[begin]]);
  }
  return g_string_free (text, FALSE);
}

guint8 *
mixq_parts_from_text (const char *text, gsize n)
{
  g_autofree guint8 *part = NULL;
  gsize done = 0;

  /* No memory before the text is known to be right: @n comes from a file. */
  for (int pass = 0; pass < 2; pass++) {
    done = 0;
    for (const char *at = text; *at != '\0'; at++) {
      guint64 run = g_ascii_isdigit (*at) ? g_ascii_strtoull (at, (char **) &at, 10) : 1;
      const char *letter = *at != '\0' ? memchr (part_letters, *at, sizeof part_letters) : NULL;

      if (letter == NULL || run == 0 || run > n - done)
        return NULL;
      if (part != NULL)
        memset (part + done, (int) (letter - part_letters), run);
      done += run;
    }
    if (done != n)
      return NULL;
    if (part == NULL)
      part = g_new (guint8, MAX (n, 1));
  }
  return g_steal_pointer (&part);
}
