/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the files of a TUDataset and checking that they belong together. */
#include <math.h>
#include <string.h>

#include "data/mixq-text.h"
#include "data/mixq-tu-private.h"

#define MAX_COLUMNS 65536

const char *const mixq_tu_suffixes[MIXQ_TU_N_FILES] = {
  "_A.txt",           "_graph_indicator.txt", "_graph_labels.txt", "_node_labels.txt", "_node_attributes.txt",
  "_edge_labels.txt", "_edge_attributes.txt",
};

MixqTuFile
mixq_tu_find_file (const char *base, char **name)
{
  for (MixqTuFile id = 0; id < MIXQ_TU_N_FILES; id++)
    if (g_str_has_suffix (base, mixq_tu_suffixes[id]) && strlen (base) > strlen (mixq_tu_suffixes[id])) {
      if (name != NULL)
        *name = g_strndup (base, strlen (base) - strlen (mixq_tu_suffixes[id]));
      return id;
    }
  return MIXQ_TU_N_FILES;
}

static gboolean
refuse_budget (const MixqText *text, GError **error)
{
  return mixq_budget_refuse (mixq_source_peek_label (text->source), error);
}

/* One end of an edge, from 1 in the file, from 0 here. */
static gboolean
take_node (MixqText *text, guint32 *node, GError **error)
{
  gint64 number;

  if (!mixq_text_int (text, &number))
    return mixq_text_refuse (text, MIXQ_ERROR_PARSE, error,
                             "is not two node numbers; get a fresh copy of the file");
  if (number < 1 || number > G_MAXINT32)
    return mixq_text_refuse (text, MIXQ_ERROR_VALUE, error,
                             "names node %" G_GINT64_FORMAT
                             ", but nodes are numbered from 1; get a fresh copy of the file",
                             number);
  *node = (guint32) (number - 1);
  return TRUE;
}

static gboolean
read_arcs (MixqTuParts *self, MixqText *text, GError **error)
{
  g_autoptr (GError) local = NULL;

  while (mixq_text_next (text, &local)) {
    guint32 src = 0, dst = 0;

    if (!take_node (text, &src, error) || !take_node (text, &dst, error))
      return FALSE;
    if (!mixq_text_at_line_end (text))
      return mixq_text_refuse (text, MIXQ_ERROR_PARSE, error,
                               "has more than two node numbers; get a fresh copy of the file");
    if (!mixq_budget_grow (&self->budget, &self->src, &self->src_capacity, self->n_arcs + 1, sizeof src) ||
        !mixq_budget_grow (&self->budget, &self->dst, &self->dst_capacity, self->n_arcs + 1, sizeof dst))
      return refuse_budget (text, error);
    self->src[self->n_arcs] = src;
    self->dst[self->n_arcs++] = dst;
  }
  return mixq_text_finish (g_steal_pointer (&local), error);
}

/* The number of the graph that each node is in: 1 for the first ones, then 2, and so on without gaps. */
static gboolean
read_indicator (MixqTuParts *self, MixqText *text, GError **error)
{
  g_autoptr (GError) local = NULL;

  while (mixq_text_next (text, &local)) {
    gint64 graph;

    if (!mixq_text_int (text, &graph) || !mixq_text_at_line_end (text))
      return mixq_text_refuse (text, MIXQ_ERROR_PARSE, error,
                               "is not the number of a graph; get a fresh copy of the file");
    if (graph < 1 || (graph != (gint64) self->n_graphs && graph != (gint64) self->n_graphs + 1))
      return mixq_text_refuse (
          text, MIXQ_ERROR_VALUE, error,
          "says graph %" G_GINT64_FORMAT " after graph %" G_GSIZE_FORMAT
          ", but the nodes of graph 1 come first, then those of 2, and so on; get a fresh "
          "copy of the file",
          graph, self->n_graphs);
    if (self->n_nodes == G_MAXINT32 ||
        !mixq_budget_grow (&self->budget, &self->graph_ptr, &self->ptr_capacity, self->n_graphs + 2,
                           sizeof (gsize)))
      return refuse_budget (text, error);
    if (graph == (gint64) self->n_graphs + 1)
      self->graph_ptr[self->n_graphs++] = self->n_nodes;
    self->graph_ptr[self->n_graphs] = ++self->n_nodes;
  }
  return mixq_text_finish (g_steal_pointer (&local), error);
}

