/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MixqPickleKind: the kinds of value that a restricted pickle can hold.
 *
 * GLOBAL and DTYPE occur inside a program only; the root of a data file is never one that a reader wants.
 */
typedef enum {
  MIXQ_PICKLE_NONE,
  MIXQ_PICKLE_BOOL,   /* as.integer, 0 or 1 */
  MIXQ_PICKLE_INT,    /* as.integer */
  MIXQ_PICKLE_FLOAT,  /* as.real */
  MIXQ_PICKLE_BYTES,  /* as.bytes: a Python 2 str, bytes or bytearray */
  MIXQ_PICKLE_TEXT,   /* as.bytes: a unicode string, UTF-8 that nobody has validated */
  MIXQ_PICKLE_LIST,   /* as.sequence */
  MIXQ_PICKLE_TUPLE,  /* as.sequence */
  MIXQ_PICKLE_DICT,   /* as.sequence: key, value, key, value, ... in file order, repeated keys kept */
  MIXQ_PICKLE_ARRAY,  /* as.array */
  MIXQ_PICKLE_CSR,    /* as.csr */
  MIXQ_PICKLE_GLOBAL, /* as.integer: one of the few allowed names */
  MIXQ_PICKLE_DTYPE,  /* as.dtype */
} MixqPickleKind;

/** MixqPickleDtype: @code is one of b (bool), i, u, f; @size bytes an element. */
typedef struct
{
  char code;
  guint8 size;
  gboolean big_endian;
} MixqPickleDtype;

typedef struct _MixqPickleBytes MixqPickleBytes;
typedef struct _MixqPickleSequence MixqPickleSequence;
typedef struct _MixqPickleArray MixqPickleArray;
typedef struct _MixqPickleCsr MixqPickleCsr;

typedef struct
{
  MixqPickleKind kind;
  union
  {
    gint64 integer;
    double real;
    MixqPickleBytes *bytes;
    MixqPickleSequence *sequence;
    MixqPickleArray *array;
    MixqPickleCsr *csr;
    MixqPickleDtype *dtype;
  } as;
} MixqPickleValue;

/** MixqPickleBytes: @data mostly points into the file; @latin1 caches the bytes a text stands for. */
struct _MixqPickleBytes
{
  const guint8 *data;
  gsize length;
  MixqPickleBytes *latin1;
};

/** MixqPickleSequence: @length counts values, so a dict of n entries has 2n. @depth bounds the nesting below it. */
struct _MixqPickleSequence
{
  MixqPickleValue *items;
  gsize length;
  gsize capacity;
  guint depth;
};

#define MIXQ_PICKLE_MAX_RANK 4

/** MixqPickleArray: @length elements; data holds exactly @length * dtype.size bytes. @dtype.code 0: never filled. */
struct _MixqPickleArray
{
  MixqPickleDtype dtype;
  gboolean fortran;
  guint rank;
  gsize shape[MIXQ_PICKLE_MAX_RANK];
  gsize length;
  const guint8 *data;
};

/** MixqPickleCsr: a scipy csr_matrix as written; nothing about its numbers is checked here. @filled: all parts were given. */
struct _MixqPickleCsr
{
  gboolean filled;
  gsize rows, cols;
  const MixqPickleArray *indptr, *indices, *data;
};

typedef struct _MixqPickle MixqPickle;

/**
 * mixq_pickle_parse:
 * @bytes: a whole file; kept alive by the result
 * @cancellable: (nullable)
 *
 * Reads a pickle without running it: no name is ever resolved, and only the few globals that numpy arrays, scipy
 * CSR matrices and defaultdict(list) need are recognised. Protocols 2 to 5, Python 2 and 3, numpy 1 and 2; the text
 * opcodes of protocol 0 and 1, persistent ids, extensions and classes are refused.
 *
 * Nothing recurses, and everything lives in one arena whose size is bounded by the file's: at most 64 bytes for
 * each byte of it, and never more than 1 GiB. The value tree may share nodes and, in a hostile file,
 * contain itself: a consumer looks at a fixed depth and never walks all of it.
 *
 * Errors: MIXQ_ERROR_PARSE with byte position and opcode, MIXQ_ERROR_CANCELLED.
 */
MixqPickle *mixq_pickle_parse (GBytes *bytes, GCancellable *cancellable, GError **error);
void mixq_pickle_free (MixqPickle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqPickle, mixq_pickle_free)

/** mixq_pickle_root: (transfer none): the one value the file holds. */
const MixqPickleValue *mixq_pickle_root (const MixqPickle *self);

/** mixq_pickle_kind_name: a word for messages: "list", "array". */
const char *mixq_pickle_kind_name (MixqPickleKind kind);

/** mixq_pickle_array_index: where element (@row, @col) of a rank 2 array lies; for rank 1 the index is the position. */
gsize mixq_pickle_array_index (const MixqPickleArray *self, gsize row, gsize col);

/** mixq_pickle_array_is_integer: bool, signed or unsigned. */
gboolean mixq_pickle_array_is_integer (const MixqPickleArray *self);

/** mixq_pickle_array_int: element at @index < length of an integer array; an unsigned value past the range becomes G_MAXINT64. */
gint64 mixq_pickle_array_int (const MixqPickleArray *self, gsize index);

/** mixq_pickle_array_real: element at @index < length of any array. */
double mixq_pickle_array_real (const MixqPickleArray *self, gsize index);

G_END_DECLS
