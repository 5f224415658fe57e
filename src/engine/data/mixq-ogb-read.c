/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading raw/ of an OGB set, line by line. */
#include <math.h>
#include <string.h>

#include "data/mixq-ogb-private.h"
#include "data/mixq-text.h"

#define MAX_CLASSES 4096
#define MAX_COLUMNS 65536
#define MAX_EDGES ((gsize) 1 << 34)

char *
mixq_ogb_find_file (const MixqOgb *self, const char *dir, const char *base)
{
  static const char *const endings[] = { ".csv.gz", ".csv" };

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *name = g_strconcat (base, endings[i], NULL);
    g_autofree char *path = g_build_filename (self->root, dir, name, NULL);

    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&path);
  }
  return NULL;
}

/* Called for each line, from row 0. */
typedef gboolean (*LineFunc) (MixqOgb *self, MixqText *text, gsize row, GError **error);

/* A file of raw/ that has to have exactly @n lines, @what for messages. */
static gboolean
read_file (MixqOgb *self, const char *base, gsize n, const char *what, LineFunc func, GError **error)
{
  g_autofree char *path = mixq_ogb_find_file (self, "raw", base);
  g_autoptr (GError) stopped = NULL;
  g_auto (MixqText) text = { 0 };
  MixqSource *source;
  gsize row = 0;

  if (path == NULL) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO,
                 "%s.csv.gz: missing in the folder raw; download the set again", base);
    return FALSE;
  }
  source = mixq_source_open (path, &self->budget, self->cancellable, error);
  if (source == NULL)
    return FALSE;
  mixq_text_init (&text, source);
  for (; mixq_text_next (&text, &stopped); row++) {
    if (row == n)
      return mixq_text_refuse (
          &text, MIXQ_ERROR_SHAPE, error,
          "is more than the %" G_GSIZE_FORMAT " %s that the set has; download the set again", n, what);
    if (!func (self, &text, row, error))
      return FALSE;
  }
  if (!mixq_text_finish (g_steal_pointer (&stopped), error))
    return FALSE;
  return row == n || mixq_text_refuse_file (&text, MIXQ_ERROR_SHAPE, error,
                                            "has %" G_GSIZE_FORMAT " lines for %" G_GSIZE_FORMAT
                                            " %s; download the set again",
                                            row, n, what);
}

static gboolean
refuse_budget (const MixqText *text, GError **error)
{
  return mixq_budget_refuse (mixq_source_peek_label (text->source), error);
}

/* Sizes. */

static gboolean
read_size (MixqText *text, gsize limit, gsize *size, GError **error)
{
  gint64 number;

  if (!mixq_text_int (text, &number) || !mixq_text_at_line_end (text))
    return mixq_text_refuse (text, MIXQ_ERROR_PARSE, error,
                             "is not one whole number; download the set again");
  if (number < 0 || (guint64) number > limit)
    return mixq_text_refuse (
        text, MIXQ_ERROR_VALUE, error,
        "says %" G_GINT64_FORMAT ", which is negative or too large; download the set again", number);
  *size = (gsize) number;
  return TRUE;
}

static gboolean
on_node_count (MixqOgb *self, MixqText *text, gsize row, GError **error)
{
  return read_size (text, G_MAXINT32, &self->n_nodes, error);
}

static gboolean
on_edge_count (MixqOgb *self, MixqText *text, gsize row, GError **error)
{
  return read_size (text, MAX_EDGES, &self->n_edges, error);
}

/* Labels. */

