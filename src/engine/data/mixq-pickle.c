/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pickle machine: opcodes, stack, marks and memo. What values mean is in mixq-pickle-object.c. One table row an
 * opcode; an opcode without a row is refused. Nothing here recurses and no file content is ever used as a size
 * before it was compared with what is left of the file.
 */
#include "data/mixq-pickle.h"

#include <string.h>

#include "base/mixq-error.h"
#include "data/mixq-pickle-private.h"

#define HIGHEST_PROTOCOL 5
#define CANCEL_EVERY 4096 /* opcodes between two looks at the cancellable */

struct _MixqPickle
{
  GBytes *bytes;
  MixqPickleArena arena;
  MixqPickleValue root;
};

/* What follows an opcode byte in the file. */
typedef enum {
  ARG_NONE,
  ARG_UINT1,
  ARG_UINT2,
  ARG_INT4,
  ARG_UINT4,
  ARG_UINT8,
  ARG_FLOAT8,      /* big-endian */
  ARG_COUNT1,      /* one byte of length, then data */
  ARG_COUNT4,      /* four */
  ARG_COUNT4_SIGN, /* four, a negative length is possible and wrong */
  ARG_COUNT8,      /* eight */
  ARG_LINES,       /* two lines of text */
} ArgumentKind;

typedef struct
{
  guint64 number; /* sign-extended for ARG_INT4 */
  const guint8 *data;
  gsize length;
  const guint8 *second; /* ARG_LINES */
  gsize second_length;
} Argument;

typedef struct
{
  MixqPickleArena *arena;
  const guint8 *data;
  gsize length, at;
  GArray *stack;      /* of MixqPickleValue */
  GArray *marks;      /* of gsize: stack heights */
  GHashTable *memo;   /* slot number -> MixqPickleValue *, sparse */
  guint32 n_memoized; /* next slot of MEMOIZE */
  gboolean stopped;
  char problem[128]; /* a message that names something of the file */
} Machine;

typedef struct _Opcode Opcode;
typedef const char *(*OpcodeFunc) (Machine *m, const Opcode *op, const Argument *arg);

struct _Opcode
{
  const char *name;
  OpcodeFunc run;
  ArgumentKind argument;
  guint8 detail; /* a kind, a truth value or a count */
};

static const char STACK_EMPTY[] = "the stack is empty";
static const char NO_MEMORY[] = "the values it builds are far larger than the file";

/* Stack. */

static const char *
push (Machine *m, const MixqPickleValue *value)
{
  if (m->stack->len >= MIXQ_PICKLE_STACK_MAX)
    return "too many values wait on the stack";
  g_array_append_val (m->stack, *value);
  return NULL;
}

/* The lowest value that may be taken: those below an open MARK belong to somebody else. */
static gsize
floor_of (const Machine *m)
{
  return m->marks->len > 0 ? g_array_index (m->marks, gsize, m->marks->len - 1) : 0;
}

static MixqPickleValue *
top (Machine *m, gsize below)
{
  return m->stack->len > floor_of (m) + below
             ? &g_array_index (m->stack, MixqPickleValue, m->stack->len - 1 - below)
             : NULL;
}

static void
drop (Machine *m, gsize n)
{
  g_array_set_size (m->stack, m->stack->len - (guint) n);
}

/* Takes the innermost MARK away; the values above it are items[0..n). */
static gboolean
pop_mark (Machine *m, const MixqPickleValue **items, gsize *n)
{
  gsize height;

  if (m->marks->len == 0)
    return FALSE;
  height = floor_of (m);
  g_array_set_size (m->marks, m->marks->len - 1);
  *n = m->stack->len - height;
  *items = (const MixqPickleValue *) (gpointer) m->stack->data + height;
  return TRUE;
}

/* Opcodes. */

static const char *
op_proto (Machine *m, const Opcode *op, const Argument *arg)
{
  return arg->number <= HIGHEST_PROTOCOL ? NULL : "the pickle protocol is newer than 5";
}

static const char *
op_frame (Machine *m, const Opcode *op, const Argument *arg)
{
  return arg->number <= m->length - m->at ? NULL : "the frame is longer than the file";
}

