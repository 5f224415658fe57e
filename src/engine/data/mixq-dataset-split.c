/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other splits of the same graph. */
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-random.h"
#include "data/mixq-dataset-private.h"
#include "data/mixq-file.h"

#define TRAIN_PER_CLASS 20
#define VALIDATION_NODES 500
#define TEST_NODES 1000
#define TENTHS 10
#define FOLD_SEED 42 /* of the published protocol for graphs */
#define MAX_FILE ((gsize) 64 << 20)

/* The labelled nodes, in the order in which parts are dealt out. */
typedef struct
{
  guint32 *node; /* owned */
  gsize n;
} Order;

/* The split of any task, to be written. */
static guint8 *
item_part (MixqDataset *self)
{
  return self->task == MIXQ_TASK_NODES ? self->part : self->item_part;
}

static const char *
items_of (const MixqDataset *self)
{
  return self->task == MIXQ_TASK_GRAPHS ? "graphs" : "nodes";
}

static Order
labelled_nodes (const MixqDataset *self)
{
  Order order = { g_new (guint32, self->n_nodes), 0 };

  for (gsize node = 0; node < self->n_nodes; node++)
    if (self->labels[node] >= 0)
      order.node[order.n++] = (guint32) node;
  return order;
}

/* Fisher and Yates, from the end. */
static void
shuffle (Order *order, guint64 seed)
{
  MixqRandom random;

  mixq_random_init (&random, seed, "split");
  for (gsize i = order->n; i > 1; i--) {
    gsize j = mixq_random_below (&random, (guint32) i);
    guint32 node = order->node[j];

    order->node[j] = order->node[i - 1];
    order->node[i - 1] = node;
  }
}

/*
 * Small graphs: the classes' share shrinks with the number of labelled nodes, to at least one node each; of the
 * rest a third is for validation and two thirds for the test, as 500 to 1,000.
 */
static gsize
train_per_class (gsize n_labelled, gsize n_classes)
{
  gsize wanted = TRAIN_PER_CLASS * n_classes + VALIDATION_NODES + TEST_NODES;

  return n_labelled >= wanted ? TRAIN_PER_CLASS : MAX (1, TRAIN_PER_CLASS * n_labelled / wanted);
}

/*
 * The first nodes of each class in @order are for training, the next ones for validation; the test nodes are the
 * last ones (@test_last) or those right after.
 */
static void
deal (MixqDataset *self, const Order *order, gboolean test_last)
{
  g_autofree gsize *taken = g_new0 (gsize, self->n_classes);
  gsize per_class = train_per_class (order->n, self->n_classes), n_rest = 0, n_val, n_test, test_from;

  for (gsize i = 0; i < order->n; i++) {
    guint32 node = order->node[i];

    if (taken[self->labels[node]] < per_class) {
      taken[self->labels[node]]++;
      self->part[node] = MIXQ_PART_TRAIN;
    } else {
      order->node[n_rest++] = node; /* i >= n_rest: only places already read are overwritten */
    }
  }
  n_val = n_rest >= VALIDATION_NODES + TEST_NODES ? VALIDATION_NODES : n_rest / 3;
  n_test = MIN (TEST_NODES, n_rest - n_val);
  test_from = test_last ? n_rest - n_test : n_val;
  for (gsize i = 0; i < n_val; i++)
    self->part[order->node[i]] = MIXQ_PART_VAL;
  for (gsize i = test_from; i < test_from + n_test; i++)
    self->part[order->node[i]] = MIXQ_PART_TEST;
}

static void
deal_random (MixqDataset *self, guint64 seed)
{
  Order order;

  if (self->task != MIXQ_TASK_NODES) {
    mixq_dataset_deal_folds (self, 0, TENTHS, seed, self->item_part);
    return;
  }
  order = labelled_nodes (self);
  shuffle (&order, seed);
  deal (self, &order, FALSE);
  g_free (order.node);
}

static gboolean
split_random (MixqDataset *self, const char *text, GError **error)
{
  guint64 seed;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &seed, NULL)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "split \"random:%s\": the seed is not a whole number; write for example random:7", text);
    return FALSE;
  }
  deal_random (self, seed);
  return TRUE;
}

static gboolean
split_planetoid (MixqDataset *self, GError **error)
{
  Order order;

  if (self->task != MIXQ_TASK_NODES) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 "split \"planetoid\": is for nodes with one class each, and %s has none; use random:SEED or "
                 "fold:I",
                 self->name);
    return FALSE;
  }
  order = labelled_nodes (self);
  deal (self, &order, TRUE);
  g_free (order.node);
  return TRUE;
}

void
mixq_dataset_set_default_split (MixqDataset *self)
{
  const char *split = self->task == MIXQ_TASK_NODES ? "random:0" : "fold:0";

  if (self->task == MIXQ_TASK_NODES)
    deal_random (self, 0);
  else
    mixq_dataset_deal_folds (self, 0, TENTHS, FOLD_SEED, self->item_part);
  self->split = g_strdup (split);
  g_ptr_array_add (self->notes,
                   g_strdup_printf ("The files have no split: %s was made (see --split)", split));
}

gboolean
mixq_dataset_parse_part (const char *word, guint8 *part)
{
  static const struct
  {
    const char *word;
    MixqPart part;
  } words[] = {
    { "none", MIXQ_PART_NONE }, { "train", MIXQ_PART_TRAIN },    { "val", MIXQ_PART_VAL },
    { "valid", MIXQ_PART_VAL }, { "validation", MIXQ_PART_VAL }, { "test", MIXQ_PART_TEST },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (word, words[i].word) == 0) {
      *part = (guint8) words[i].part;
      return TRUE;
    }
  return FALSE;
}

