/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two texts of lines with tabs; lines that begin with # are comments.
     map:    "words", the words between spaces; then a node a line: name, class, part, numbers of its words, numbers of
             its neighbours with higher numbers
     layout: "of", the digest of the map's content; then a node a line: x, y
   The numbers of words and nodes count from 0. */
#include "data/mixq-builtin-debian.h"

#include <string.h>

#include "base/mixq-error.h"
#include "data/mixq-builtin-resource.h"

#define FOLDER "/org/mixq/Studio/data/"
#define MAP "debian-map.tsv"
#define LAYOUT "debian-map-layout.tsv"
#define PROVENANCE "# Made from "
#define MAX_NODES 1000000 /* far above what is built in; keeps sums of damaged files small */

/* A text, taken apart line by line in place. */
typedef struct
{
  const char *file;
  char *rest; /* (nullable): what follows the current line */
  guint line;
} Reader;

static gboolean
fail (const Reader *reader, GError **error, const char *problem)
{
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE,
               "%s:%u: %s; make the built-in data again with the tools in data/debian-map", reader->file,
               reader->line, problem);
  return FALSE;
}

/* Returns: (nullable): the next line that is not empty, comments included. */
static char *
next_line (Reader *reader)
{
  char *line;

  do {
    line = strsep (&reader->rest, "\n");
    reader->line += line != NULL;
  } while (line != NULL && *line == '\0');
  return line;
}

static gboolean
split_fields (const Reader *reader, char *line, gsize n, char **fields, GError **error)
{
  for (gsize f = 0; f < n; f++)
    if ((fields[f] = strsep (&line, "\t")) == NULL)
      return fail (reader, error, "the line has too few fields");
  return line == NULL || fail (reader, error, "the line has too many fields");
}

/* Appends the numbers between spaces in @text, all below @limit. */
static gboolean
read_numbers (const Reader *reader, const char *text, guint32 limit, GArray *numbers, GError **error)
{
  while (*text != '\0') {
    char *end;
    guint64 number = g_ascii_strtoull (text, &end, 10);
    guint32 small = (guint32) number;

    if (end == text || !g_ascii_isdigit (*text) || (*end != ' ' && *end != '\0') || number >= limit)
      return fail (reader, error, "a number is missing or too large");
    g_array_append_val (numbers, small);
    text = *end == ' ' ? end + 1 : end;
  }
  return TRUE;
}

/* What has been read of the map. */
typedef struct
{
  char **words; /* (nullable): until their line was read */
  guint32 n_words;
  GPtrArray *names;   /* of char *: of nodes */
  GPtrArray *classes; /* of const char *, a node, within the text */
  GArray *parts;      /* of guint8 */
  GArray *word_ends;  /* of gsize: entries of ones up to and with a node */
  GArray *ones;       /* of guint32 */
  GArray *src, *dst;  /* of guint32 */
  char *provenance;   /* (nullable) */
} Map;

static void
map_init (Map *self)
{
  *self = (Map){
    .names = g_ptr_array_new_with_free_func (g_free),
    .classes = g_ptr_array_new (),
    .parts = g_array_new (FALSE, FALSE, sizeof (guint8)),
    .word_ends = g_array_new (FALSE, FALSE, sizeof (gsize)),
    .ones = g_array_new (FALSE, FALSE, sizeof (guint32)),
    .src = g_array_new (FALSE, FALSE, sizeof (guint32)),
    .dst = g_array_new (FALSE, FALSE, sizeof (guint32)),
  };
}

static void
map_clear (Map *self)
{
  g_strfreev (self->words);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->classes, g_ptr_array_unref);
  g_clear_pointer (&self->parts, g_array_unref);
  g_clear_pointer (&self->word_ends, g_array_unref);
  g_clear_pointer (&self->ones, g_array_unref);
  g_clear_pointer (&self->src, g_array_unref);
  g_clear_pointer (&self->dst, g_array_unref);
  g_free (self->provenance);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Map, map_clear)