static const char *
op_stop (Machine *m, const Opcode *op, const Argument *arg)
{
  if (m->stack->len != 1 || m->marks->len != 0)
    return m->stack->len == 0 ? STACK_EMPTY : "values are left over at the end";
  if (m->at != m->length)
    return "the file goes on after its end";
  m->stopped = TRUE;
  return NULL;
}

static const char *
op_mark (Machine *m, const Opcode *op, const Argument *arg)
{
  gsize height = m->stack->len;

  if (m->marks->len >= MIXQ_PICKLE_MARKS_MAX)
    return "lists are nested deeper than any data file needs";
  g_array_append_val (m->marks, height);
  return NULL;
}

/* detail: the kind; as.integer: the argument, or 1 for NEWTRUE whose argument is none */
static const char *
op_constant (Machine *m, const Opcode *op, const Argument *arg)
{
  MixqPickleValue value = { (MixqPickleKind) op->detail, { .integer = (gint64) arg->number } };

  return push (m, &value);
}

static const char *
op_true (Machine *m, const Opcode *op, const Argument *arg)
{
  MixqPickleValue value = { MIXQ_PICKLE_BOOL, { .integer = 1 } };

  return push (m, &value);
}

static const char *
op_float (Machine *m, const Opcode *op, const Argument *arg)
{
  MixqPickleValue value = { MIXQ_PICKLE_FLOAT };

  memcpy (&value.as.real, &arg->number, sizeof value.as.real);
  return push (m, &value);
}

/* LONG1, LONG4: little-endian two's complement of any length; only what fits 64 bits is of use. */
static const char *
op_long (Machine *m, const Opcode *op, const Argument *arg)
{
  gboolean negative = arg->length > 0 && (arg->data[arg->length - 1] & 0x80) != 0;
  guint64 bits = negative ? G_MAXUINT64 : 0;
  MixqPickleValue value;

  if (arg->length > 8)
    return "an integer does not fit 64 bits";
  for (gsize i = 0; i < arg->length; i++)
    bits = (bits & ~((guint64) 0xff << (8 * i))) | (guint64) arg->data[i] << (8 * i);
  value = (MixqPickleValue){ MIXQ_PICKLE_INT, { .integer = (gint64) bits } };
  return push (m, &value);
}

static const char *
op_string (Machine *m, const Opcode *op, const Argument *arg)
{
  MixqPickleValue value;
  const char *problem = mixq_pickle_new_bytes (m->arena, (MixqPickleKind) op->detail, arg->data, arg->length,
                                               &value);

  return problem != NULL ? problem : push (m, &value);
}

static const char *
op_empty (Machine *m, const Opcode *op, const Argument *arg)
{
  MixqPickleValue value;
  const char *problem = mixq_pickle_new_sequence (m->arena, (MixqPickleKind) op->detail, &value);

  return problem != NULL ? problem : push (m, &value);
}

/* Replaces the n topmost values by one tuple of them. */
static const char *
make_tuple (Machine *m, const MixqPickleValue *items, gsize n)
{
  MixqPickleValue tuple;
  const char *problem = mixq_pickle_new_sequence (m->arena, MIXQ_PICKLE_TUPLE, &tuple);

  if (problem == NULL)
    problem = mixq_pickle_extend (m->arena, tuple.as.sequence, items, n);
  drop (m, n);
  return problem != NULL ? problem : push (m, &tuple);
}

static const char *
op_tuple_n (Machine *m, const Opcode *op, const Argument *arg)
{
  const MixqPickleValue *first = top (m, op->detail - 1u);

  return first != NULL ? make_tuple (m, first, op->detail) : STACK_EMPTY;
}

static const char *
op_tuple (Machine *m, const Opcode *op, const Argument *arg)
{
  const MixqPickleValue *items;
  gsize n;

  return pop_mark (m, &items, &n) ? make_tuple (m, items, n) : "there is no MARK to go back to";
}

