/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding out what a name or path means, and handing it to the reader of its format. */
#include <string.h>

#include "base/mixq-error.h"
#include "data/mixq-builtin-debian.h"
#include "data/mixq-builtin-karate.h"
#include "data/mixq-dataset.h"
#include "data/mixq-file.h"
#include "data/mixq-planetoid.h"

#define SUPPORTED                                                                                            \
  "a built-in name (debian, karate) or the eight Planetoid files "                                           \
  "ind.NAME.{x,tx,allx,y,ty,ally,graph,test.index}"
#define MAX_FOLDER_ENTRIES                                                                                   \
  100000 /* a folder with more is not a data set; looking at all of it would take long */

/* Formats of the field that can be told by their name. Reading them is planned; until then the message says so. */
static const struct
{
  const char *format, *suffix, *people;
} recognised[] = {
  { "npz", ".npz", "a NumPy archive (gnn-benchmark)" },
  { "graphml", ".graphml", "a GraphML file" },
  { "graphml", ".xml", "a GraphML file" },
  { "gml", ".gml", "a GML file" },
  { "tu", ".zip", "an archive (TUDataset)" },
  { "ogb", ".csv.gz", "a part of an OGB set" },
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
  { "cora", "Cora citation graph", FALSE, 2708, 10556, 7, 1 },
  { "citeseer", "CiteSeer citation graph", FALSE, 3327, 9104, 6, 1 },
  { "pubmed", "PubMed citation graph", FALSE, 19717, 88648, 3, 1 },
};

const MixqKnownDataset *
mixq_dataset_known (gsize *n)
{
  *n = G_N_ELEMENTS (known);
  return known;
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
  if (self->people == NULL && g_str_has_suffix (base, "_graph_indicator.txt"))
    self->people = "a TUDataset folder";
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

static MixqDataset *
load_path (const char *path, GCancellable *cancellable, GError **error)
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
check_format (const char *what, const char *format, GError **error)
{
  g_autofree char *label = mixq_file_label (what);

  if (format == NULL || strcmp (format, "built-in") == 0 || strcmp (format, "planetoid") == 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (recognised); i++)
    if (strcmp (format, recognised[i].format) == 0) {
      refuse_recognised (what, recognised[i].people, error);
      return FALSE;
    }
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
               "%s: there is no format \"%s\"; use built-in or planetoid", label, format);
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

    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE, "%s: is not a built-in data set; use debian or karate",
                 label);
    return NULL;
  } else {
    dataset = load_path (what, cancellable, error);
  }
  if (dataset != NULL && dataset->source == NULL)
    dataset->source = g_strdup (what);
  return dataset;
}
