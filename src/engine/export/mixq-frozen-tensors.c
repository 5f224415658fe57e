/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The integer model as tensors. What is read here is trusted by inference: every bound that it relies on is checked. */
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "export/mixq-model-folder-private.h"
#include "export/mixq-pack.h"
#include "quant/mixq-quantizer.h"

#define FORMAT "mixq-integer-model"
#define VERSION "1"
#define GRAPH_KEY "graph_sha256"

/* Weights and vectors of units. */

/* The slot of a unit's matrix: what a linear map multiplies by, or what scores edges; -1 where it has none. */
static int
weight_slot (const MixqModel *model, guint u)
{
  const MixqUnit *unit = &model->units[u];
  int s = unit->slot_weight >= 0 ? unit->slot_weight : unit->slot_operand;

  return s >= 0 && model->slots[s].role == MIXQ_SLOT_WEIGHT ? s : -1;
}

/* The numbers of a unit that are never quantized, in equal parts: a tensor each, "UNIT.PART". */
typedef struct
{
  const char *const *part; /* ends with NULL */
  guint n_parts, n_dims;
  gsize n;          /* numbers of a part; 0: the unit has none */
  gboolean divides; /* the first part is divided by (method spec 9.4 rule 6): never 0 */
} Vector;

static Vector
vector_of (const MixqUnit *unit)
{
  static const char *const bias[] = { "bias", NULL }, *const norm[] = { "scale", "shift", NULL };
  static const char *const eps[] = { "eps", NULL };
  gsize n = mixq_frozen_vector_size (unit);

  switch (unit->kind) {
  case MIXQ_UNIT_BATCH_NORM:
    return (Vector){ norm, 2, 1, n / 2, TRUE };
  case MIXQ_UNIT_PROPAGATE:
    return (Vector){ eps, 1, 0, n, FALSE };
  default:
    return (Vector){ bias, 1, 1, n, FALSE };
  }
}

static char *
name_of_part (const MixqUnit *unit, const char *part)
{
  return g_strconcat (unit->name, ".", part, NULL);
}

/* Writing. */

static char *
key_of (const MixqSlotInfo *slot, const char *what)
{
  return g_strconcat (slot->name, ".", what, NULL);
}

static void
set_metadata (MixqSafetensors *file, const MixqSlotInfo *slot, const char *what, const char *value)
{
  g_autofree char *key = key_of (slot, what);

  mixq_safetensors_set_metadata (file, key, value);
}

static char *
shape_text (const MixqSlotInfo *slot)
{
  return g_strdup_printf ("[%" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT "]", slot->rows, slot->cols);
}

static void
add_slot (MixqSafetensors *file, const MixqSlotInfo *info, const MixqFrozenSlot *slot)
{
  g_autofree char *scale = key_of (info, "scale"), *zero = key_of (info, "zero_point");
  g_autofree char *bits = g_strdup_printf ("%u", slot->bits);
  guint n_dims = slot->granularity == MIXQ_PER_TENSOR ? 0 : 1;

  mixq_safetensors_add_f32 (file, scale, n_dims, &slot->n, slot->scale);
  mixq_safetensors_add_i32 (file, zero, n_dims, &slot->n, slot->zero);
  set_metadata (file, info, "bits", bits);
  set_metadata (file, info, "signed", slot->is_signed ? "true" : "false");
  if (slot->is_narrow)
    set_metadata (file, info, "narrow", "true");
  if (slot->granularity != MIXQ_PER_TENSOR && info->role != MIXQ_SLOT_WEIGHT)
    set_metadata (file, info, "axis", slot->granularity == MIXQ_PER_ROW ? "node" : "column");
  if (slot->row_bits != NULL) {
    g_autofree char *widths = key_of (info, "node_bits");

    mixq_safetensors_add_u8 (file, widths, 1, &slot->n, slot->row_bits);
  }
}