/* Adds items[0..n), the topmost values, to the container of @kind below them. */
static const char *
add_items (Machine *m, MixqPickleKind kind, const MixqPickleValue *items, gsize n)
{
  const MixqPickleValue *container = top (m, n);
  const char *problem;

  if (container == NULL)
    return STACK_EMPTY;
  if (container->kind != kind)
    return kind == MIXQ_PICKLE_LIST ? "items are added to something that is not a list"
                                    : "items are set in something that is not a dict";
  if (kind == MIXQ_PICKLE_DICT && n % 2 != 0)
    return "a dict gets a key without a value";
  problem = mixq_pickle_extend (m->arena, container->as.sequence, items, n);
  drop (m, n);
  return problem;
}

/* APPEND, SETITEM; detail: the kind of container */
static const char *
op_add_one (Machine *m, const Opcode *op, const Argument *arg)
{
  gsize n = op->detail == MIXQ_PICKLE_LIST ? 1 : 2;
  const MixqPickleValue *items = top (m, n - 1);

  return items != NULL ? add_items (m, (MixqPickleKind) op->detail, items, n) : STACK_EMPTY;
}

/* APPENDS, SETITEMS */
static const char *
op_add_many (Machine *m, const Opcode *op, const Argument *arg)
{
  const MixqPickleValue *items;
  gsize n;

  if (!pop_mark (m, &items, &n))
    return "there is no MARK to go back to";
  return add_items (m, (MixqPickleKind) op->detail, items, n);
}

static const char *
memo_put (Machine *m, guint32 slot)
{
  const MixqPickleValue *value = top (m, 0);
  MixqPickleValue *kept;

  if (value == NULL)
    return STACK_EMPTY;
  kept = mixq_pickle_arena_alloc (m->arena, sizeof *kept);
  if (kept == NULL)
    return NO_MEMORY;
  *kept = *value;
  g_hash_table_insert (m->memo, GUINT_TO_POINTER (slot), kept);
  return NULL;
}

static const char *
op_put (Machine *m, const Opcode *op, const Argument *arg)
{
  return memo_put (m, (guint32) arg->number);
}

static const char *
op_memoize (Machine *m, const Opcode *op, const Argument *arg)
{
  return memo_put (m, m->n_memoized++);
}

static const char *
op_get (Machine *m, const Opcode *op, const Argument *arg)
{
  const MixqPickleValue *value = g_hash_table_lookup (m->memo, GUINT_TO_POINTER ((guint32) arg->number));

  return value != NULL ? push (m, value) : "it asks for a value that was never stored";
}

/* "it names os.system, ...": only letters of the file that are safe to show get into the message. */
static const char *
refuse_global (Machine *m, const char *module, gsize module_length, const char *name, gsize name_length)
{
  char shown[64];
  gsize n = 0;

  for (gsize i = 0; i < module_length && n < 30; i++)
    shown[n++] = g_ascii_isgraph (module[i]) ? module[i] : '?';
  shown[n++] = '.';
  for (gsize i = 0; i < name_length && n < sizeof shown - 1; i++)
    shown[n++] = g_ascii_isgraph (name[i]) ? name[i] : '?';
  shown[n] = '\0';
  g_snprintf (m->problem, sizeof m->problem,
              "it names %s, which no data file needs and which could run a program", shown);
  return m->problem;
}

static const char *
push_global (Machine *m, const char *module, gsize module_length, const char *name, gsize name_length)
{
  MixqPickleValue value;

  if (!mixq_pickle_find_global (module, module_length, name, name_length, &value))
    return refuse_global (m, module, module_length, name, name_length);
  return push (m, &value);
}

static const char *
op_global (Machine *m, const Opcode *op, const Argument *arg)
{
  return push_global (m, (const char *) arg->data, arg->length, (const char *) arg->second,
                      arg->second_length);
}

static const char *
op_stack_global (Machine *m, const Opcode *op, const Argument *arg)
{
  const MixqPickleValue *module = top (m, 1), *name = top (m, 0);
  const MixqPickleBytes *module_text, *name_text;

  if (module == NULL)
    return STACK_EMPTY;
  if (module->kind != MIXQ_PICKLE_TEXT || name->kind != MIXQ_PICKLE_TEXT)
    return "a global is not named by text";
  module_text = module->as.bytes;
  name_text = name->as.bytes;
  drop (m, 2);
  return push_global (m, (const char *) module_text->data, module_text->length,
                      (const char *) name_text->data, name_text->length);
}

