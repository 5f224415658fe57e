/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding out what a name or path means, and handing it to the reader of its format. */
#include <string.h>

#include "base/mixq-error.h"
#include "data/mixq-builtin-csl.h"
#include "data/mixq-builtin-debian.h"
#include "data/mixq-builtin-karate.h"
#include "data/mixq-dataset.h"
#include "data/mixq-file.h"
#include "data/mixq-generated.h"
#include "data/mixq-npz.h"
#include "data/mixq-ogb.h"
#include "data/mixq-planetoid.h"
#include "data/mixq-tu.h"

#define SUPPORTED                                                                                            \
  "a built-in name (debian, karate, csl), the eight Planetoid files "                                        \
  "ind.NAME.{x,tx,allx,y,ty,ally,graph,test.index}, a .npz file, a TUDataset folder or zip, or a folder in " \
  "OGB's raw layout"
#define MAX_FOLDER_ENTRIES                                                                                   \
  100000 /* a folder with more is not a data set; looking at all of it would take long */

/* Formats of the field that can be told by their name. Reading them is planned; until then the message says so. */
static const struct
{
  const char *format, *suffix, *people;
} recognised[] = {
  { "graphml", ".graphml", "a GraphML file" },
  { "graphml", ".xml", "a GraphML file" },
  { "gml", ".gml", "a GML file" },
  { "csv", ".csv", "a table of nodes or edges" },
  { "pt", ".pt", "a PyTorch file" },
  { "pt", ".pth", "a PyTorch file" },
  { "pickle", ".pkl", "a pickle" },
  { "pickle", ".pickle", "a pickle" },
};

static MixqDataset *
refuse_recognised (const char *path, const char *people, GError **error)
{
  g_autofree char *label = mixq_file_label (path);

  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
               "%s: is %s, which is recognised but not supported yet; give " SUPPORTED, label, people);
  return NULL;
}

static const char *
recognise (const char *base)
{
  g_autofree char *lower = g_ascii_strdown (base, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (recognised); i++)
    if (g_str_has_suffix (lower, recognised[i].suffix))
      return recognised[i].people;
  return NULL;
}

/* Built-in. */

static const MixqKnownDataset known[] = {
  { "debian", "Debian software map", TRUE, 2833, 11322, 7, 1 },
  { "karate", "Zachary's karate club", TRUE, 34, 156, 2, 1 },
  { "csl", "Circular skip links", TRUE, 6150, 24600, 10, 150 },
  { "cora", "Cora citation graph", FALSE, 2708, 10556, 7, 1 },
  { "citeseer", "CiteSeer citation graph", FALSE, 3327, 9104, 6, 1 },
  { "pubmed", "PubMed citation graph", FALSE, 19717, 88648, 3, 1 },
  { "ogbn-arxiv", "arXiv citation graph (OGB)", FALSE, 169343, 2315598, 40, 1 },
  { "ogbn-products", "Products bought together (OGB)", FALSE, 2449029, 123718280, 47, 1 },
  { "ogbn-proteins", "Proteins: 112 functions (OGB)", FALSE, 132534, 79122504, 112, 1 },
  { "cora_ml", "Cora-ML citation graph (npz)", FALSE, 2995, 16316, 7, 1 },
  { "PROTEINS", "Proteins: enzymes or not", FALSE, 43471, 162088, 2, 1113 },
  { "MUTAG", "Molecules: mutagenic or not", FALSE, 3371, 7442, 2, 188 },
  { "DD", "Proteins by their residues", FALSE, 334925, 1686092, 2, 1178 },
  { "IMDB-BINARY", "Casts of films: action or romance", FALSE, 19773, 193062, 2, 1000 },
  { "IMDB-MULTI", "Casts of films: three genres", FALSE, 19502, 197806, 3, 1500 },
  { "REDDIT-BINARY", "Threads: questions or discussion", FALSE, 859254, 1991016, 2, 2000 },
};

const MixqKnownDataset *
mixq_dataset_known (gsize *n)
{
  *n = G_N_ELEMENTS (known);
  return known;
}

gboolean
mixq_dataset_format_is_named (const char *format)
{
  return g_strcmp0 (format, "built-in") == 0 || g_strcmp0 (format, "generated") == 0;
}

static gboolean
is_builtin (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].builtin && strcmp (known[i].name, name) == 0)
      return TRUE;
  return FALSE;
}

static MixqDataset *
load_builtin (const char *name, GError **error)
{
  if (strcmp (name, "csl") == 0)
    return mixq_builtin_csl_load (error);
  return strcmp (name, "karate") == 0 ? mixq_builtin_karate_load (error) : mixq_builtin_debian_load (error);
}

/* Folders. */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
contains (GPtrArray *names, const char *name)
{
  for (guint i = 0; i < names->len; i++)
    if (strcmp (g_ptr_array_index (names, i), name) == 0)
      return TRUE;
  return FALSE;
}

/* What a folder holds. */
typedef struct
{
  GPtrArray *names;   /* of char *: Planetoid sets */
  const char *people; /* (nullable) another format that was recognised */
} Folder;

static void
folder_clear (Folder *self)
{
  g_clear_pointer (&self->names, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Folder, folder_clear)

static void
look_at_entry (Folder *self, const char *base)
{
  gboolean is_file;
  g_autofree char *name = mixq_planetoid_parse_name (base, &is_file);

  if (name != NULL && is_file && !contains (self->names, name))
    g_ptr_array_add (self->names, g_steal_pointer (&name));
  if (self->people == NULL)
    self->people = recognise (base);
}

static gboolean
scan_folder (Folder *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autofree char *label = mixq_file_label (path);
  const char *base;

  *self = (Folder){ .names = g_ptr_array_new_with_free_func (g_free) };
  if (dir == NULL) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO, "%s: the folder cannot be opened; check its permissions",
                 label);
    return FALSE;
  }
  for (gsize i = 0; i < MAX_FOLDER_ENTRIES && (base = g_dir_read_name (dir)) != NULL; i++) {
    if (mixq_file_is_cancelled (cancellable, path, error))
      return FALSE;
    look_at_entry (self, base);
  }
  g_ptr_array_sort (self->names, compare_names);
  return TRUE;
}