static void
add_weight (MixqSafetensors *file, const MixqSlotInfo *info, const MixqFrozenSlot *slot, const gint32 *code)
{
  guint width = slot->bits;
  g_autofree char *width_text = g_strdup_printf ("%u", width), *shape = shape_text (info);
  g_autofree guint8 *packed = NULL;
  gsize size;

  if (!mixq_pack_size (info->rows * info->cols, width, &size))
    g_assert_not_reached (); /* the codes themselves are four bytes each and in memory */
  packed = g_malloc (MAX (size, 1));
  mixq_pack (code, info->rows * info->cols, width, packed);
  mixq_safetensors_add_u8 (file, info->name, 1, &size, packed);
  set_metadata (file, info, "width", width_text);
  set_metadata (file, info, "shape", shape);
}

static void
add_vector (MixqSafetensors *file, const MixqUnit *unit, const float *value)
{
  Vector vector = vector_of (unit);

  for (guint i = 0; i < vector.n_parts; i++) {
    g_autofree char *name = name_of_part (unit, vector.part[i]);

    mixq_safetensors_add_f32 (file, name, vector.n_dims, &vector.n, value + i * vector.n);
  }
}

MixqSafetensors *
mixq_frozen_to_tensors (const MixqFrozen *frozen)
{
  const MixqModel *model = frozen->model;
  MixqSafetensors *file = mixq_safetensors_new ();

  mixq_safetensors_set_metadata (file, "format", FORMAT);
  mixq_safetensors_set_metadata (file, "version", VERSION);
  mixq_safetensors_set_metadata (file, "packing", MIXQ_PACKING);
  if (frozen->graph_sha256 != NULL)
    mixq_safetensors_set_metadata (file, GRAPH_KEY, frozen->graph_sha256);
  for (guint s = 0; s < model->n_slots; s++)
    add_slot (file, &model->slots[s], &frozen->slots[s]);
  for (guint u = 0; u < model->n_units; u++) {
    int s = weight_slot (model, u);

    if (s >= 0)
      add_weight (file, &model->slots[s], &frozen->slots[s], frozen->weight[u]);
    if (frozen->vector[u] != NULL)
      add_vector (file, &model->units[u], frozen->vector[u]);
  }
  return file;
}

/* Reading. */

typedef struct
{
  const MixqSafetensors *file;
  const char *label;
  guint used; /* tensors */
  GError **error;
} Source;

static gboolean
fail (const Source *source, MixqErrorCode code, const char *name, const char *problem)
{
  g_set_error (source->error, MIXQ_ERROR, code, "%s: %s %s; export the model again", source->label, name,
               problem);
  return FALSE;
}

static const char *
get_metadata (const Source *source, const MixqSlotInfo *slot, const char *what)
{
  g_autofree char *key = key_of (slot, what);

  return mixq_safetensors_peek_metadata (source->file, key);
}

static const MixqTensor *
get_tensor (Source *source, const MixqSlotInfo *slot, const char *what, MixqTensorType type)
{
  g_autofree char *key = what != NULL ? key_of (slot, what) : g_strdup (slot->name);
  const MixqTensor *tensor = mixq_safetensors_peek (source->file, key, type);

  if (tensor == NULL)
    fail (source, MIXQ_ERROR_PARSE, key, "is missing or has another type");
  else
    source->used++;
  return tensor;
}

static gboolean
is_width (guint64 bits)
{
  return (bits >= 1 && bits <= 8) || bits == 16;
}

