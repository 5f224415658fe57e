/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the few allowed names mean: dtype, ndarray, csr_matrix, defaultdict(list), encoded bytes. Everything that a
 * hostile file can choose (shapes, lengths, types of arguments) is checked here before it is believed.
 */
#include <string.h>

#include "data/mixq-pickle-private.h"

static const char OUT_OF_BUDGET[] = "the values it builds are far larger than the file";

/* Arguments of one NumPy reduction, as Python would check them. */
static gboolean
is_int (const MixqPickleValue *value)
{
  return value->kind == MIXQ_PICKLE_INT || value->kind == MIXQ_PICKLE_BOOL;
}

static gboolean
is_string (const MixqPickleValue *value)
{
  return value->kind == MIXQ_PICKLE_BYTES || value->kind == MIXQ_PICKLE_TEXT;
}

static gboolean
string_is (const MixqPickleValue *value, const char *text)
{
  gsize n = strlen (text);

  return is_string (value) && value->as.bytes->length == n && memcmp (value->as.bytes->data, text, n) == 0;
}

static gboolean
is_tuple (const MixqPickleValue *value, gsize min_length)
{
  return value->kind == MIXQ_PICKLE_TUPLE && value->as.sequence->length >= min_length;
}

static gboolean
is_global (const MixqPickleValue *value, MixqPickleGlobal global)
{
  return value->kind == MIXQ_PICKLE_GLOBAL && value->as.integer == (gint64) global;
}

gboolean
mixq_pickle_find_global (const char *module,
                         gsize module_length,
                         const char *name,
                         gsize name_length,
                         MixqPickleValue *out)
{
  static const struct
  {
    const char *module, *name;
    MixqPickleGlobal global;
  } allowed[] = {
    { "scipy.sparse.csr", "csr_matrix", MIXQ_PICKLE_GLOBAL_CSR_MATRIX },
    { "scipy.sparse._csr", "csr_matrix", MIXQ_PICKLE_GLOBAL_CSR_MATRIX },
    { "numpy.core.multiarray", "_reconstruct", MIXQ_PICKLE_GLOBAL_RECONSTRUCT },
    { "numpy._core.multiarray", "_reconstruct", MIXQ_PICKLE_GLOBAL_RECONSTRUCT },
    { "numpy", "ndarray", MIXQ_PICKLE_GLOBAL_NDARRAY },
    { "numpy", "dtype", MIXQ_PICKLE_GLOBAL_DTYPE },
    { "numpy.core.numeric", "_frombuffer", MIXQ_PICKLE_GLOBAL_FROMBUFFER },
    { "numpy._core.numeric", "_frombuffer", MIXQ_PICKLE_GLOBAL_FROMBUFFER },
    { "_codecs", "encode", MIXQ_PICKLE_GLOBAL_ENCODE },
    { "collections", "defaultdict", MIXQ_PICKLE_GLOBAL_DEFAULTDICT },
    { "__builtin__", "list", MIXQ_PICKLE_GLOBAL_LIST },
    { "builtins", "list", MIXQ_PICKLE_GLOBAL_LIST },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (allowed); i++)
    if (module_length == strlen (allowed[i].module) && name_length == strlen (allowed[i].name) &&
        memcmp (module, allowed[i].module, module_length) == 0 &&
        memcmp (name, allowed[i].name, name_length) == 0) {
      *out = (MixqPickleValue){ MIXQ_PICKLE_GLOBAL, { .integer = allowed[i].global } };
      return TRUE;
    }
  return FALSE;
}

const char *
mixq_pickle_new_bytes (MixqPickleArena *arena,
                       MixqPickleKind kind,
                       const guint8 *data,
                       gsize length,
                       MixqPickleValue *out)
{
  MixqPickleBytes *bytes = mixq_pickle_arena_alloc (arena, sizeof *bytes);

  if (bytes == NULL)
    return OUT_OF_BUDGET;
  *bytes = (MixqPickleBytes){ .data = data, .length = length };
  *out = (MixqPickleValue){ kind, { .bytes = bytes } };
  return NULL;
}

const char *
mixq_pickle_new_sequence (MixqPickleArena *arena, MixqPickleKind kind, MixqPickleValue *out)
{
  MixqPickleSequence *sequence = mixq_pickle_arena_alloc (arena, sizeof *sequence);

  if (sequence == NULL)
    return OUT_OF_BUDGET;
  sequence->depth = 1;
  *out = (MixqPickleValue){ kind, { .sequence = sequence } };
  return NULL;
}

static gboolean
is_container (const MixqPickleValue *value)
{
  return value->kind == MIXQ_PICKLE_LIST || value->kind == MIXQ_PICKLE_TUPLE ||
         value->kind == MIXQ_PICKLE_DICT;
}