/* A class, or nan for none. */
static gboolean
add_label (MixqOgb *self, MixqText *text, gsize row, GError **error)
{
  float value;

  if (!mixq_text_float (text, &value) || !mixq_text_at_line_end (text))
    return mixq_text_refuse (text, MIXQ_ERROR_PARSE, error,
                             "is not the number of one class; download the set again");
  if (!isnan (value) && (value < 0 || value >= MAX_CLASSES || value != floorf (value)))
    return mixq_text_refuse (
        text, MIXQ_ERROR_VALUE, error,
        "says class %g, but classes are whole numbers from 0 to %d, and nan where there is "
        "none; mend the labels",
        (double) value, MAX_CLASSES - 1);
  if (!mixq_budget_grow (&self->budget, &self->labels, &self->label_capacity, row + 1, sizeof (gint32)))
    return refuse_budget (text, error);
  self->labels[row] = isnan (value) ? -1 : (gint32) value;
  self->max_label = MAX (self->max_label, self->labels[row]);
  return TRUE;
}

static gboolean
add_targets (MixqOgb *self, MixqText *text, gsize row, GError **error)
{
  if (!mixq_budget_grow (&self->budget, &self->targets, &self->target_capacity, (row + 1) * self->n_tasks, 1))
    return refuse_budget (text, error);
  for (gsize c = 0; c < self->n_tasks; c++) {
    float value;

    if (!mixq_text_float (text, &value))
      return mixq_text_refuse (text, MIXQ_ERROR_SHAPE, error,
                               "has no number in column %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                               "; download the set again",
                               c + 1, self->n_tasks);
    if (!isnan (value) && value != 0 && value != 1)
      return mixq_text_refuse (text, MIXQ_ERROR_VALUE, error,
                               "says %g where 0, 1 or nan belongs; mend the labels", (double) value);
    self->targets[row * self->n_tasks + c] = isnan (value) ? MIXQ_TARGET_UNKNOWN : (guint8) value;
  }
  return mixq_text_at_line_end (text) ||
         mixq_text_refuse (text, MIXQ_ERROR_SHAPE, error,
                           "has more than the %" G_GSIZE_FORMAT
                           " columns of the first line; download the set again",
                           self->n_tasks);
}

/* How many numbers the first line has; the line is to be read from its beginning then. */
static gsize
count_columns (MixqText *text)
{
  gsize n = 0;
  float value;

  while (n < MAX_COLUMNS && mixq_text_float (text, &value))
    n++;
  text->at = text->line;
  return MAX (n, 1);
}

static gboolean
on_label (MixqOgb *self, MixqText *text, gsize row, GError **error)
{
  if (row == 0)
    self->n_tasks = count_columns (text);
  return self->n_tasks == 1 ? add_label (self, text, row, error) : add_targets (self, text, row, error);
}

/* Features. */

static gboolean
take_feature (const MixqOgb *self, MixqText *text, gsize column, float *value, GError **error)
{
  if (!mixq_text_float (text, value))
    return mixq_text_refuse (text, MIXQ_ERROR_PARSE, error,
                             "has no number in column %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                             "; download the set again",
                             column + 1, self->n_features);
  return isfinite (*value) ||
         mixq_text_refuse (text, MIXQ_ERROR_VALUE, error,
                           "holds a number that is not finite in float32 in column %" G_GSIZE_FORMAT
                           "; mend the features",
                           column + 1);
}

static gboolean
check_features_end (const MixqOgb *self, MixqText *text, GError **error)
{
  return mixq_text_at_line_end (text) ||
         mixq_text_refuse (text, MIXQ_ERROR_SHAPE, error,
                           "has more than the %" G_GSIZE_FORMAT
                           " columns of the first line; download the set again",
                           self->n_features);
}

static gboolean
on_feature (MixqOgb *self, MixqText *text, gsize row, GError **error)
{
  float value;

  if (row == 0)
    self->n_features = count_columns (text);
  for (gsize c = 0; c < self->n_features; c++) {
    if (!take_feature (self, text, c, &value, error))
      return FALSE;
    if (!mixq_rows_add (&self->rows, c, value))
      return refuse_budget (text, error);
  }
  if (!mixq_rows_end (&self->rows))
    return refuse_budget (text, error);
  return check_features_end (self, text, error);
}

