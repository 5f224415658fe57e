/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading safetensors from hands we do not know. */
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "export/mixq-safetensors-private.h"

#define MAX_HEADER 10000000 /* the format allows 100 MB; what we write has some kB */

/* The file as it is being read. */
typedef struct
{
  const char *label;
  const guint8 *data; /* after the header */
  gsize size;
  gsize taken; /* bytes of the tensors so far: what bounds memory while overlaps are not known yet */
  GError **error;
} Source;

static gboolean
fail (const Source *source, const char *what, const char *problem)
{
  g_set_error (source->error, MIXQ_ERROR, MIXQ_ERROR_PARSE,
               "%s: %s %s; the file is damaged, export the model again", source->label, what, problem);
  return FALSE;
}

/* A whole number of at most @max. */
static gboolean
get_size (JsonNode *node, gsize max, gsize *value)
{
  gint64 number;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  number = json_node_get_int (node);
  *value = (gsize) number;
  return number >= 0 && (guint64) number <= max;
}

static JsonArray *
get_array (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static gboolean
read_type (const Source *source, JsonObject *object, MixqTensor *tensor)
{
  JsonNode *node = json_object_get_member (object, "dtype");
  const char *name;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return fail (source, tensor->name, "has no dtype");
  name = json_node_get_string (node);
  for (int type = 0; type < MIXQ_N_TENSOR_TYPES; type++)
    if (strcmp (mixq_tensor_types[type].name, name) == 0) {
      tensor->type = (MixqTensorType) type;
      return TRUE;
    }
  g_set_error (source->error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
               "%s: %s has the type %.16s, which is not read here; give a model that mixq exported",
               source->label, tensor->name, name);
  return FALSE;
}

static gboolean
read_shape (const Source *source, JsonObject *object, MixqTensor *tensor)
{
  JsonArray *shape = get_array (object, "shape");
  guint n = shape != NULL ? json_array_get_length (shape) : G_MAXUINT;

  if (n > MIXQ_TENSOR_MAX_DIMS)
    return fail (source, tensor->name, "has no shape of at most four numbers");
  tensor->n_dims = n;
  tensor->n = 1;
  for (guint d = 0; d < n; d++)
    if (!get_size (json_array_get_element (shape, d), G_MAXINT64, &tensor->shape[d]) ||
        !g_size_checked_mul (&tensor->n, tensor->n, tensor->shape[d]))
      return fail (source, tensor->name, "has an impossible shape");
  if (!g_size_checked_mul (&tensor->size, tensor->n, mixq_tensor_types[tensor->type].size))
    return fail (source, tensor->name, "has an impossible shape");
  return TRUE;
}

/* @begin: (out): where its bytes start. */
static gboolean
read_data (Source *source, JsonObject *object, MixqTensor *tensor, gsize *begin)
{
  JsonArray *offsets = get_array (object, "data_offsets");
  gsize end;

  if (offsets == NULL || json_array_get_length (offsets) != 2 ||
      !get_size (json_array_get_element (offsets, 0), source->size, begin) ||
      !get_size (json_array_get_element (offsets, 1), source->size, &end) || *begin > end)
    return fail (source, tensor->name, "does not lie inside the file");
  if (end - *begin != tensor->size)
    return fail (source, tensor->name, "has not as many bytes as its shape asks for");
  if (tensor->size > source->size - source->taken)
    return fail (source, tensor->name, "overlaps another tensor");
  source->taken += tensor->size;
  tensor->data = g_memdup2 (source->data + *begin, tensor->size);
  return TRUE;
}

/* [begin, end) of a tensor, for the check that they cover the data once. */
typedef struct
{
  gsize begin, end;
} Extent;

static int
compare_extents (gconstpointer a, gconstpointer b)
{
  const Extent *left = a, *right = b;

  if (left->begin != right->begin)
    return left->begin < right->begin ? -1 : 1;
  return left->end < right->end ? -1 : left->end > right->end;
}

static gboolean
check_extents (const Source *source, GArray *extents)
{
  gsize end = 0;

  g_array_sort (extents, compare_extents);
  for (guint i = 0; i < extents->len; i++) {
    if (g_array_index (extents, Extent, i).begin != end)
      return fail (source, "its tensors", "overlap or leave a hole between them");
    end = g_array_index (extents, Extent, i).end;
  }
  return end == source->size || fail (source, "its data", "are longer or shorter than its tensors");
}

static gboolean
read_tensor (Source *source, MixqSafetensors *self, const char *name, JsonNode *node, GArray *extents)
{
  g_autoptr (MixqTensor) tensor = g_new0 (MixqTensor, 1);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  Extent extent;

  /* Names come from the file: they go into messages, so no longer than a line. */
  if (strlen (name) > 200)
    return fail (source, "a tensor", "has a name of more than 200 bytes");
  tensor->name = g_strdup (name);
  if (object == NULL || json_object_get_size (object) != 3)
    return fail (source, name, "is not described by dtype, shape and data_offsets");
  if (!read_type (source, object, tensor) || !read_shape (source, object, tensor) ||
      !read_data (source, object, tensor, &extent.begin))
    return FALSE;
  extent.end = extent.begin + tensor->size;
  g_array_append_val (extents, extent);
  mixq_safetensors_append (self, g_steal_pointer (&tensor)); /* members of one object have different names */
  return TRUE;
}

static gboolean
read_metadata (const Source *source, MixqSafetensors *self, JsonNode *node)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (source, MIXQ_SAFETENSORS_METADATA, "is not an object");
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &key, &value)) {
    if (!JSON_NODE_HOLDS_VALUE (value) || json_node_get_value_type (value) != G_TYPE_STRING)
      return fail (source, MIXQ_SAFETENSORS_METADATA, "holds something else than texts");
    mixq_safetensors_set_metadata (self, key, json_node_get_string (value));
  }
  return TRUE;
}

static MixqSafetensors *
read_header (Source *source, JsonObject *header)
{
  g_autoptr (MixqSafetensors) self = mixq_safetensors_new ();
  g_autoptr (GArray) extents = g_array_new (FALSE, FALSE, sizeof (Extent));
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, header);
  while (json_object_iter_next (&iter, &name, &node)) {
    gboolean is_metadata = strcmp (name, MIXQ_SAFETENSORS_METADATA) == 0;

    if (is_metadata ? !read_metadata (source, self, node) : !read_tensor (source, self, name, node, extents))
      return NULL;
  }
  return check_extents (source, extents) ? g_steal_pointer (&self) : NULL;
}

MixqSafetensors *
mixq_safetensors_parse (GBytes *bytes, const char *label, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Source source = { .label = label, .error = error };
  g_autoptr (JsonNode) header = NULL;
  guint64 length;

  if (size < sizeof length) {
    fail (&source, "it", "is too short");
    return NULL;
  }
  memcpy (&length, data, sizeof length);
  length = GUINT64_FROM_LE (length);
  if (length < 2 || length > MAX_HEADER || length > size - sizeof length || data[sizeof length] != '{') {
    fail (&source, "its header", "does not lie inside the file");
    return NULL;
  }
  header = mixq_json_parse ((const char *) data + sizeof length, length, label, error);
  if (header == NULL)
    return NULL;
  source.data = data + sizeof length + length;
  source.size = size - sizeof length - length;
  return read_header (&source, json_node_get_object (header));
}