static gboolean
read_width (Source *source, const MixqSlotInfo *info, MixqFrozenSlot *slot)
{
  const char *bits = get_metadata (source, info, "bits"), *is_signed = get_metadata (source, info, "signed");
  const char *narrow = get_metadata (source, info, "narrow");
  guint64 number;

  if (bits == NULL || !g_ascii_string_to_unsigned (bits, 10, 1, 16, &number, NULL) || !is_width (number))
    return fail (source, MIXQ_ERROR_PARSE, info->name, "has no width of 1 to 8 or 16 bits");
  if (g_strcmp0 (is_signed, "true") != 0 && g_strcmp0 (is_signed, "false") != 0)
    return fail (source, MIXQ_ERROR_PARSE, info->name, "is neither signed nor unsigned");
  slot->is_signed = strcmp (is_signed, "true") == 0;
  slot->is_narrow = narrow != NULL;
  if (narrow != NULL && (strcmp (narrow, "true") != 0 || !slot->is_signed))
    return fail (source, MIXQ_ERROR_PARSE, info->name, "is narrow without being signed");
  mixq_frozen_slot_set_width (slot, (guint8) number);
  return TRUE;
}

/* What a list of scales runs along: columns of a weight, else what the file says. */
static gboolean
read_axis (const Source *source, const MixqSlotInfo *info, guint n_dims, MixqGranularity *axis)
{
  const char *text = get_metadata (source, info, "axis");

  if (info->role == MIXQ_SLOT_WEIGHT && text == NULL)
    *axis = n_dims == 0 ? MIXQ_PER_TENSOR : MIXQ_PER_COLUMN;
  else if (text == NULL)
    *axis = MIXQ_PER_TENSOR;
  else if (strcmp (text, "node") == 0)
    *axis = MIXQ_PER_ROW;
  else if (strcmp (text, "column") == 0)
    *axis = MIXQ_PER_COLUMN;
  else
    return fail (source, MIXQ_ERROR_PARSE, info->name, "has scales along neither nodes nor columns");
  return TRUE;
}

static gboolean
read_ranges (Source *source, const MixqModel *model, const MixqSlotInfo *info, MixqFrozenSlot *slot)
{
  const MixqTensor *scale = get_tensor (source, info, "scale", MIXQ_TENSOR_F32);
  const MixqTensor *zero = scale != NULL ? get_tensor (source, info, "zero_point", MIXQ_TENSOR_I32) : NULL;

  if (zero == NULL || !read_axis (source, info, scale->n_dims, &slot->granularity))
    return FALSE;
  if (scale->n_dims != zero->n_dims || scale->n != zero->n ||
      scale->n_dims != (slot->granularity == MIXQ_PER_TENSOR ? 0 : 1) ||
      (slot->granularity == MIXQ_PER_ROW && scale->n != info->rows) ||
      (slot->granularity == MIXQ_PER_COLUMN && scale->n != info->cols))
    return fail (source, MIXQ_ERROR_SHAPE, info->name,
                 "has not one scale and zero-point, or one for each node or column it says");
  if (!mixq_net_granularity_fits (model, (guint) (info - model->slots), slot->granularity))
    return fail (source, MIXQ_ERROR_UNSUPPORTED, info->name,
                 "has scales along an index that an integer sum runs over");
  if (slot->granularity == MIXQ_PER_ROW && model->task == MIXQ_TASK_GRAPHS)
    return fail (source, MIXQ_ERROR_UNSUPPORTED, info->name,
                 "has scales for the nodes of one graph, but the model answers for graphs of any size");
  slot->n = scale->n;
  slot->scale = mixq_tensor_dup_f32 (scale);
  slot->zero = mixq_tensor_dup_i32 (zero);
  return TRUE;
}

/* Widths of single nodes, where the file has them: the widest must be the width that it names. */
static gboolean
read_node_bits (Source *source, const MixqSlotInfo *info, MixqFrozenSlot *slot)
{
  g_autofree char *key = key_of (info, "node_bits");
  const MixqTensor *tensor = mixq_safetensors_peek (source->file, key, MIXQ_TENSOR_U8);
  guint8 bits = slot->bits;

  if (tensor == NULL || slot->granularity != MIXQ_PER_ROW)
    return TRUE; /* a stowaway is found by counting */
  source->used++;
  if (tensor->n_dims != 1 || tensor->n != slot->n)
    return fail (source, MIXQ_ERROR_SHAPE, key, "has not one width for each node");
  for (gsize i = 0; i < tensor->n; i++)
    if (!is_width (tensor->data[i]))
      return fail (source, MIXQ_ERROR_VALUE, key, "has a width that is not 1 to 8 or 16 bits");
  mixq_frozen_slot_set_row_bits (slot, g_memdup2 (tensor->data, tensor->n));
  if (slot->bits != bits)
    return fail (source, MIXQ_ERROR_VALUE, key, "has another largest width than the slot names");
  return TRUE;
}

