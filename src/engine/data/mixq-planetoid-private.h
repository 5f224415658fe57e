/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "sparse/mixq-csr.h"

G_BEGIN_DECLS

typedef enum {
  MIXQ_PLANETOID_X,
  MIXQ_PLANETOID_TX,
  MIXQ_PLANETOID_ALLX,
  MIXQ_PLANETOID_Y,
  MIXQ_PLANETOID_TY,
  MIXQ_PLANETOID_ALLY,
  MIXQ_PLANETOID_N_MATRICES,
  MIXQ_PLANETOID_GRAPH = MIXQ_PLANETOID_N_MATRICES,
  MIXQ_PLANETOID_TEST_INDEX,
  MIXQ_PLANETOID_N_FILES,
} MixqPlanetoidFile;

extern const char *const mixq_planetoid_suffixes[MIXQ_PLANETOID_N_FILES];

/** MixqPlanetoidParts: the eight files, read and checked against each other; see mixq_planetoid_load(). */
typedef struct
{
  const char *folder, *name; /* borrowed */
  GCancellable *cancellable; /* borrowed, nullable */
  MixqCsr *matrix[MIXQ_PLANETOID_N_MATRICES];
  GArray *test;      /* of guint32: distinct node numbers, those of the rows of tx and ty */
  GArray *src, *dst; /* of guint32: the arcs as stored, with self loops and repeats */
  gsize n_nodes;
  gsize n_keys; /* nodes that have an entry in the graph */
  /*< private >*/
  gsize n_keys_end; /* one past its largest key */
  gsize file_bytes; /* size of the pickle read last */
} MixqPlanetoidParts;

char *mixq_planetoid_file_path (const char *folder, const char *name, MixqPlanetoidFile id);

/** mixq_planetoid_parts_read: fills @self, whose folder, name and cancellable are set; clear it in any case. */
gboolean mixq_planetoid_parts_read (MixqPlanetoidParts *self, GError **error);
void mixq_planetoid_parts_clear (MixqPlanetoidParts *self);

G_END_DECLS
