/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-pickle.h"

G_BEGIN_DECLS

/* Limits. A graph of 10 million arcs in Planetoid form is far inside all of them. */
#define MIXQ_PICKLE_BYTES_PER_BYTE 64           /* arena bytes allowed for each byte of the file */
#define MIXQ_PICKLE_ARENA_BASE (64 * 1024)      /* and for a file of no size */
#define MIXQ_PICKLE_ARENA_MAX ((gsize) 1 << 30) /* and at most */
#define MIXQ_PICKLE_STACK_MAX ((gsize) 1 << 20) /* values; writers flush theirs every 1,000 */
#define MIXQ_PICKLE_MARKS_MAX 64                /* open MARKs; arrays need three */
#define MIXQ_PICKLE_DEPTH_MAX 32                /* containers within containers; a graph needs two */

/** The globals a pickle may name. Nothing is resolved: each is a number that REDUCE and NEWOBJ know. */
typedef enum {
  MIXQ_PICKLE_GLOBAL_CSR_MATRIX,
  MIXQ_PICKLE_GLOBAL_RECONSTRUCT,
  MIXQ_PICKLE_GLOBAL_NDARRAY,
  MIXQ_PICKLE_GLOBAL_DTYPE,
  MIXQ_PICKLE_GLOBAL_FROMBUFFER,
  MIXQ_PICKLE_GLOBAL_ENCODE,
  MIXQ_PICKLE_GLOBAL_DEFAULTDICT,
  MIXQ_PICKLE_GLOBAL_LIST,
} MixqPickleGlobal;

/** MixqPickleArena: bump allocation, freed as a whole; refuses (NULL) past its budget. Memory is zeroed. */
typedef struct
{
  GPtrArray *chunks;
  guint8 *next;
  gsize left;
  gsize used, budget;
} MixqPickleArena;

void mixq_pickle_arena_init (MixqPickleArena *self, gsize file_length);
void mixq_pickle_arena_clear (MixqPickleArena *self);
gpointer mixq_pickle_arena_alloc (MixqPickleArena *self, gsize size);

/** mixq_pickle_find_global: whether "module name" is allowed; then @out is its value. */
gboolean mixq_pickle_find_global (const char *module,
                                  gsize module_length,
                                  const char *name,
                                  gsize name_length,
                                  MixqPickleValue *out);

/*
 * The meaning of values. Each function returns NULL on success or a static string: what is wrong, without place;
 * the machine adds opcode and byte.
 */
const char *mixq_pickle_new_bytes (MixqPickleArena *arena,
                                   MixqPickleKind kind,
                                   const guint8 *data,
                                   gsize length,
                                   MixqPickleValue *out);
const char *mixq_pickle_new_sequence (MixqPickleArena *arena, MixqPickleKind kind, MixqPickleValue *out);
const char *
mixq_pickle_extend (MixqPickleArena *arena, MixqPickleSequence *self, const MixqPickleValue *values, gsize n);
const char *mixq_pickle_reduce (MixqPickleArena *arena,
                                const MixqPickleValue *callable,
                                const MixqPickleValue *args,
                                MixqPickleValue *out);
const char *mixq_pickle_new_object (MixqPickleArena *arena,
                                    const MixqPickleValue *class_,
                                    const MixqPickleValue *args,
                                    MixqPickleValue *out);
const char *
mixq_pickle_build (MixqPickleArena *arena, const MixqPickleValue *object, const MixqPickleValue *state);

G_END_DECLS