/* Sums of the features of a node's edges: room for them once their number is known. */
static gboolean
begin_edge_features (MixqOgb *self, MixqText *text, GError **error)
{
  gsize cells, capacity = 0, counts = 0;

  self->n_features = count_columns (text);
  if (!g_size_checked_mul (&cells, self->n_nodes, self->n_features) ||
      !mixq_budget_grow (&self->budget, &self->edge_sum, &capacity, cells, sizeof (float)) ||
      !mixq_budget_grow (&self->budget, &self->edge_count, &counts, self->n_nodes, sizeof (guint32)))
    return refuse_budget (text, error);
  memset (self->edge_sum, 0, cells * sizeof (float));
  memset (self->edge_count, 0, self->n_nodes * sizeof (guint32));
  return TRUE;
}

static gboolean
on_edge_feature (MixqOgb *self, MixqText *text, gsize row, GError **error)
{
  guint32 src = self->src[row], dst = self->dst[row];

  if (row == 0 && !begin_edge_features (self, text, error))
    return FALSE;
  for (gsize c = 0; c < self->n_features; c++) {
    float value;

    if (!take_feature (self, text, c, &value, error))
      return FALSE;
    self->edge_sum[src * self->n_features + c] += value;
    if (src != dst)
      self->edge_sum[dst * self->n_features + c] += value;
  }
  self->edge_count[src]++;
  self->edge_count[dst] += src != dst;
  return check_features_end (self, text, error);
}

/* Edges. */

static gboolean
on_edge (MixqOgb *self, MixqText *text, gsize row, GError **error)
{
  gint64 end[2];

  if (!mixq_text_int (text, &end[0]) || !mixq_text_int (text, &end[1]) || !mixq_text_at_line_end (text))
    return mixq_text_refuse (text, MIXQ_ERROR_PARSE, error,
                             "is not two node numbers; download the set again");
  for (gsize i = 0; i < 2; i++)
    if (end[i] < 0 || (guint64) end[i] >= self->n_nodes)
      return mixq_text_refuse (text, MIXQ_ERROR_VALUE, error,
                               "names node %" G_GINT64_FORMAT ", but there are nodes 0 to %" G_GSIZE_FORMAT
                               " only; download the set again",
                               end[i], self->n_nodes - 1);
  if (!mixq_budget_grow (&self->budget, &self->src, &self->src_capacity, row + 1, sizeof (guint32)) ||
      !mixq_budget_grow (&self->budget, &self->dst, &self->dst_capacity, row + 1, sizeof (guint32)))
    return refuse_budget (text, error);
  self->src[row] = (guint32) end[0];
  self->dst[row] = (guint32) end[1];
  return TRUE;
}

/* Labels come first: as many lines as nodes, so that the number of nodes is one that a file of some size stands for. */
gboolean
mixq_ogb_read (MixqOgb *self, GError **error)
{
  g_autofree char *features = mixq_ogb_find_file (self, "raw", "node-feat");
  g_autofree char *edge_features = mixq_ogb_find_file (self, "raw", "edge-feat");

  mixq_rows_init (&self->rows, &self->budget);
  self->max_label = -1;
  self->has_edge_features = edge_features != NULL;
  return read_file (self, "num-node-list", 1, "graph", on_node_count, error) &&
         read_file (self, "num-edge-list", 1, "graph", on_edge_count, error) &&
         read_file (self, "node-label", self->n_nodes, "nodes", on_label, error) &&
         (features == NULL || read_file (self, "node-feat", self->n_nodes, "nodes", on_feature, error)) &&
         read_file (self, "edge", self->n_edges, "edges", on_edge, error) &&
         (features != NULL || edge_features == NULL ||
          read_file (self, "edge-feat", self->n_edges, "edges", on_edge_feature, error));
}

void
mixq_ogb_clear (MixqOgb *self)
{
  g_clear_pointer (&self->src, g_free);
  g_clear_pointer (&self->dst, g_free);
  g_clear_pointer (&self->labels, g_free);
  g_clear_pointer (&self->targets, g_free);
  g_clear_pointer (&self->edge_sum, g_free);
  g_clear_pointer (&self->edge_count, g_free);
  mixq_rows_clear (&self->rows);
}