static gboolean
reserve (MixqPickleArena *arena, MixqPickleSequence *self, gsize extra)
{
  gsize wanted = self->length + extra;
  MixqPickleValue *items;

  if (wanted <= self->capacity)
    return TRUE;
  /* An exact first size, doubling afterwards: outgrown blocks stay in the arena, at most as many bytes again. */
  wanted = self->capacity == 0 ? wanted : MAX (wanted, 2 * self->capacity);
  items = mixq_pickle_arena_alloc (arena, wanted * sizeof *items);
  if (items == NULL)
    return FALSE;
  if (self->length > 0)
    memcpy (items, self->items, self->length * sizeof *items);
  self->items = items;
  self->capacity = wanted;
  return TRUE;
}

const char *
mixq_pickle_extend (MixqPickleArena *arena, MixqPickleSequence *self, const MixqPickleValue *values, gsize n)
{
  if (n == 0)
    return NULL;
  if (!reserve (arena, self, n))
    return OUT_OF_BUDGET;
  memcpy (self->items + self->length, values, n * sizeof *values);
  self->length += n;
  for (gsize i = 0; i < n; i++)
    if (is_container (&values[i]))
      self->depth = MAX (self->depth, values[i].as.sequence->depth + 1);
  return self->depth > MIXQ_PICKLE_DEPTH_MAX ? "lists are nested deeper than any data file needs" : NULL;
}

/* dtype ('i4', False, True); the byte order follows in BUILD. */
static const char *
reduce_dtype (MixqPickleArena *arena, const MixqPickleSequence *args, MixqPickleValue *out)
{
  static const char *const known[] = { "b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8" };
  MixqPickleDtype *dtype;

  if (args->length < 1 || args->length > 3 || !is_string (&args->items[0]))
    return "dtype() is called with unusual arguments";
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (string_is (&args->items[0], known[i])) {
      dtype = mixq_pickle_arena_alloc (arena, sizeof *dtype);
      if (dtype == NULL)
        return OUT_OF_BUDGET;
      *dtype = (MixqPickleDtype){ .code = known[i][0], .size = (guint8) (known[i][1] - '0') };
      *out = (MixqPickleValue){ MIXQ_PICKLE_DTYPE, { .dtype = dtype } };
      return NULL;
    }
  return "the element type is not a plain number (bool, integer or float32/float64)";
}

/* dtype.__setstate__ ((3, '<', None, None, None, -1, -1, 0)) */
static const char *
build_dtype (MixqPickleDtype *self, const MixqPickleValue *state)
{
  const MixqPickleValue *item;

  if (!is_tuple (state, 5))
    return "the state of a dtype is not a tuple of its parts";
  item = state->as.sequence->items;
  if (string_is (&item[1], ">"))
    self->big_endian = TRUE;
  else if (string_is (&item[1], "<") || (string_is (&item[1], "|") && self->size == 1))
    self->big_endian = FALSE;
  else
    return "the byte order of a dtype is none of '<', '>', '|'";
  for (gsize i = 2; i < 5; i++)
    if (item[i].kind != MIXQ_PICKLE_NONE)
      return "structured element types are not supported";
  return NULL;
}

/* Fills an array from its parts, believing nothing: the product of the shape must be exactly what the data holds. */
static const char *
set_array (MixqPickleArray *self,
           const MixqPickleValue *shape,
           const MixqPickleValue *dtype,
           gboolean fortran,
           const MixqPickleValue *data)
{
  gsize length = 1, bytes;

  if (!is_tuple (shape, 0) || dtype->kind != MIXQ_PICKLE_DTYPE || data->kind != MIXQ_PICKLE_BYTES)
    return "an array needs a shape, a dtype and raw bytes";
  if (shape->as.sequence->length > MIXQ_PICKLE_MAX_RANK)
    return "an array has more dimensions than supported";
  self->rank = (guint) shape->as.sequence->length;
  for (guint i = 0; i < self->rank; i++) {
    const MixqPickleValue *extent = &shape->as.sequence->items[i];

    if (extent->kind != MIXQ_PICKLE_INT || extent->as.integer < 0)
      return "an array's shape has a negative or non-integer extent";
    self->shape[i] = (gsize) extent->as.integer;
    if (!g_size_checked_mul (&length, length, self->shape[i]))
      return "an array's shape is larger than any memory";
  }
  if (!g_size_checked_mul (&bytes, length, dtype->as.dtype->size) || bytes != data->as.bytes->length)
    return "an array's shape does not fit the bytes stored for it";
  self->dtype = *dtype->as.dtype;
  self->fortran = fortran;
  self->length = length;
  self->data = data->as.bytes->data;
  return NULL;
}