/*
 * The bounds of the integer sums (method spec 9.5) hold for zero-points inside the code range and, where codes are
 * signed or the theorem asks for it (weights, adjacency), for zero-points of 0.
 */
static gboolean
check_ranges (const Source *source, const MixqSlotInfo *info, const MixqFrozenSlot *slot)
{
  gboolean centred = slot->is_signed || info->role == MIXQ_SLOT_WEIGHT || info->role == MIXQ_SLOT_ADJACENCY;

  for (gsize i = 0; i < slot->n; i++) {
    gint32 lo, hi;

    mixq_frozen_slot_range (slot, i, &lo, &hi);
    if (!isfinite (slot->scale[i]) || !(slot->scale[i] > 0))
      return fail (source, MIXQ_ERROR_VALUE, info->name, "has a scale that is not a positive number");
    if (slot->zero[i] < lo || slot->zero[i] > hi || (centred && slot->zero[i] != 0))
      return fail (source, MIXQ_ERROR_VALUE, info->name, "has a zero-point outside its codes");
  }
  return TRUE;
}

/* What is known of the shape must agree before memory is taken for the codes. */
static gint32 *
read_weight (Source *source, const MixqSlotInfo *info, const MixqFrozenSlot *slot)
{
  const MixqTensor *tensor = get_tensor (source, info, NULL, MIXQ_TENSOR_U8);
  g_autofree char *shape = shape_text (info), *width = g_strdup_printf ("%u", slot->bits);
  g_autofree gint32 *code = NULL;
  gsize n, size;

  if (tensor == NULL)
    return NULL;
  if (g_strcmp0 (get_metadata (source, info, "shape"), shape) != 0 ||
      g_strcmp0 (get_metadata (source, info, "width"), width) != 0 || tensor->n_dims != 1 ||
      !g_size_checked_mul (&n, info->rows, info->cols) || !mixq_pack_size (n, slot->bits, &size) ||
      size != tensor->size) {
    fail (source, MIXQ_ERROR_SHAPE, info->name, "has not the shape that the model's layers ask for");
    return NULL;
  }
  code = g_new (gint32, MAX (n, 1));
  if (!mixq_unpack (tensor->data, n, slot->bits, slot->is_signed, code)) {
    fail (source, MIXQ_ERROR_PARSE, info->name, "has bits behind its last code");
    return NULL;
  }
  for (gsize i = 0; i < n; i++)
    if (code[i] < slot->lo || code[i] > slot->hi) {
      fail (source, MIXQ_ERROR_VALUE, info->name, "has a code outside its width");
      return NULL;
    }
  return g_steal_pointer (&code);
}

/* One part of a vector; each number is checked because sums and multipliers are made of it. */
static gboolean
read_part (Source *source, const char *name, const Vector *vector, gboolean divides, float *value)
{
  const MixqTensor *tensor = mixq_safetensors_peek (source->file, name, MIXQ_TENSOR_F32);
  g_autofree float *number = NULL;

  if (tensor == NULL)
    return fail (source, MIXQ_ERROR_PARSE, name, "is missing or has another type");
  source->used++;
  if (tensor->n_dims != vector->n_dims || tensor->n != vector->n)
    return fail (source, MIXQ_ERROR_SHAPE, name, "has not the shape that the model's layers ask for");
  number = mixq_tensor_dup_f32 (tensor);
  for (gsize i = 0; i < tensor->n; i++)
    if (!isfinite (number[i]) || (divides && number[i] == 0))
      return fail (source, MIXQ_ERROR_VALUE, name,
                   divides ? "has a factor that is 0 or no finite number"
                           : "has a number that is not finite");
  memcpy (value, number, tensor->n * sizeof *value);
  return TRUE;
}

