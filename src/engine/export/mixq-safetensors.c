/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/mixq-safetensors.h"

#include <string.h>

#include "base/mixq-json.h"
#include "export/mixq-safetensors-private.h"

#define ALIGNMENT 8 /* of the start of the data */

/* In the order of the format's own list of types: by alignment first. */
const MixqTensorTypeInfo mixq_tensor_types[MIXQ_N_TENSOR_TYPES] = {
  [MIXQ_TENSOR_U8] = { "U8", 1 },
  [MIXQ_TENSOR_I32] = { "I32", 4 },
  [MIXQ_TENSOR_F32] = { "F32", 4 },
};

void
mixq_tensor_free (MixqTensor *tensor)
{
  g_free (tensor->name);
  g_free (tensor->data);
  g_free (tensor);
}

MixqSafetensors *
mixq_safetensors_new (void)
{
  MixqSafetensors *self = g_new0 (MixqSafetensors, 1);

  self->tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) mixq_tensor_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
mixq_safetensors_free (MixqSafetensors *self)
{
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->tensors);
  g_hash_table_unref (self->metadata);
  g_free (self);
}

void
mixq_safetensors_set_metadata (MixqSafetensors *self, const char *key, const char *value)
{
  g_hash_table_replace (self->metadata, g_strdup (key), g_strdup (value));
}

const char *
mixq_safetensors_peek_metadata (const MixqSafetensors *self, const char *key)
{
  return g_hash_table_lookup (self->metadata, key);
}

gboolean
mixq_safetensors_append (MixqSafetensors *self, MixqTensor *tensor)
{
  if (g_hash_table_contains (self->by_name, tensor->name)) {
    mixq_tensor_free (tensor);
    return FALSE;
  }
  g_ptr_array_add (self->tensors, tensor);
  g_hash_table_insert (self->by_name, tensor->name, tensor);
  return TRUE;
}

static MixqTensor *
add (MixqSafetensors *self,
     const char *name,
     MixqTensorType type,
     guint n_dims,
     const gsize *shape,
     const void *values)
{
  MixqTensor *tensor = g_new0 (MixqTensor, 1);

  g_assert (n_dims <= MIXQ_TENSOR_MAX_DIMS);
  tensor->name = g_strdup (name);
  tensor->type = type;
  tensor->n_dims = n_dims;
  tensor->n = 1;
  for (guint d = 0; d < n_dims; d++)
    tensor->n *= tensor->shape[d] = shape[d];
  tensor->size = tensor->n * mixq_tensor_types[type].size;
  tensor->data = g_memdup2 (values, tensor->size);
  g_return_val_if_fail (mixq_safetensors_append (self, tensor), NULL);
  return tensor;
}

/* Little-endian machines copy; the others swap in place. */
static void
swap_words (guint8 *data, gsize n)
{
  for (gsize i = 0; G_BYTE_ORDER != G_LITTLE_ENDIAN && i < n; i++) {
    guint32 word;

    memcpy (&word, data + 4 * i, sizeof word);
    word = GUINT32_SWAP_LE_BE (word);
    memcpy (data + 4 * i, &word, sizeof word);
  }
}

void
mixq_safetensors_add_u8 (MixqSafetensors *self,
                         const char *name,
                         guint n_dims,
                         const gsize *shape,
                         const guint8 *v)
{
  add (self, name, MIXQ_TENSOR_U8, n_dims, shape, v);
}

void
mixq_safetensors_add_i32 (MixqSafetensors *self,
                          const char *name,
                          guint n_dims,
                          const gsize *shape,
                          const gint32 *v)
{
  MixqTensor *tensor = add (self, name, MIXQ_TENSOR_I32, n_dims, shape, v);

  if (tensor != NULL)
    swap_words (tensor->data, tensor->n);
}

void
mixq_safetensors_add_f32 (MixqSafetensors *self,
                          const char *name,
                          guint n_dims,
                          const gsize *shape,
                          const float *v)
{
  MixqTensor *tensor = add (self, name, MIXQ_TENSOR_F32, n_dims, shape, v);

  if (tensor != NULL)
    swap_words (tensor->data, tensor->n);
}

const MixqTensor *
mixq_safetensors_peek (const MixqSafetensors *self, const char *name, MixqTensorType type)
{
  const MixqTensor *tensor = g_hash_table_lookup (self->by_name, name);

  return tensor != NULL && tensor->type == type ? tensor : NULL;
}

