/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-dataset.h"

G_BEGIN_DECLS

/**
 * mixq_builtin_debian_load:
 *
 * The Debian software map, what the program opens with: source packages of seven archive sections, joined where one
 * needs or suggests the other, with the words of their descriptions. Compiled in; data/debian-map has the files, the
 * tools that make them, and where they come from. Cost: about 10 ms.
 *
 * Errors: MIXQ_ERROR_PARSE, MIXQ_ERROR_VALUE, for a build with broken files. Returns: (transfer full) (nullable): sealed.
 */
MixqDataset *mixq_builtin_debian_load (GError **error);

/**
 * mixq_builtin_debian_parse:
 * @map: text of debian-map.tsv
 * @layout: (nullable): text of debian-map-layout.tsv, which must belong to @map
 *
 * The same from texts, for the tool that makes the layout, and for tests.
 */
MixqDataset *mixq_builtin_debian_parse (const char *map, const char *layout, GError **error);

G_END_DECLS
