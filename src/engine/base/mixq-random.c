/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mixq-random.h"

/* 64-bit FNV-1a: enough to tell stream names apart, and defined byte by byte on every machine. */
static guint64
hash_name (const char *name)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (const char *c = name; *c != '\0'; c++)
    hash = (hash ^ (guint8) *c) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

void
mixq_random_init (MixqRandom *self, guint64 seed, const char *stream)
{
  guint64 state = seed;

  /* The seed is scrambled first: otherwise seed ^ hash would make two streams meet at neighbouring seeds. */
  state = mixq_random_splitmix (&state) ^ hash_name (stream);
  for (gsize i = 0; i < G_N_ELEMENTS (self->s); i++)
    self->s[i] = mixq_random_splitmix (&state);
  /* Four zero outputs in a row cannot come out of splitmix64 (it is a bijection of a counter). */
}
