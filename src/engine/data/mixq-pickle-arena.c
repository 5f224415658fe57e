/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-pickle-private.h"

#define CHUNK ((gsize) 64 * 1024)
#define ALIGNMENT ((gsize) 16)

void
mixq_pickle_arena_init (MixqPickleArena *self, gsize file_length)
{
  gsize allowed;

  *self = (MixqPickleArena){ .chunks = g_ptr_array_new_with_free_func (g_free) };
  if (!g_size_checked_mul (&allowed, file_length, MIXQ_PICKLE_BYTES_PER_BYTE))
    allowed = MIXQ_PICKLE_ARENA_MAX;
  self->budget = MIN (allowed + MIXQ_PICKLE_ARENA_BASE, MIXQ_PICKLE_ARENA_MAX);
}

void
mixq_pickle_arena_clear (MixqPickleArena *self)
{
  g_clear_pointer (&self->chunks, g_ptr_array_unref);
}

gpointer
mixq_pickle_arena_alloc (MixqPickleArena *self, gsize size)
{
  gpointer block;

  size = MAX (size, 1);
  if (size > self->budget - self->used)
    return NULL;
  size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (size > self->left) {
    gsize chunk = MAX (size, CHUNK);

    self->next = g_try_malloc0 (chunk);
    if (self->next == NULL)
      return NULL;
    self->left = chunk;
    g_ptr_array_add (self->chunks, self->next);
  }
  block = self->next;
  self->next += size;
  self->left -= size;
  self->used = MIN (self->used + size, self->budget);
  return block;
}
