/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes debian-map-layout.tsv, the positions of the built-in map, so that the program need not compute them at start:

     ninja -C BUILD tests/data/make-debian-layout
     BUILD/tests/data/make-debian-layout debian-map.tsv debian-map-layout.tsv [SEED]

   Four decimals are a fifth of a pixel on a view of 4,000 pixels. */
#include <stdio.h>

#include "data/mixq-builtin-debian.h"
#include "layout/mixq-layout.h"

#define DEFAULT_SEED 1

static char *
format_layout (const MixqDataset *dataset, const float *at, guint64 seed)
{
  GString *text = g_string_new ("# Positions of the nodes of debian-map.tsv, in its order: x, y.\n"
                                "# SPDX-License-Identifier: CC0-1.0\n");

  g_string_append_printf (text, "# Made by make-debian-layout with seed %" G_GUINT64_FORMAT ".\n", seed);
  g_string_append_printf (text, "of\t%s\n", dataset->sha256);
  for (gsize i = 0; i < 2 * dataset->n_nodes; i++) {
    char number[32];

    g_string_append (text, g_ascii_formatd (number, sizeof number, "%.4f", (double) at[i]));
    g_string_append_c (text, i % 2 == 0 ? '\t' : '\n');
  }
  return g_string_free (text, FALSE);
}

static gboolean
make_layout (const char *map_path, const char *layout_path, guint64 seed, GError **error)
{
  g_autoptr (MixqDataset) dataset = NULL;
  g_autofree char *map = NULL, *text = NULL;
  g_autofree float *at = NULL;

  if (!g_file_get_contents (map_path, &map, NULL, error))
    return FALSE;
  dataset = mixq_builtin_debian_parse (map, NULL, error);
  if (dataset == NULL)
    return FALSE;
  at = g_new (float, 2 * dataset->n_nodes);
  if (!mixq_layout_compute (dataset->graph, seed, NULL, NULL, NULL, at, error))
    return FALSE;
  text = format_layout (dataset, at, seed);
  return g_file_set_contents (layout_path, text, -1, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc < 3 || argc > 4) {
    g_printerr ("usage: make-debian-layout MAP.tsv LAYOUT.tsv [SEED]\n");
    return 2;
  }
  if (!make_layout (argv[1], argv[2], argc > 3 ? g_ascii_strtoull (argv[3], NULL, 10) : DEFAULT_SEED,
                    &error)) {
    g_printerr ("make-debian-layout: %s\n", error->message);
    return 1;
  }
  return 0;
}