/* REDUCE, NEWOBJ: the two topmost values become one. detail: whether an object is made */
static const char *
op_call (Machine *m, const Opcode *op, const Argument *arg)
{
  const MixqPickleValue *callable = top (m, 1), *args = top (m, 0);
  MixqPickleValue value;
  const char *problem;

  if (callable == NULL)
    return STACK_EMPTY;
  problem = op->detail ? mixq_pickle_new_object (m->arena, callable, args, &value)
                       : mixq_pickle_reduce (m->arena, callable, args, &value);
  drop (m, 2);
  return problem != NULL ? problem : push (m, &value);
}

static const char *
op_build (Machine *m, const Opcode *op, const Argument *arg)
{
  const MixqPickleValue *object = top (m, 1), *state = top (m, 0);
  const char *problem;

  if (object == NULL)
    return STACK_EMPTY;
  problem = mixq_pickle_build (m->arena, object, state);
  drop (m, 1);
  return problem;
}

/* Known by name, so that the message can say what is wrong with the file. */
static const char *
op_refused (Machine *m, const Opcode *op, const Argument *arg)
{
  return "data files never use this opcode; it could run a program";
}

static const char *
op_old (Machine *m, const Opcode *op, const Argument *arg)
{
  return "text pickles (protocol 0) are not supported; save the data again with protocol 2 or later";
}

/* clang-format off */
static const Opcode opcodes[256] = {
  [0x80] = { "PROTO", op_proto, ARG_UINT1 },
  [0x95] = { "FRAME", op_frame, ARG_UINT8 },
  ['.'] = { "STOP", op_stop },
  ['('] = { "MARK", op_mark },
  ['N'] = { "NONE", op_constant, ARG_NONE, MIXQ_PICKLE_NONE },
  [0x89] = { "NEWFALSE", op_constant, ARG_NONE, MIXQ_PICKLE_BOOL },
  [0x88] = { "NEWTRUE", op_true },
  ['K'] = { "BININT1", op_constant, ARG_UINT1, MIXQ_PICKLE_INT },
  ['M'] = { "BININT2", op_constant, ARG_UINT2, MIXQ_PICKLE_INT },
  ['J'] = { "BININT", op_constant, ARG_INT4, MIXQ_PICKLE_INT },
  [0x8a] = { "LONG1", op_long, ARG_COUNT1 },
  [0x8b] = { "LONG4", op_long, ARG_COUNT4_SIGN },
  ['G'] = { "BINFLOAT", op_float, ARG_FLOAT8 },
  ['U'] = { "SHORT_BINSTRING", op_string, ARG_COUNT1, MIXQ_PICKLE_BYTES },
  ['T'] = { "BINSTRING", op_string, ARG_COUNT4_SIGN, MIXQ_PICKLE_BYTES },
  ['C'] = { "SHORT_BINBYTES", op_string, ARG_COUNT1, MIXQ_PICKLE_BYTES },
  ['B'] = { "BINBYTES", op_string, ARG_COUNT4, MIXQ_PICKLE_BYTES },
  [0x8e] = { "BINBYTES8", op_string, ARG_COUNT8, MIXQ_PICKLE_BYTES },
  [0x96] = { "BYTEARRAY8", op_string, ARG_COUNT8, MIXQ_PICKLE_BYTES },
  [0x8c] = { "SHORT_BINUNICODE", op_string, ARG_COUNT1, MIXQ_PICKLE_TEXT },
  ['X'] = { "BINUNICODE", op_string, ARG_COUNT4, MIXQ_PICKLE_TEXT },
  [0x8d] = { "BINUNICODE8", op_string, ARG_COUNT8, MIXQ_PICKLE_TEXT },
  [')'] = { "EMPTY_TUPLE", op_empty, ARG_NONE, MIXQ_PICKLE_TUPLE },
  [']'] = { "EMPTY_LIST", op_empty, ARG_NONE, MIXQ_PICKLE_LIST },
  ['}'] = { "EMPTY_DICT", op_empty, ARG_NONE, MIXQ_PICKLE_DICT },
  [0x85] = { "TUPLE1", op_tuple_n, ARG_NONE, 1 },
  [0x86] = { "TUPLE2", op_tuple_n, ARG_NONE, 2 },
  [0x87] = { "TUPLE3", op_tuple_n, ARG_NONE, 3 },
  ['t'] = { "TUPLE", op_tuple },
  ['a'] = { "APPEND", op_add_one, ARG_NONE, MIXQ_PICKLE_LIST },
  ['e'] = { "APPENDS", op_add_many, ARG_NONE, MIXQ_PICKLE_LIST },
  ['s'] = { "SETITEM", op_add_one, ARG_NONE, MIXQ_PICKLE_DICT },
  ['u'] = { "SETITEMS", op_add_many, ARG_NONE, MIXQ_PICKLE_DICT },
  ['q'] = { "BINPUT", op_put, ARG_UINT1 },
  ['r'] = { "LONG_BINPUT", op_put, ARG_UINT4 },
  [0x94] = { "MEMOIZE", op_memoize },
  ['h'] = { "BINGET", op_get, ARG_UINT1 },
  ['j'] = { "LONG_BINGET", op_get, ARG_UINT4 },
  ['c'] = { "GLOBAL", op_global, ARG_LINES },
  [0x93] = { "STACK_GLOBAL", op_stack_global },
  ['R'] = { "REDUCE", op_call, ARG_NONE, FALSE },
  [0x81] = { "NEWOBJ", op_call, ARG_NONE, TRUE },
  ['b'] = { "BUILD", op_build },
  ['i'] = { "INST", op_refused },
  ['o'] = { "OBJ", op_refused },
  ['P'] = { "PERSID", op_refused },
  ['Q'] = { "BINPERSID", op_refused },
  [0x82] = { "EXT1", op_refused },
  [0x83] = { "EXT2", op_refused },
  [0x84] = { "EXT4", op_refused },
  [0x92] = { "NEWOBJ_EX", op_refused },
  [0x97] = { "NEXT_BUFFER", op_refused },
  ['I'] = { "INT", op_old },
  ['L'] = { "LONG", op_old },
  ['F'] = { "FLOAT", op_old },
  ['S'] = { "STRING", op_old },
  ['V'] = { "UNICODE", op_old },
  ['l'] = { "LIST", op_old },
  ['d'] = { "DICT", op_old },
  ['p'] = { "PUT", op_old },
  ['g'] = { "GET", op_old },
};
/* clang-format on */