static gboolean
parse_line (MixqDataset *self, const char *label, gsize item, char *line, gsize *kept_out, GError **error)
{
  gsize n = mixq_dataset_n_items (self);
  guint8 *part = item_part (self);

  if (item >= n || !mixq_dataset_parse_part (g_strstrip (line), &part[item])) {
    g_set_error (error, MIXQ_ERROR, item >= n ? MIXQ_ERROR_SHAPE : MIXQ_ERROR_PARSE,
                 "%s: line %" G_GSIZE_FORMAT
                 " %s; write train, val, test or none for each of the %" G_GSIZE_FORMAT " %s, one a line",
                 label, item + 1, item >= n ? "is one too many" : "names no part", n, items_of (self));
    return FALSE;
  }
  if (mixq_dataset_item_class (self, item) < 0 && part[item] != MIXQ_PART_NONE) {
    part[item] = MIXQ_PART_NONE;
    (*kept_out)++;
  }
  return TRUE;
}

static gboolean
split_file (MixqDataset *self, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = mixq_file_read (path, MAX_FILE, NULL, error);
  g_autofree char *label = mixq_file_label (path);
  gsize length, item = 0, kept_out = 0;
  const char *at, *end;

  if (bytes == NULL)
    return FALSE;
  at = g_bytes_get_data (bytes, &length);
  for (end = at + length; end > at && g_ascii_isspace (end[-1]);)
    end--;
  while (at < end) {
    const char *stop = memchr (at, '\n', (gsize) (end - at));
    g_autofree char *line = g_strndup (at, MIN ((gsize) ((stop != NULL ? stop : end) - at), 32));

    if (!parse_line (self, label, item++, line, &kept_out, error))
      return FALSE;
    at = stop != NULL ? stop + 1 : end;
  }
  if (item != mixq_dataset_n_items (self)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE,
                 "%s: has %" G_GSIZE_FORMAT " lines for %" G_GSIZE_FORMAT
                 " %s; write one part name for each of them",
                 label, item, mixq_dataset_n_items (self), items_of (self));
    return FALSE;
  }
  mixq_dataset_add_note (self, kept_out, "Lines of the split file for what has no class");
  return TRUE;
}

/* Everything of @self but the split and the digest. */
static MixqDataset *
copy_without_split (const MixqDataset *self)
{
  MixqDataset *copy = mixq_dataset_alloc (self->name, self->title, self->format);

  copy->source = g_strdup (self->source);
  copy->task = self->task;
  copy->n_nodes = self->n_nodes;
  copy->n_classes = self->n_classes;
  copy->graph = mixq_csr_ref (self->graph);
  copy->features = mixq_csr_ref (self->features);
  copy->labels = g_memdup2 (self->labels, self->n_nodes * sizeof *self->labels);
  copy->part = g_new0 (guint8, self->n_nodes);
  copy->n_graphs = self->n_graphs;
  copy->graph_ptr = g_memdup2 (self->graph_ptr, (self->n_graphs + 1) * sizeof *self->graph_ptr);
  copy->graph_labels = g_memdup2 (self->graph_labels, self->n_graphs * sizeof *self->graph_labels);
  copy->targets = g_memdup2 (self->targets, self->n_nodes * self->n_classes);
  if (self->task != MIXQ_TASK_NODES)
    copy->item_part = g_new0 (guint8, mixq_dataset_n_items (self));
  copy->node_names = g_strdupv (self->node_names);
  copy->class_names = g_strdupv (self->class_names);
  copy->feature_names = g_strdupv (self->feature_names);
  copy->positions = g_memdup2 (self->positions, 2 * self->n_nodes * sizeof *self->positions);
  copy->n_self_loops = self->n_self_loops;
  copy->n_duplicates = self->n_duplicates;
  copy->was_directed = self->was_directed;
  for (guint i = 0; i < self->notes->len; i++)
    g_ptr_array_add (copy->notes, g_strdup (g_ptr_array_index (self->notes, i)));
  return copy;
}

MixqDataset *
mixq_dataset_with_split (MixqDataset *self, const char *split, GError **error)
{
  g_autoptr (MixqDataset) copy = copy_without_split (self);
  gboolean ok = TRUE;

  if (strcmp (split, "planetoid") == 0)
    ok = split_planetoid (copy, error);
  else if (g_str_has_prefix (split, "random:"))
    ok = split_random (copy, split + strlen ("random:"), error);
  else if (g_str_has_prefix (split, "fold:"))
    ok = mixq_dataset_split_fold (copy, split + strlen ("fold:"), item_part (copy), error);
  else if (mixq_dataset_is_fold_file (split))
    ok = mixq_dataset_split_fold_file (copy, split, item_part (copy), error);
  else
    ok = split_file (copy, split, error);
  copy->split = g_strdup (split);
  if (!ok || !mixq_dataset_seal (copy, error))
    return NULL;
  return g_steal_pointer (&copy);
}

MixqDataset *
mixq_dataset_with_parts (MixqDataset *self, const guint8 *part, GError **error)
{
  g_autoptr (MixqDataset) copy = copy_without_split (self);

  memcpy (item_part (copy), part, mixq_dataset_n_items (self));
  if (!mixq_dataset_seal (copy, error))
    return NULL;
  return g_steal_pointer (&copy);
}