static gboolean
read_part (const Reader *reader, const char *text, guint8 *part, GError **error)
{
  static const char *const names[] = { "-", "train", "val", "test" }; /* in the order of MixqPart */

  for (guint8 p = 0; p < G_N_ELEMENTS (names); p++)
    if (strcmp (text, names[p]) == 0) {
      *part = p;
      return TRUE;
    }
  return fail (reader, error, "the part of the split is none of train, val, test, -");
}

static gboolean
read_node (Map *map, const Reader *reader, char *line, GError **error)
{
  guint32 node = map->names->len;
  char *fields[5];
  guint8 part;
  gsize end;

  if (!split_fields (reader, line, 5, fields, error) || !read_part (reader, fields[2], &part, error) ||
      !read_numbers (reader, fields[3], map->n_words, map->ones, error) ||
      !read_numbers (reader, fields[4], MAX_NODES, map->dst, error))
    return FALSE;
  g_ptr_array_add (map->names, g_strdup (fields[0]));
  g_ptr_array_add (map->classes, fields[1]);
  g_array_append_val (map->parts, part);
  end = map->ones->len;
  g_array_append_val (map->word_ends, end);
  while (map->src->len < map->dst->len)
    g_array_append_val (map->src, node);
  return TRUE;
}

static gboolean
read_words (Map *map, const Reader *reader, char *line, GError **error)
{
  char *fields[2];

  if (!split_fields (reader, line, 2, fields, error))
    return FALSE;
  if (strcmp (fields[0], "words") != 0)
    return fail (reader, error, "the first line does not hold the words");
  map->words = g_strsplit (fields[1], " ", -1);
  map->n_words = g_strv_length (map->words);
  return TRUE;
}

static gboolean
read_map (Map *map, Reader *reader, GError **error)
{
  char *line;

  while ((line = next_line (reader)) != NULL) {
    if (g_str_has_prefix (line, PROVENANCE))
      map->provenance = map->provenance != NULL ? map->provenance : g_strdup (line + strlen ("# "));
    if (*line == '#')
      continue;
    if (!(map->words == NULL ? read_words (map, reader, line, error) : read_node (map, reader, line, error)))
      return FALSE;
  }
  if (map->names->len == 0)
    return fail (reader, error, "the file holds no nodes");
  for (guint e = 0; e < map->dst->len; e++)
    if (g_array_index (map->dst, guint32, e) >= map->names->len)
      return fail (reader, error, "a neighbour is no node of the file");
  return TRUE;
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Classes are numbered by their names' order. */
static void
take_classes (MixqDataset *dataset, const Map *map)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < map->classes->len; i++)
    if (!g_ptr_array_find_with_equal_func (names, g_ptr_array_index (map->classes, i), g_str_equal, NULL))
      g_ptr_array_add (names, g_ptr_array_index (map->classes, i));
  g_ptr_array_sort (names, compare_strings);
  dataset->n_classes = names->len;
  dataset->class_names = g_new0 (char *, names->len + 1);
  for (guint c = 0; c < names->len; c++)
    dataset->class_names[c] = g_strdup (g_ptr_array_index (names, c));
  dataset->labels = g_new (gint32, map->classes->len);
  for (guint i = 0; i < map->classes->len; i++) {
    guint c = 0;

    g_ptr_array_find_with_equal_func (names, g_ptr_array_index (map->classes, i), g_str_equal, &c);
    dataset->labels[i] = (gint32) c;
  }
}

static void
take_features (MixqDataset *dataset, Map *map)
{
  gsize n = map->names->len;

  dataset->features = mixq_csr_new (n, map->n_words, map->ones->len, FALSE);
  memcpy (dataset->features->col, map->ones->data, map->ones->len * sizeof (guint32));
  memcpy (dataset->features->row_ptr + 1, map->word_ends->data, n * sizeof (gsize));
  dataset->feature_names = g_steal_pointer (&map->words);
}