/* Arguments. */

static gboolean
take (Machine *m, gsize n, const guint8 **data)
{
  if (n > m->length - m->at)
    return FALSE;
  *data = m->data + m->at;
  m->at += n;
  return TRUE;
}

static gboolean
take_uint (Machine *m, gsize n, guint64 *number)
{
  const guint8 *data;

  if (!take (m, n, &data))
    return FALSE;
  *number = 0;
  for (gsize i = n; i-- > 0;)
    *number = *number << 8 | data[i];
  return TRUE;
}

static gboolean
take_line (Machine *m, const guint8 **line, gsize *length)
{
  const guint8 *end = memchr (m->data + m->at, '\n', m->length - m->at);

  if (end == NULL)
    return FALSE;
  *line = m->data + m->at;
  *length = (gsize) (end - *line);
  m->at += *length + 1;
  return TRUE;
}

static gboolean
take_counted (Machine *m, gsize width, Argument *arg)
{
  guint64 count;

  if (!take_uint (m, width, &count) || count > m->length - m->at)
    return FALSE;
  arg->length = (gsize) count;
  return take (m, arg->length, &arg->data);
}

static const char *
take_argument (Machine *m, ArgumentKind kind, Argument *arg)
{
  static const gsize width[] = {
    [ARG_UINT1] = 1,  [ARG_UINT2] = 2,  [ARG_INT4] = 4,   [ARG_UINT4] = 4,       [ARG_UINT8] = 8,
    [ARG_FLOAT8] = 8, [ARG_COUNT1] = 1, [ARG_COUNT4] = 4, [ARG_COUNT4_SIGN] = 4, [ARG_COUNT8] = 8,
  };
  gboolean ok = TRUE;

  switch (kind) {
  case ARG_NONE:
    break;
  case ARG_UINT1:
  case ARG_UINT2:
  case ARG_UINT4:
  case ARG_UINT8:
    ok = take_uint (m, width[kind], &arg->number);
    break;
  case ARG_INT4:
    ok = take_uint (m, 4, &arg->number);
    arg->number = (guint64) (gint64) (gint32) (guint32) arg->number;
    break;
  case ARG_FLOAT8:
    ok = take_uint (m, 8, &arg->number);
    arg->number = GUINT64_SWAP_LE_BE (arg->number);
    break;
  case ARG_COUNT4_SIGN:
    if (m->length - m->at >= 4 && (m->data[m->at + 3] & 0x80) != 0)
      return "a length is negative";
    ok = take_counted (m, 4, arg);
    break;
  case ARG_COUNT1:
  case ARG_COUNT4:
  case ARG_COUNT8:
    ok = take_counted (m, width[kind], arg);
    break;
  case ARG_LINES:
    ok = take_line (m, &arg->data, &arg->length) && take_line (m, &arg->second, &arg->second_length);
    break;
  }
  return ok ? NULL : "the file ends in the middle";
}