static const char *
new_array (MixqPickleArena *arena, MixqPickleValue *out)
{
  MixqPickleArray *array = mixq_pickle_arena_alloc (arena, sizeof *array);

  if (array == NULL)
    return OUT_OF_BUDGET;
  *out = (MixqPickleValue){ MIXQ_PICKLE_ARRAY, { .array = array } };
  return NULL;
}

/* _reconstruct (ndarray, (0,), b'b'): an empty array, filled by BUILD. */
static const char *
reduce_reconstruct (MixqPickleArena *arena, const MixqPickleSequence *args, MixqPickleValue *out)
{
  if (args->length != 3 || !is_global (&args->items[0], MIXQ_PICKLE_GLOBAL_NDARRAY))
    return "_reconstruct() builds something other than a plain ndarray";
  return new_array (arena, out);
}

/* ndarray.__setstate__ ((1, shape, dtype, is_fortran, bytes)) */
static const char *
build_array (MixqPickleArray *self, const MixqPickleValue *state)
{
  const MixqPickleValue *item;

  if (!is_tuple (state, 5) || state->as.sequence->length != 5)
    return "the state of an array is not (version, shape, dtype, order, data)";
  item = state->as.sequence->items;
  if (!is_int (&item[3]))
    return "an array's order is neither true nor false";
  return set_array (self, &item[1], &item[2], item[3].as.integer != 0, &item[4]);
}

/* _frombuffer (buffer, dtype, shape, 'C' or 'F'[, axis_order None]), protocol 5. */
static const char *
reduce_frombuffer (MixqPickleArena *arena, const MixqPickleSequence *args, MixqPickleValue *out)
{
  const MixqPickleValue *item = args->items;
  const char *problem;
  gboolean fortran;

  if (args->length < 4 || args->length > 5 || (args->length == 5 && item[4].kind != MIXQ_PICKLE_NONE))
    return "_frombuffer() is called with unusual arguments";
  fortran = string_is (&item[3], "F");
  if (!fortran && !string_is (&item[3], "C"))
    return "an array's order is neither 'C' nor 'F'";
  problem = new_array (arena, out);
  return problem != NULL ? problem : set_array (out->as.array, &item[2], &item[1], fortran, &item[0]);
}

/* Text whose code points are all below 256, back to the bytes it stands for. */
static const char *
decode_latin1 (MixqPickleArena *arena, MixqPickleBytes *text)
{
  MixqPickleBytes *bytes = mixq_pickle_arena_alloc (arena, sizeof *bytes);
  guint8 *data = mixq_pickle_arena_alloc (arena, text->length);
  gsize n = 0;

  if (bytes == NULL || data == NULL)
    return OUT_OF_BUDGET;
  for (gsize i = 0; i < text->length; i++) {
    guint8 c = text->data[i];

    if (c >= 0x80) {
      if ((c != 0xc2 && c != 0xc3) || i + 1 >= text->length || (text->data[i + 1] & 0xc0) != 0x80)
        return "bytes stored as text hold a character that is not Latin-1";
      c = (guint8) ((c & 0x03) << 6 | (text->data[++i] & 0x3f));
    }
    data[n++] = c;
  }
  *bytes = (MixqPickleBytes){ .data = data, .length = n };
  text->latin1 = bytes;
  return NULL;
}

/* _codecs.encode (text, 'latin1'): how protocol 2 of Python 3 stores bytes. */
static const char *
reduce_encode (MixqPickleArena *arena, const MixqPickleSequence *args, MixqPickleValue *out)
{
  MixqPickleBytes *text;
  const char *problem = NULL;

  if (args->length != 2 || args->items[0].kind != MIXQ_PICKLE_TEXT || !string_is (&args->items[1], "latin1"))
    return "encode() is called for something other than Latin-1 bytes";
  text = args->items[0].as.bytes;
  /* Once for each text, however often a hostile file asks: otherwise eight bytes could cost a megabyte. */
  if (text->latin1 == NULL)
    problem = decode_latin1 (arena, text);
  *out = (MixqPickleValue){ MIXQ_PICKLE_BYTES, { .bytes = text->latin1 } };
  return problem;
}

static const char *
reduce_defaultdict (MixqPickleArena *arena, const MixqPickleSequence *args, MixqPickleValue *out)
{
  if (args->length > 1 || (args->length == 1 && !is_global (&args->items[0], MIXQ_PICKLE_GLOBAL_LIST)))
    return "a defaultdict makes something other than lists";
  return mixq_pickle_new_sequence (arena, MIXQ_PICKLE_DICT, out);
}