static MixqDataset *
refuse_choice (const char *path, GPtrArray *names, GError **error)
{
  g_autofree char *label = mixq_file_label (path);
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < names->len && i < 10; i++) {
    g_autofree char *name = g_filename_display_name (g_ptr_array_index (names, i));

    g_string_append_printf (list, "%sind.%s", i > 0 ? ", " : "", name);
  }
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE, "%s: holds %u data sets; name one of them: %s%s", label,
               names->len, list->str, names->len > 10 ? ", ..." : "");
  return NULL;
}

static MixqDataset *
refuse_folder (const char *path, const char *people, GError **error)
{
  g_autofree char *label = NULL;

  if (people != NULL)
    return refuse_recognised (path, people, error);
  label = mixq_file_label (path);
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
               "%s: no data set was found in this folder; give " SUPPORTED, label);
  return NULL;
}

/* @path itself, or the raw/ below it that PyTorch Geometric makes. */
static MixqDataset *
load_folder (const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *raw = g_build_filename (path, "raw", NULL);
  const char *places[] = { path, raw };
  const char *people = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    g_auto (Folder) folder = { 0 };

    if (!g_file_test (places[i], G_FILE_TEST_IS_DIR))
      continue;
    if (!scan_folder (&folder, places[i], cancellable, error))
      return NULL;
    if (folder.names->len > 1)
      return refuse_choice (places[i], folder.names, error);
    if (folder.names->len == 1)
      return mixq_planetoid_load (places[i], g_ptr_array_index (folder.names, 0), cancellable, error);
    people = people != NULL ? people : folder.people;
  }
  return refuse_folder (path, people, error);
}

/* Paths. */

static MixqDataset *
refuse_path (const char *path, GError **error)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *label = mixq_file_label (path);
  const char *people = recognise (base);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO,
                 "%s: there is no such file, folder or built-in data set; give " SUPPORTED, label);
  else if (people != NULL)
    return refuse_recognised (path, people, error);
  else
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
                 "%s: is not in a format that is known here; give " SUPPORTED, label);
  return NULL;
}

/* Folders that no other reader knows are Planetoid's, which explains what it missed. */
static MixqDataset *
load_planetoid (const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = mixq_planetoid_parse_name (base, NULL);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return load_folder (path, cancellable, error);
  if (name != NULL && mixq_planetoid_exists (folder, name))
    return mixq_planetoid_load (folder, name, cancellable, error);
  return refuse_path (path, error);
}

static gboolean
is_npz (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  return g_str_has_suffix (lower, ".npz") && g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
is_generated (const char *what)
{
  return g_str_has_prefix (what, MIXQ_GENERATED_PREFIX);
}

static gboolean
is_anything (const char *path)
{
  return TRUE;
}

/* The first one that knows a path by its look reads it. */
static const struct
{
  const char *format;
  gboolean (*is_here) (const char *path);
  MixqDataset *(*load) (const char *path, GCancellable *cancellable, GError **error);
} readers[] = {
  { "generated", is_generated, mixq_generated_load },
  { "npz", is_npz, mixq_npz_load },
  { "tu", mixq_tu_is_here, mixq_tu_load },
  { "ogb", mixq_ogb_is_here, mixq_ogb_load },
  { "planetoid", is_anything, load_planetoid },
};

static MixqDataset *
load_path (const char *path, const char *format, GCancellable *cancellable, GError **error)
{
  if (format != NULL && !is_generated (path) && !g_file_test (path, G_FILE_TEST_EXISTS))
    format = "planetoid"; /* whose sets are named by what is no file, and which says that there is none */
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    if (format != NULL ? strcmp (readers[i].format, format) == 0 : readers[i].is_here (path))
      return readers[i].load (path, cancellable, error);
  g_assert_not_reached (); /* the last one takes everything, and a format was checked to be one of them */
}

static gboolean
check_format (const char *what, const char *format, GError **error)
{
  g_autofree char *label = mixq_file_label (what);

  if (format == NULL || strcmp (format, "built-in") == 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    if (strcmp (format, readers[i].format) == 0)
      return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (recognised); i++)
    if (strcmp (format, recognised[i].format) == 0) {
      refuse_recognised (what, recognised[i].people, error);
      return FALSE;
    }
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
               "%s: there is no format \"%s\"; use built-in, generated, npz, tu, ogb or planetoid", label,
               format);
  return FALSE;
}

MixqDataset *
mixq_dataset_load (const char *what, const char *format, GCancellable *cancellable, GError **error)
{
  gboolean insists_builtin = format != NULL && strcmp (format, "built-in") == 0;
  gboolean insists_file = format != NULL && !insists_builtin;
  MixqDataset *dataset;

  if (!check_format (what, format, error))
    return NULL;
  if (is_builtin (what) && !insists_file) {
    dataset = load_builtin (what, error);
  } else if (insists_builtin) {
    g_autofree char *label = mixq_file_label (what);

    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "%s: is not a built-in data set; use debian, karate or csl", label);
    return NULL;
  } else {
    dataset = load_path (what, format, cancellable, error);
  }
  if (dataset != NULL && dataset->source == NULL)
    dataset->source = g_strdup (what);
  return dataset;
}