static gboolean
take_int (MixqText *text, MixqTuTable *table, gsize at, GError **error)
{
  return mixq_text_int (text, &((gint64 *) table->cells)[at]) ||
         mixq_text_refuse (text, MIXQ_ERROR_PARSE, error,
                           "has no whole number in column %" G_GSIZE_FORMAT "; get a fresh copy of the file",
                           table->n_cols + 1);
}

static gboolean
take_float (MixqText *text, MixqTuTable *table, gsize at, GError **error)
{
  float *cell = &((float *) table->cells)[at];

  if (!mixq_text_float (text, cell))
    return mixq_text_refuse (text, MIXQ_ERROR_PARSE, error,
                             "has no number in column %" G_GSIZE_FORMAT "; get a fresh copy of the file",
                             table->n_cols + 1);
  return isfinite (*cell) ||
         mixq_text_refuse (text, MIXQ_ERROR_VALUE, error,
                           "holds a number that is not finite in float32; mend the attributes");
}

typedef gboolean (*TakeFunc) (MixqText *text, MixqTuTable *table, gsize at, GError **error);

/* One line into the table; the first says how many columns there are. @table->n_cols counts along meanwhile. */
static gboolean
read_row (MixqTuParts *self, MixqText *text, MixqTuTable *table, TakeFunc take, gsize width, GError **error)
{
  gsize n_cols = table->n_cols, n_cells = table->n_rows * n_cols;

  table->n_cols = 0;
  while (!mixq_text_at_line_end (text) && table->n_cols < (table->n_rows == 0 ? MAX_COLUMNS : n_cols)) {
    if (!mixq_budget_grow (&self->budget, &table->cells, &table->capacity, n_cells + 1, width))
      return refuse_budget (text, error);
    if (!take (text, table, n_cells++, error))
      return FALSE;
    table->n_cols++;
  }
  if (!mixq_text_at_line_end (text) || (table->n_rows > 0 && table->n_cols != n_cols))
    return mixq_text_refuse (text, MIXQ_ERROR_SHAPE, error,
                             "has %s columns than the lines before (%" G_GSIZE_FORMAT
                             "); get a fresh copy of the file",
                             mixq_text_at_line_end (text) ? "fewer" : "more", n_cols);
  table->n_rows++;
  return TRUE;
}

static gboolean
read_table (MixqTuParts *self, MixqText *text, MixqTuTable *table, TakeFunc take, gsize width, GError **error)
{
  g_autoptr (GError) local = NULL;

  while (mixq_text_next (text, &local))
    if (!read_row (self, text, table, take, width, error))
      return FALSE;
  return mixq_text_finish (g_steal_pointer (&local), error);
}

static gboolean
count_lines (MixqText *text, gsize *n, GError **error)
{
  g_autoptr (GError) local = NULL;

  while (mixq_text_next (text, &local))
    (*n)++;
  return mixq_text_finish (g_steal_pointer (&local), error);
}

gboolean
mixq_tu_parts_read (MixqTuParts *self, MixqTuFile id, MixqSource *source, GError **error)
{
  g_auto (MixqText) text = { 0 };

  mixq_text_init (&text, source);
  if (self->has[id])
    return mixq_text_refuse_file (&text, MIXQ_ERROR_VALUE, error,
                                  "is there more than once; keep one of the two");
  self->has[id] = TRUE;
  self->label[id] = g_strdup (mixq_source_peek_label (source));
  switch (id) {
  case MIXQ_TU_A:
    return read_arcs (self, &text, error);
  case MIXQ_TU_INDICATOR:
    return read_indicator (self, &text, error);
  case MIXQ_TU_GRAPH_LABELS:
    return read_table (self, &text, &self->graph_labels, take_int, sizeof (gint64), error);
  case MIXQ_TU_NODE_LABELS:
    return read_table (self, &text, &self->node_labels, take_int, sizeof (gint64), error);
  case MIXQ_TU_NODE_ATTRIBUTES:
    return read_table (self, &text, &self->attributes, take_float, sizeof (float), error);
  default:
    return count_lines (&text, &self->n_edge_lines[id - MIXQ_TU_EDGE_LABELS], error);
  }
}