static MixqDataset *
make_dataset (Map *map)
{
  MixqDataset *dataset = mixq_dataset_alloc ("debian", "Debian software map", "built-in");

  dataset->source = g_strdup ("debian");
  dataset->n_nodes = map->names->len;
  dataset->graph = mixq_csr_new_from_edges (map->names->len, (const guint32 *) map->src->data,
                                            (const guint32 *) map->dst->data, map->src->len, NULL);
  dataset->part = g_memdup2 (map->parts->data, map->parts->len);
  take_classes (dataset, map);
  take_features (dataset, map);
  g_ptr_array_add (map->names, NULL);
  dataset->node_names = (char **) g_ptr_array_free (g_steal_pointer (&map->names), FALSE);
  if (map->provenance != NULL)
    g_ptr_array_add (dataset->notes, g_steal_pointer (&map->provenance));
  return dataset;
}

static gboolean
read_position (const Reader *reader, char *line, float *at, GError **error)
{
  char *fields[2];

  if (!split_fields (reader, line, 2, fields, error))
    return FALSE;
  for (gsize k = 0; k < 2; k++) {
    char *end;

    at[k] = (float) g_ascii_strtod (fields[k], &end);
    if (end == fields[k] || *end != '\0')
      return fail (reader, error, "a position is not a number");
  }
  return TRUE;
}

/* @digest: (out): within the text */
static gboolean
read_layout (MixqDataset *dataset, Reader *reader, const char **digest, GError **error)
{
  char *line, *fields[2] = { NULL };
  gsize node = 0;

  dataset->positions = g_new (float, 2 * dataset->n_nodes);
  while ((line = next_line (reader)) != NULL) {
    if (*line == '#')
      continue;
    if (fields[0] == NULL) {
      if (!split_fields (reader, line, 2, fields, error))
        return FALSE;
    } else if (node == dataset->n_nodes) {
      return fail (reader, error, "there are more positions than nodes");
    } else if (!read_position (reader, line, &dataset->positions[2 * node++], error)) {
      return FALSE;
    }
  }
  if (fields[0] == NULL || strcmp (fields[0], "of") != 0 || node < dataset->n_nodes)
    return fail (reader, error, "the digest or positions are missing");
  *digest = fields[1];
  return TRUE;
}

MixqDataset *
mixq_builtin_debian_parse (const char *map_text, const char *layout_text, GError **error)
{
  g_autofree char *map_copy = g_strdup (map_text), *layout_copy = g_strdup (layout_text);
  Reader map_reader = { MAP, map_copy, 0 }, layout_reader = { LAYOUT, layout_copy, 0 };
  g_autoptr (MixqDataset) dataset = NULL;
  const char *digest = NULL;
  g_auto (Map) map = { 0 };

  map_init (&map);
  if (!read_map (&map, &map_reader, error))
    return NULL;
  dataset = make_dataset (&map);
  if ((layout_copy != NULL && !read_layout (dataset, &layout_reader, &digest, error)) ||
      !mixq_dataset_seal (dataset, error))
    return NULL;
  if (digest != NULL && strcmp (digest, dataset->sha256) != 0) {
    fail (&layout_reader, error, "the layout is of another map");
    return NULL;
  }
  return g_steal_pointer (&dataset);
}

static char *
dup_text (const char *path, GError **error)
{
  /* Naming the resource, not only its path, also keeps the linker from dropping it out of the static library. */
  GResource *resource = mixq_builtin_get_resource ();
  g_autoptr (GBytes) bytes = g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  if (bytes == NULL) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO, "%s: is not in this program; build it again", path);
    return NULL;
  }
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

MixqDataset *
mixq_builtin_debian_load (GError **error)
{
  g_autofree char *map = dup_text (FOLDER MAP, error);
  g_autofree char *layout = map != NULL ? dup_text (FOLDER LAYOUT, error) : NULL;

  return layout != NULL ? mixq_builtin_debian_parse (map, layout, error) : NULL;
}