const char *
mixq_pickle_reduce (MixqPickleArena *arena,
                    const MixqPickleValue *callable,
                    const MixqPickleValue *args,
                    MixqPickleValue *out)
{
  if (callable->kind != MIXQ_PICKLE_GLOBAL)
    return "something is called that is not a known function";
  if (!is_tuple (args, 0))
    return "the arguments of a call are not a tuple";
  switch ((MixqPickleGlobal) callable->as.integer) {
  case MIXQ_PICKLE_GLOBAL_RECONSTRUCT:
    return reduce_reconstruct (arena, args->as.sequence, out);
  case MIXQ_PICKLE_GLOBAL_DTYPE:
    return reduce_dtype (arena, args->as.sequence, out);
  case MIXQ_PICKLE_GLOBAL_FROMBUFFER:
    return reduce_frombuffer (arena, args->as.sequence, out);
  case MIXQ_PICKLE_GLOBAL_ENCODE:
    return reduce_encode (arena, args->as.sequence, out);
  case MIXQ_PICKLE_GLOBAL_DEFAULTDICT:
    return reduce_defaultdict (arena, args->as.sequence, out);
  case MIXQ_PICKLE_GLOBAL_CSR_MATRIX:
  case MIXQ_PICKLE_GLOBAL_NDARRAY:
  case MIXQ_PICKLE_GLOBAL_LIST:
    break;
  }
  return "a class is called as if it were a function";
}

const char *
mixq_pickle_new_object (MixqPickleArena *arena,
                        const MixqPickleValue *class_,
                        const MixqPickleValue *args,
                        MixqPickleValue *out)
{
  MixqPickleCsr *csr;

  if (!is_global (class_, MIXQ_PICKLE_GLOBAL_CSR_MATRIX) || !is_tuple (args, 0) ||
      args->as.sequence->length != 0)
    return "an object is made that is not a csr_matrix";
  csr = mixq_pickle_arena_alloc (arena, sizeof *csr);
  if (csr == NULL)
    return OUT_OF_BUDGET;
  *out = (MixqPickleValue){ MIXQ_PICKLE_CSR, { .csr = csr } };
  return NULL;
}

static const char *
set_csr_shape (MixqPickleCsr *self, const MixqPickleValue *shape)
{
  const MixqPickleValue *extent;

  if (!is_tuple (shape, 2) || shape->as.sequence->length != 2)
    return "a csr_matrix has a shape that is not (rows, columns)";
  extent = shape->as.sequence->items;
  for (gsize i = 0; i < 2; i++)
    if (extent[i].kind != MIXQ_PICKLE_INT || extent[i].as.integer < 0)
      return "a csr_matrix has a negative or non-integer shape";
  self->rows = (gsize) extent[0].as.integer;
  self->cols = (gsize) extent[1].as.integer;
  return NULL;
}

/* csr_matrix.__dict__.update (state); attributes such as maxprint are of no use here. */
static const char *
build_csr (MixqPickleCsr *self, const MixqPickleValue *state)
{
  gboolean shaped = FALSE;
  MixqPickleSequence *dict;

  if (state->kind != MIXQ_PICKLE_DICT)
    return "the state of a csr_matrix is not a dict";
  dict = state->as.sequence;
  for (gsize i = 0; i + 1 < dict->length; i += 2) {
    const MixqPickleValue *key = &dict->items[i], *value = &dict->items[i + 1];
    const MixqPickleArray **part = string_is (key, "indptr")    ? &self->indptr
                                   : string_is (key, "indices") ? &self->indices
                                   : string_is (key, "data")    ? &self->data
                                                                : NULL;
    const char *problem = NULL;

    if (string_is (key, "_shape")) {
      problem = set_csr_shape (self, value);
      shaped = TRUE;
    } else if (part != NULL) {
      if (value->kind == MIXQ_PICKLE_ARRAY)
        *part = value->as.array;
      else
        problem = "a part of a csr_matrix is not an array";
    }
    if (problem != NULL)
      return problem;
  }
  self->filled = shaped && self->indptr != NULL && self->indices != NULL && self->data != NULL;
  return self->filled ? NULL : "a csr_matrix lacks _shape, indptr, indices or data";
}

const char *
mixq_pickle_build (MixqPickleArena *arena, const MixqPickleValue *object, const MixqPickleValue *state)
{
  switch (object->kind) {
  case MIXQ_PICKLE_DTYPE:
    return build_dtype (object->as.dtype, state);
  case MIXQ_PICKLE_ARRAY:
    return build_array (object->as.array, state);
  case MIXQ_PICKLE_CSR:
    return build_csr (object->as.csr, state);
  default:
    return "state is set on something that has none";
  }
}