void
mixq_tu_parts_clear (MixqTuParts *self)
{
  for (MixqTuFile id = 0; id < MIXQ_TU_N_FILES; id++)
    g_clear_pointer (&self->label[id], g_free);
  g_clear_pointer (&self->src, g_free);
  g_clear_pointer (&self->dst, g_free);
  g_clear_pointer (&self->graph_ptr, g_free);
  g_clear_pointer (&self->graph_labels.cells, g_free);
  g_clear_pointer (&self->node_labels.cells, g_free);
  g_clear_pointer (&self->attributes.cells, g_free);
}

/* Belonging together. */

static gboolean
check_there (const MixqTuParts *self, GError **error)
{
  g_autoptr (GString) missing = g_string_new (NULL);
  g_autofree char *name = g_filename_display_name (self->name);

  for (MixqTuFile id = 0; id < MIXQ_TU_N_NEEDED; id++)
    if (!self->has[id])
      g_string_append_printf (missing, "%s%s%s", missing->len > 0 ? ", " : "", name, mixq_tu_suffixes[id]);
  if (missing->len == 0)
    return TRUE;
  g_set_error (
      error, MIXQ_ERROR, MIXQ_ERROR_IO,
      "%s: missing; put it beside the other files of the set (A, graph_indicator and graph_labels are "
      "needed)",
      missing->str);
  return FALSE;
}

static gboolean
check_count (const MixqTuParts *self,
             MixqTuFile id,
             gsize lines,
             gsize wanted,
             const char *what,
             GError **error)
{
  if (!self->has[id] || lines == wanted)
    return TRUE;
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE,
               "%s: has %" G_GSIZE_FORMAT " lines for %" G_GSIZE_FORMAT
               " %s; use files of one and the same set",
               self->label[id], lines, wanted, what);
  return FALSE;
}

/* @src and @dst are in one graph: both at or behind its first node and before that of the next. */
static gboolean
check_arcs (const MixqTuParts *self, GError **error)
{
  g_autofree guint32 *graph_of = g_new (guint32, self->n_nodes);

  for (gsize g = 0; g < self->n_graphs; g++)
    for (gsize node = self->graph_ptr[g]; node < self->graph_ptr[g + 1]; node++)
      graph_of[node] = (guint32) g;
  for (gsize e = 0; e < self->n_arcs; e++) {
    guint32 src = self->src[e], dst = self->dst[e];

    if (MAX (src, dst) >= self->n_nodes)
      g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                   "%s: edge %" G_GSIZE_FORMAT " names node %u, but there are %" G_GSIZE_FORMAT
                   " nodes; use files of one and the same set",
                   self->label[MIXQ_TU_A], e + 1, MAX (src, dst) + 1, self->n_nodes);
    else if (graph_of[src] != graph_of[dst])
      g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                   "%s: edge %" G_GSIZE_FORMAT
                   " joins a node of graph %u to one of graph %u; get a fresh copy "
                   "of the file",
                   self->label[MIXQ_TU_A], e + 1, graph_of[src] + 1, graph_of[dst] + 1);
    else
      continue;
    return FALSE;
  }
  return TRUE;
}

gboolean
mixq_tu_parts_check (const MixqTuParts *self, GError **error)
{
  if (!check_there (self, error))
    return FALSE;
  if (self->n_nodes == 0) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_SHAPE, "%s: lists no node; get a fresh copy of the file",
                 self->label[MIXQ_TU_INDICATOR]);
    return FALSE;
  }
  if (self->graph_labels.n_cols > 1) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
                 "%s: has several columns; only one class a graph is supported",
                 self->label[MIXQ_TU_GRAPH_LABELS]);
    return FALSE;
  }
  return check_count (self, MIXQ_TU_GRAPH_LABELS, self->graph_labels.n_rows, self->n_graphs, "graphs",
                      error) &&
         check_count (self, MIXQ_TU_NODE_LABELS, self->node_labels.n_rows, self->n_nodes, "nodes", error) &&
         check_count (self, MIXQ_TU_NODE_ATTRIBUTES, self->attributes.n_rows, self->n_nodes, "nodes",
                      error) &&
         check_count (self, MIXQ_TU_EDGE_LABELS, self->n_edge_lines[0], self->n_arcs, "edges", error) &&
         check_count (self, MIXQ_TU_EDGE_ATTRIBUTES, self->n_edge_lines[1], self->n_arcs, "edges", error) &&
         check_arcs (self, error);
}