/* The loop. */

static gboolean
fail_at (gsize at, guint8 code, const char *problem, GError **error)
{
  char number[8];

  g_snprintf (number, sizeof number, "0x%02x", code);
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE, "at byte %" G_GSIZE_FORMAT " (opcode %s) %s", at,
               opcodes[code].name != NULL ? opcodes[code].name : number, problem);
  return FALSE;
}

static gboolean
run (Machine *m, GCancellable *cancellable, GError **error)
{
  for (guint64 step = 1; !m->stopped; step++) {
    gsize start = m->at;
    Argument arg = { 0 };
    const Opcode *op;
    const char *problem;

    if (step % CANCEL_EVERY == 0 && g_cancellable_is_cancelled (cancellable)) {
      g_set_error_literal (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED, "reading was stopped on request");
      return FALSE;
    }
    if (m->at >= m->length) {
      g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE,
                   "at byte %" G_GSIZE_FORMAT " the file ends before the pickle does", m->at);
      return FALSE;
    }
    op = &opcodes[m->data[m->at++]];
    if (op->run == NULL)
      return fail_at (start, m->data[start], "this is not an opcode of a data file", error);
    problem = take_argument (m, op->argument, &arg);
    if (problem == NULL)
      problem = op->run (m, op, &arg);
    if (problem != NULL)
      return fail_at (start, m->data[start], problem, error);
  }
  return TRUE;
}

MixqPickle *
mixq_pickle_parse (GBytes *bytes, GCancellable *cancellable, GError **error)
{
  g_autoptr (MixqPickle) self = g_new0 (MixqPickle, 1);
  Machine m = { .arena = &self->arena };
  gboolean ok;

  self->bytes = g_bytes_ref (bytes);
  m.data = g_bytes_get_data (bytes, &m.length);
  mixq_pickle_arena_init (&self->arena, m.length);
  m.stack = g_array_new (FALSE, FALSE, sizeof (MixqPickleValue));
  m.marks = g_array_new (FALSE, FALSE, sizeof (gsize));
  m.memo = g_hash_table_new (NULL, NULL);
  ok = run (&m, cancellable, error);
  if (ok)
    self->root = g_array_index (m.stack, MixqPickleValue, 0);
  g_array_unref (m.stack);
  g_array_unref (m.marks);
  g_hash_table_unref (m.memo);
  return ok ? g_steal_pointer (&self) : NULL;
}

void
mixq_pickle_free (MixqPickle *self)
{
  g_bytes_unref (self->bytes);
  mixq_pickle_arena_clear (&self->arena);
  g_free (self);
}

const MixqPickleValue *
mixq_pickle_root (const MixqPickle *self)
{
  return &self->root;
}

const char *
mixq_pickle_kind_name (MixqPickleKind kind)
{
  static const char *const names[] = { "None",        "bool",  "integer",    "float",
                                       "byte string", "text",  "list",       "tuple",
                                       "dict",        "array", "csr_matrix", "name of a class",
                                       "element type" };

  return names[kind];
}