/* The size is the model's, and the model is only as large as its layers: memory is taken once a part of it fits. */
static gboolean
read_vector (Source *source, const MixqUnit *unit, float **value)
{
  Vector vector = vector_of (unit);

  for (guint i = 0; vector.n > 0 && i < vector.n_parts; i++) {
    g_autofree char *name = name_of_part (unit, vector.part[i]);
    const MixqTensor *tensor = mixq_safetensors_peek (source->file, name, MIXQ_TENSOR_F32);

    if (*value == NULL && tensor != NULL && tensor->n == vector.n)
      *value = g_new (float, vector.n_parts *vector.n);
    if (!read_part (source, name, &vector, vector.divides && i == 0,
                    *value != NULL ? *value + i * vector.n : NULL))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_unit (Source *source, MixqFrozen *self, guint u)
{
  const MixqModel *model = self->model;
  int s = weight_slot (model, u);

  if (s >= 0) {
    self->weight[u] = read_weight (source, &model->slots[s], &self->slots[s]);
    if (self->weight[u] == NULL)
      return FALSE;
  }
  return read_vector (source, &model->units[u], &self->vector[u]);
}

static gboolean
read_format (const Source *source)
{
  if (g_strcmp0 (mixq_safetensors_peek_metadata (source->file, "format"), FORMAT) != 0)
    return fail (source, MIXQ_ERROR_PARSE, "it", "is not an integer model of mixq");
  if (g_strcmp0 (mixq_safetensors_peek_metadata (source->file, "version"), VERSION) != 0 ||
      g_strcmp0 (mixq_safetensors_peek_metadata (source->file, "packing"), MIXQ_PACKING) != 0)
    return fail (source, MIXQ_ERROR_UNSUPPORTED, "it", "is of a version that this mixq does not read");
  return TRUE;
}

/* A model with numbers for every node names its graph; another one has none to name. */
static gboolean
read_graph (const Source *source, MixqFrozen *self)
{
  self->graph_sha256 = g_strdup (mixq_safetensors_peek_metadata (source->file, GRAPH_KEY));
  if ((self->graph_sha256 != NULL) == mixq_frozen_has_nodes (self))
    return TRUE;
  return fail (source, MIXQ_ERROR_PARSE, GRAPH_KEY,
               self->graph_sha256 != NULL ? "is there though nothing belongs to single nodes"
                                          : "is missing though scales belong to single nodes");
}

MixqFrozen *
mixq_frozen_from_tensors (MixqModel *model, const MixqSafetensors *file, const char *label, GError **error)
{
  g_autoptr (MixqFrozen) self = mixq_frozen_alloc (model);
  Source source = { file, label, 0, error };

  if (!read_format (&source))
    return NULL;
  for (guint s = 0; s < model->n_slots; s++)
    if (!read_width (&source, &model->slots[s], &self->slots[s]) ||
        !read_ranges (&source, model, &model->slots[s], &self->slots[s]) ||
        !read_node_bits (&source, &model->slots[s], &self->slots[s]) ||
        !check_ranges (&source, &model->slots[s], &self->slots[s]))
      return NULL;
  for (guint u = 0; u < model->n_units; u++)
    if (!read_unit (&source, self, u))
      return NULL;
  if (!read_graph (&source, self))
    return NULL;
  if (source.used != mixq_safetensors_get_n_tensors (file)) {
    fail (&source, MIXQ_ERROR_PARSE, "it", "holds tensors that the model has no use for");
    return NULL;
  }
  return g_steal_pointer (&self);
}