guint
mixq_safetensors_get_n_tensors (const MixqSafetensors *self)
{
  return self->tensors->len;
}

static gpointer
dup_words (const MixqTensor *tensor)
{
  guint8 *copy = g_malloc (MAX (tensor->size, 1));

  if (tensor->size > 0)
    memcpy (copy, tensor->data, tensor->size);
  swap_words (copy, tensor->n);
  return copy;
}

gint32 *
mixq_tensor_dup_i32 (const MixqTensor *tensor)
{
  g_return_val_if_fail (tensor->type == MIXQ_TENSOR_I32, NULL);
  return dup_words (tensor);
}

float *
mixq_tensor_dup_f32 (const MixqTensor *tensor)
{
  g_return_val_if_fail (tensor->type == MIXQ_TENSOR_F32, NULL);
  return dup_words (tensor);
}

/* Writing. */

static int
compare_tensors (gconstpointer a, gconstpointer b)
{
  const MixqTensor *left = *(MixqTensor *const *) a, *right = *(MixqTensor *const *) b;

  if (left->type != right->type)
    return left->type > right->type ? -1 : 1;
  return strcmp (left->name, right->name);
}

static JsonNode *
metadata_to_json (const MixqSafetensors *self)
{
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (self->metadata), (GCompareFunc) strcmp);
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  for (GList *item = keys; item != NULL; item = item->next)
    json_object_set_string_member (object, item->data, g_hash_table_lookup (self->metadata, item->data));
  json_node_take_object (node, object);
  return node;
}

static JsonObject *
tensor_to_json (const MixqTensor *tensor, gsize offset)
{
  JsonObject *object = json_object_new ();
  JsonArray *shape = json_array_new (), *offsets = json_array_new ();

  for (guint d = 0; d < tensor->n_dims; d++)
    json_array_add_int_element (shape, (gint64) tensor->shape[d]);
  json_array_add_int_element (offsets, (gint64) offset);
  json_array_add_int_element (offsets, (gint64) (offset + tensor->size));
  json_object_set_string_member (object, "dtype", mixq_tensor_types[tensor->type].name);
  json_object_set_array_member (object, "shape", shape);
  json_object_set_array_member (object, "data_offsets", offsets);
  return object;
}

static char *
header_to_text (const MixqSafetensors *self, GPtrArray *order)
{
  g_autoptr (JsonObject) header = json_object_new ();
  g_autoptr (JsonNode) root = json_node_alloc ();
  gsize offset = 0;

  if (g_hash_table_size (self->metadata) > 0)
    json_object_set_member (header, MIXQ_SAFETENSORS_METADATA, metadata_to_json (self));
  for (guint i = 0; i < order->len; i++) {
    const MixqTensor *tensor = g_ptr_array_index (order, i);

    json_object_set_object_member (header, tensor->name, tensor_to_json (tensor, offset));
    offset += tensor->size;
  }
  json_node_init_object (root, header);
  return mixq_json_to_text (root, FALSE);
}

GBytes *
mixq_safetensors_to_bytes (const MixqSafetensors *self)
{
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  g_autofree char *header = NULL;
  gsize length, padded, size;
  guint64 prefix;
  guint8 *out, *at;

  g_ptr_array_extend (order, self->tensors, NULL, NULL);
  g_ptr_array_sort (order, compare_tensors);
  header = header_to_text (self, order);
  length = strlen (header);
  padded = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  prefix = GUINT64_TO_LE (padded);
  size = sizeof prefix + padded;
  for (guint i = 0; i < order->len; i++)
    size += ((const MixqTensor *) g_ptr_array_index (order, i))->size;
  at = out = g_malloc (size);
  memcpy (at, &prefix, sizeof prefix);
  memcpy (at + sizeof prefix, header, length);
  memset (at + sizeof prefix + length, ' ', padded - length);
  at += sizeof prefix + padded;
  for (guint i = 0; i < order->len; i++) {
    const MixqTensor *tensor = g_ptr_array_index (order, i);

    if (tensor->size > 0) /* an empty tensor has no data at all */
      memcpy (at, tensor->data, tensor->size);
    at += tensor->size;
  }
  return g_bytes_new_take (out, size);
}
