/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cross-validation: parts alike in classes, made by a seed or read from a file. */
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-random.h"
#include "data/mixq-dataset-private.h"
#include "data/mixq-file.h"

#define DEFAULT_FOLDS 10
#define DEFAULT_SEED 42 /* of the published protocol */
#define MAX_FOLDS 1000
#define MAX_FILE ((gsize) 64 << 20)

/* The items of class @label, shuffled. */
static gsize
shuffled_class (const MixqDataset *self, gint32 label, MixqRandom *random, guint32 *item)
{
  gsize n = 0;

  for (gsize i = 0; i < mixq_dataset_n_items (self); i++)
    if (mixq_dataset_item_class (self, i) == label)
      item[n++] = (guint32) i;
  for (gsize i = n; i > 1; i--) {
    gsize j = mixq_random_below (random, (guint32) i);
    guint32 swapped = item[j];

    item[j] = item[i - 1];
    item[i - 1] = swapped;
  }
  return n;
}

/* Each class is dealt out around the circle of folds, and the next class goes on where it ended. */
void
mixq_dataset_deal_folds (const MixqDataset *self, gsize fold, gsize n_folds, guint64 seed, guint8 *part)
{
  g_autofree guint32 *item = g_new (guint32, mixq_dataset_n_items (self));
  gsize n_classes = self->task == MIXQ_TASK_NODE_TARGETS ? 1 : self->n_classes, next = 0;
  gsize val = (fold + n_folds - 1) % n_folds;
  MixqRandom random;

  mixq_random_init (&random, seed, "folds");
  for (gsize c = 0; c < n_classes; c++) {
    gsize n = shuffled_class (self, (gint32) c, &random, item);

    for (gsize i = 0; i < n; i++, next++)
      part[item[i]] = next % n_folds == fold  ? MIXQ_PART_TEST
                      : next % n_folds == val ? MIXQ_PART_VAL
                                              : MIXQ_PART_TRAIN;
  }
}

/* A number at @at; leaves @at behind it. */
static gboolean
take_number (const char **at, guint64 *number)
{
  char *end;

  if (!g_ascii_isdigit (**at))
    return FALSE;
  *number = g_ascii_strtoull (*at, &end, 10);
  *at = end;
  return TRUE;
}

gboolean
mixq_dataset_split_fold (const MixqDataset *self, const char *text, guint8 *part, GError **error)
{
  guint64 fold, n_folds = DEFAULT_FOLDS, seed = DEFAULT_SEED;
  const char *at = text;
  gboolean ok = take_number (&at, &fold);

  if (ok && *at == '/') {
    at++;
    ok = take_number (&at, &n_folds);
  }
  if (ok && *at == ',') {
    at++;
    ok = take_number (&at, &seed);
  }
  if (!ok || *at != '\0' || n_folds < 3 || n_folds > MAX_FOLDS || fold >= n_folds) {
    g_set_error (
        error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
        "split \"fold:%s\": is not a fold; write fold:I with I from 0 to 9, or fold:I/K or fold:I/K,SEED "
        "with 3 to %d folds",
        text, MAX_FOLDS);
    return FALSE;
  }
  mixq_dataset_deal_folds (self, fold, n_folds, seed, part);
  return TRUE;
}

gboolean
mixq_dataset_is_fold_file (const char *split)
{
  const char *hash = strrchr (split, '#');
  g_autofree char *path = hash != NULL ? g_strndup (split, (gsize) (hash - split)) : NULL;
  const char *at = hash != NULL ? hash + 1 : NULL;
  guint64 fold;

  return hash != NULL && take_number (&at, &fold) && *at == '\0' && g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean G_GNUC_PRINTF (4, 5)
    refuse (GError **error, const char *label, gsize line, const char *format, ...)
{
  g_autofree char *problem = NULL;
  va_list args;

  va_start (args, format);
  problem = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE,
               "%s: line %" G_GSIZE_FORMAT
               " %s; write lines of fold, part and numbers with commas, with tabs between the three",
               label, line, problem);
  return FALSE;
}

/* The numbers of one line into their part. */
static gboolean
read_items (const MixqDataset *self,
            const char *label,
            gsize line,
            const char *list,
            guint8 value,
            guint8 *part,
            GError **error)
{
  guint64 item = 0;

  for (const char *at = list;; at++) {
    if (!take_number (&at, &item) || item >= mixq_dataset_n_items (self))
      return refuse (error, label, line, "has something other than numbers below %" G_GSIZE_FORMAT,
                     mixq_dataset_n_items (self));
    if (part[item] != MIXQ_PART_NONE)
      return refuse (error, label, line, "names %" G_GUINT64_FORMAT " a second time in its fold", item);
    if (mixq_dataset_item_class (self, item) >= 0)
      part[item] = value;
    if (*at == '\0')
      return TRUE;
    if (*at != ',')
      return refuse (error, label, line, "has something other than numbers and commas");
  }
}

static gboolean
read_fold (const MixqDataset *self,
           const char *label,
           const char *text,
           const char *wanted,
           guint8 *part,
           GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean found = FALSE;

  for (gsize i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) fields = NULL;
    guint8 value;

    g_strchomp (lines[i]);
    if (*lines[i] == '\0' || *lines[i] == '#')
      continue;
    fields = g_strsplit (lines[i], "\t", -1);
    if (g_strv_length (fields) != 3 || !mixq_dataset_parse_part (fields[1], &value))
      return refuse (error, label, i + 1, "is not of that form");
    if (strcmp (fields[0], wanted) != 0)
      continue;
    found = TRUE;
    if (!read_items (self, label, i + 1, fields[2], value, part, error))
      return FALSE;
  }
  if (!found)
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "%s: has no fold %s; name one of its folds after the # of the split", label, wanted);
  return found;
}

gboolean
mixq_dataset_split_fold_file (const MixqDataset *self, const char *split, guint8 *part, GError **error)
{
  const char *hash = strrchr (split, '#');
  g_autofree char *path = g_strndup (split, (gsize) (hash - split));
  g_autofree char *label = mixq_file_label (path);
  g_autoptr (GBytes) bytes = mixq_file_read (path, MAX_FILE, NULL, error);
  g_autofree char *text = NULL;
  gsize length;

  if (bytes == NULL)
    return FALSE;
  text = g_strndup (g_bytes_get_data (bytes, &length), g_bytes_get_size (bytes));
  return read_fold (self, label, text, hash + 1, part, error);
}
