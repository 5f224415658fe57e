/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-graph-chart.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "mixq-plot-axis.h"
#include "mixq-plot-csv.h"
#include "mixq-plot-text.h"

#define DEFAULT_EDGE_LIMIT 20000
#define DEFAULT_LABELS 6
#define FIT_MARGIN 16.0
#define LINK_WIDTH 0.8
#define RING_GAP 3.2
#define RING_WIDTH 1.8
#define DIMMED_ALPHA 0.22
#define SEAM_SHARE 0.2
#define SEAM_ALPHA 0.75
#define LEGEND_SIZE 12.5
#define LEGEND_ROW 24.0
#define LEGEND_SYMBOL 20.0
#define LEGEND_GAP 20.0
#define LEGEND_RADIUS 5.0
#define LABEL_GAP 3.0

typedef struct
{
  cairo_t *cr;
  const MixqPlotTheme *theme;
  const MixqGraphChart *chart;
  const MixqGraphScene *scene;
  MixqGraphView view;
  double width;
  double height;
  double radius;
} Painter;

static guint8
node_flags (const MixqGraphScene *scene, gsize node)
{
  return scene->node_flags != NULL ? scene->node_flags[node] : 0;
}

static guint
node_class (const MixqGraphScene *scene, gsize node)
{
  return scene->node_class != NULL ? scene->node_class[node] : MIXQ_CLASS_UNKNOWN;
}

static double
node_radius (const MixqGraphScene *scene, gsize node, double radius)
{
  if (scene->node_size != NULL && isfinite (scene->node_size[node]) && scene->node_size[node] > 0.0f)
    return radius * scene->node_size[node];
  return radius;
}

/* Returns: %FALSE where the node has no place. */
static gboolean
node_pixel (const Painter *p, gsize node, double *x, double *y)
{
  const float *xy = p->scene->xy + 2 * node;

  if (!isfinite (xy[0]) || !isfinite (xy[1]))
    return FALSE;
  mixq_graph_view_to_pixel (&p->view, p->width, p->height, xy[0], xy[1], x, y);
  return TRUE;
}

static gboolean
is_near (const Painter *p, double x, double y, double margin)
{
  return x > -margin && y > -margin && x < p->width + margin && y < p->height + margin;
}

static gsize
edges_drawn (const MixqGraphChart *chart)
{
  gsize limit = chart->edge_limit > 0 ? chart->edge_limit : DEFAULT_EDGE_LIMIT;

  return MIN (chart->scene->n_edges, limit);
}

static void
draw_edges (const Painter *p)
{
  gsize n = edges_drawn (p->chart);

  mixq_plot_set_color (p->cr, p->theme->link);
  cairo_set_line_width (p->cr, LINK_WIDTH);
  for (gsize i = 0; i < n; i++) {
    /* Evenly through the list; one stroke each, which cairo does faster than one for many. */
    gsize e = (gsize) ((double) i * ((double) p->scene->n_edges / (double) n));
    guint32 a = p->scene->edges[2 * e];
    guint32 b = p->scene->edges[2 * e + 1];
    double x0;
    double y0;
    double x1;
    double y1;

    if (a >= p->scene->n_nodes || b >= p->scene->n_nodes || !node_pixel (p, a, &x0, &y0) ||
        !node_pixel (p, b, &x1, &y1))
      continue;
    /* Cairo's coordinates end at about eight million; both ends far out means nothing to see here. */
    if (!is_near (p, x0, y0, 1e6) || !is_near (p, x1, y1, 1e6))
      continue;
    cairo_move_to (p->cr, x0, y0);
    cairo_line_to (p->cr, x1, y1);
    cairo_stroke (p->cr);
  }
}

static void
draw_ring (const Painter *p,
           double x,
           double y,
           double radius,
           double width,
           MixqPlotColor color,
           gboolean filled)
{
  cairo_new_sub_path (p->cr);
  cairo_arc (p->cr, x, y, radius, 0.0, 2.0 * G_PI);
  if (filled) {
    mixq_plot_set_color (p->cr, p->theme->card);
    cairo_fill_preserve (p->cr);
  }
  mixq_plot_set_color (p->cr, color);
  cairo_set_line_width (p->cr, width);
  cairo_stroke (p->cr);
}

static void
draw_node (const Painter *p, gsize node)
{
  guint8 flags = node_flags (p->scene, node);
  MixqPlotClassLook look = mixq_plot_theme_class (p->theme, node_class (p->scene, node));
  double radius = node_radius (p->scene, node, p->radius);
  double x;
  double y;

  if (!node_pixel (p, node, &x, &y) || !is_near (p, x, y, 2.0 * radius + 12.0))
    return;
  if (p->scene->node_strength != NULL)
    look.fill = mixq_plot_color_mix (p->theme->card, look.fill,
                                     0.12 + 0.88 * p->scene->node_strength[node] / 255.0);
  if (flags & MIXQ_NODE_WRONG)
    look.fill = p->theme->card;
  if (flags & MIXQ_NODE_DIMMED) {
    look.fill.a = DIMMED_ALPHA;
    look.edge.a = DIMMED_ALPHA;
  }
  if (flags & MIXQ_NODE_SELECTED)
    draw_ring (p, x, y, radius + 5.6, 2.0, p->theme->accent_line, FALSE);
  if (flags & MIXQ_NODE_FLIPPED)
    draw_ring (p, x, y, radius + MIN (RING_GAP, 0.9 * radius), MIN (RING_WIDTH, 0.55 * radius),
               p->theme->ring, TRUE);
  if (p->theme->is_dark && !(flags & MIXQ_NODE_DIMMED)) {
    /* A seam of the ground, as in the raster: it keeps neighbours of one class apart where edges are not darker. */
    mixq_plot_shape_path (p->cr, look.shape, x, y, radius * (1.0 + SEAM_SHARE));
    mixq_plot_set_color (p->cr, mixq_plot_color_with_alpha (p->theme->card, SEAM_ALPHA));
    cairo_fill (p->cr);
  }
  mixq_plot_shape_draw (p->cr, &look, x, y, radius);
  if (flags & MIXQ_NODE_WRONG) {
    double half = 0.8 * radius;

    mixq_plot_line (p->cr, p->theme->text, 1.3, x - half, y - half, x + half, y + half);
    mixq_plot_line (p->cr, p->theme->text, 1.3, x - half, y + half, x + half, y - half);
  }
}

static void
draw_nodes (const Painter *p)
{
  /* Flipped and selected nodes last, as on the screen. */
  for (guint special = 0; special <= 1; special++) {
    for (gsize i = 0; i < p->scene->n_nodes; i++) {
      gboolean is_special = (node_flags (p->scene, i) & (MIXQ_NODE_FLIPPED | MIXQ_NODE_SELECTED)) != 0;

      if (is_special == (special == 1))
        draw_node (p, i);
    }
  }
}

guint32 *
mixq_graph_degrees (const MixqGraphScene *scene)
{
  guint32 *degrees = g_new0 (guint32, MAX (scene->n_nodes, 1));

  for (gsize e = 0; e < scene->n_edges; e++) {
    for (guint side = 0; side < 2; side++) {
      if (scene->edges[2 * e + side] < scene->n_nodes)
        degrees[scene->edges[2 * e + side]]++;
    }
  }
  return degrees;
}

/* The best nodes not looked at yet: one pass each, as only a few dozen are ever asked for. */
static gssize
next_hub (const guint32 *degrees, gsize n_nodes, gssize last)
{
  gssize best = -1;

  for (gsize i = 0; i < n_nodes; i++) {
    gboolean after = last < 0 || degrees[i] < degrees[last] ||
                     (degrees[i] == degrees[last] && (gssize) i > last);

    if (after && degrees[i] > 0 && (best < 0 || degrees[i] > degrees[best]))
      best = (gssize) i;
  }
  return best;
}

static gboolean
box_is_free (const MixqPlotBox *box, double width, double height, const MixqPlotBox *taken, guint n_taken)
{
  if (box->x < 0.0 || box->y < 0.0 || box->x + box->width > width || box->y + box->height > height)
    return FALSE;
  for (guint i = 0; i < n_taken; i++) {
    if (mixq_plot_box_overlap (box, &taken[i]) > 0.0)
      return FALSE;
  }
  return TRUE;
}

guint
mixq_graph_labels_place (const MixqGraphScene *scene,
                         const MixqGraphView *view,
                         double width,
                         double height,
                         const MixqPlotTheme *theme,
                         const char *const *node_names,
                         const guint32 *degrees,
                         double radius,
                         guint max_labels,
                         MixqGraphLabel *labels)
{
  MixqPlotFont font = mixq_plot_font (theme, MIXQ_GRAPH_LABEL_SIZE, 700);
  MixqPlotBox taken[MIXQ_GRAPH_MAX_LABELS];
  gssize hub = -1;
  guint n = 0;

  max_labels = MIN (max_labels, MIXQ_GRAPH_MAX_LABELS);
  for (guint attempt = 0; attempt < 4 * max_labels && n < max_labels; attempt++) {
    MixqPlotBox box;
    double x;
    double y;

    hub = next_hub (degrees, scene->n_nodes, hub);
    if (hub < 0)
      break;
    if (node_names[hub] == NULL || !isfinite (scene->xy[2 * hub]) || !isfinite (scene->xy[2 * hub + 1]))
      continue;
    mixq_graph_view_to_pixel (view, width, height, scene->xy[2 * hub], scene->xy[2 * hub + 1], &x, &y);
    y -= node_radius (scene, (gsize) hub, radius) + LABEL_GAP;
    mixq_plot_text_measure (&font, node_names[hub], &box.width, &box.height);
    box.x = x - 0.5 * box.width;
    box.y = y - box.height;
    if (!box_is_free (&box, width, height, taken, n))
      continue;
    taken[n] = box;
    labels[n++] = (MixqGraphLabel){ (gsize) hub, x, y };
  }
  return n;
}

static void
draw_labels (const Painter *p)
{
  MixqPlotFont font = mixq_plot_font (p->theme, MIXQ_GRAPH_LABEL_SIZE, 700);
  g_autofree guint32 *degrees = NULL;
  MixqGraphLabel labels[MIXQ_GRAPH_MAX_LABELS];
  guint n;

  if (p->chart->node_names == NULL)
    return;
  degrees = mixq_graph_degrees (p->scene);
  n = mixq_graph_labels_place (p->scene, &p->view, p->width, p->height, p->theme, p->chart->node_names,
                               degrees, p->radius,
                               p->chart->max_labels > 0 ? p->chart->max_labels : DEFAULT_LABELS, labels);
  for (guint i = 0; i < n; i++)
    mixq_plot_text_draw_halo (p->cr, &font, p->theme->text, mixq_plot_color_with_alpha (p->theme->card, 0.85),
                              p->chart->node_names[labels[i].node], labels[i].x, labels[i].y, 0.5, 1.0);
}

static gsize
count_flags (const MixqGraphScene *scene, guint8 flag)
{
  gsize n = 0;

  for (gsize i = 0; scene->node_flags != NULL && i < scene->n_nodes; i++)
    n += (scene->node_flags[i] & flag) != 0;
  return n;
}

/* Legend entries: classes, then what rings and hollow marks mean. */
typedef enum {
  LEGEND_CLASS,
  LEGEND_FLIPPED,
  LEGEND_WRONG,
} LegendKind;

typedef struct
{
  LegendKind kind;
  guint class_index;
  char *text;
} LegendItem;

static void
legend_item_clear (gpointer data)
{
  g_free (((LegendItem *) data)->text);
}

static void
add_item (GArray *items, LegendKind kind, guint class_index, const char *text)
{
  LegendItem item = { kind, class_index, g_strdup (text) };

  g_array_append_val (items, item);
}

static GArray *
legend_items (const MixqGraphChart *chart)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof (LegendItem));
  guint n_named = chart->class_names != NULL ? chart->n_classes : 0;

  g_array_set_clear_func (items, legend_item_clear);
  for (guint c = 0; c < n_named; c++) {
    if (c == MIXQ_N_CLASS_LOOKS - 1 && n_named > MIXQ_N_CLASS_LOOKS) {
      guint n_others = n_named - c;
      g_autofree char *others = g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE, "%u other class", "%u other classes", n_others), n_others);

      add_item (items, LEGEND_CLASS, c, others);
      break;
    }
    add_item (items, LEGEND_CLASS, c, chart->class_names[c]);
  }
  if (count_flags (chart->scene, MIXQ_NODE_FLIPPED) > 0)
    /* Translators: nodes whose prediction differs from float32 */
    add_item (items, LEGEND_FLIPPED, 0, _ ("flipped"));
  if (count_flags (chart->scene, MIXQ_NODE_WRONG) > 0)
    add_item (items, LEGEND_WRONG, 0, _ ("wrong"));
  return items;
}

static void
draw_item_symbol (const Painter *p, const LegendItem *item, double x, double y)
{
  MixqPlotClassLook look = mixq_plot_theme_class (p->theme, item->class_index);

  switch (item->kind) {
  case LEGEND_CLASS:
    mixq_plot_shape_draw (p->cr, &look, x, y, LEGEND_RADIUS);
    break;
  case LEGEND_FLIPPED:
    draw_ring (p, x, y, LEGEND_RADIUS + 0.8, 1.8, p->theme->ring, TRUE);
    break;
  case LEGEND_WRONG:
    mixq_plot_line (p->cr, p->theme->text, 1.5, x - 4.0, y - 4.0, x + 4.0, y + 4.0);
    mixq_plot_line (p->cr, p->theme->text, 1.5, x - 4.0, y + 4.0, x + 4.0, y - 4.0);
    break;
  }
}

/* Lays the items out in rows; draws them where @top is given, else only counts. Returns: number of rows. */
static guint
flow_legend (const Painter *p, const GArray *items, double width, const double *top)
{
  MixqPlotFont font = mixq_plot_font (p->theme, LEGEND_SIZE, 400);
  double x = 0.0;
  guint row = 0;

  for (guint i = 0; i < items->len; i++) {
    const LegendItem *item = &g_array_index (items, LegendItem, i);
    double text_width;

    mixq_plot_text_measure (&font, item->text, &text_width, NULL);
    if (x > 0.0 && x + LEGEND_SYMBOL + text_width > width) {
      x = 0.0;
      row++;
    }
    if (top != NULL) {
      double y = *top + (row + 0.5) * LEGEND_ROW;

      draw_item_symbol (p, item, x + LEGEND_RADIUS + 2.0, y);
      mixq_plot_text_draw (p->cr, &font, p->theme->text, item->text, x + LEGEND_SYMBOL, y, 0.0, 0.5);
    }
    x += LEGEND_SYMBOL + text_width + LEGEND_GAP;
  }
  return items->len > 0 ? row + 1 : 0;
}

/* "20,000 of 1,166,243 edges drawn": a sample must never pass for the whole. */
static char *
sample_note (const MixqGraphChart *chart)
{
  g_autofree char *drawn = mixq_plot_format_count (edges_drawn (chart));
  g_autofree char *all = mixq_plot_format_count (chart->scene->n_edges);

  if (edges_drawn (chart) == chart->scene->n_edges)
    return NULL;
  return g_strdup_printf (_ ("%s of %s edges drawn, evenly sampled"), drawn, all);
}

void
mixq_graph_chart_draw (cairo_t *cr,
                       double width,
                       double height,
                       const MixqPlotTheme *theme,
                       const MixqGraphChart *chart)
{
  Painter painter = { .cr = cr, .theme = theme, .chart = chart, .scene = chart->scene, .width = width };
  g_autoptr (GArray) items = legend_items (chart);
  g_autofree char *note = sample_note (chart);
  guint rows = flow_legend (&painter, items, width, NULL);
  double legend = rows * LEGEND_ROW + (rows > 0 ? 6.0 : 0.0) + (note != NULL ? LEGEND_ROW : 0.0);
  double top;

  painter.height = MAX (height - legend, 1.0);
  top = painter.height + (rows > 0 ? 6.0 : 0.0);
  painter.radius = chart->node_radius;
  if (!(painter.radius > 0.0))
    painter.radius = mixq_graph_node_radius (chart->scene->n_nodes, width, painter.height);
  if (chart->view != NULL)
    painter.view = *chart->view;
  else
    mixq_graph_view_fit (&painter.view, chart->scene, width, painter.height, FIT_MARGIN);

  cairo_save (cr);
  cairo_rectangle (cr, 0.0, 0.0, width, painter.height);
  cairo_clip (cr);
  draw_edges (&painter);
  draw_nodes (&painter);
  draw_labels (&painter);
  cairo_restore (cr);
  flow_legend (&painter, items, width, &top);
  if (note != NULL) {
    MixqPlotFont font = mixq_plot_font (theme, LEGEND_SIZE, 400);

    mixq_plot_text_draw (cr, &font, theme->dim, note, 0.0, height - 0.5 * LEGEND_ROW, 0.0, 0.5);
  }
}

char *
mixq_graph_chart_describe (const MixqGraphChart *chart)
{
  g_autofree char *nodes = mixq_plot_format_count (chart->scene->n_nodes);
  g_autofree char *edges = mixq_plot_format_count (chart->scene->n_edges);
  g_autofree char *flipped = mixq_plot_format_count (count_flags (chart->scene, MIXQ_NODE_FLIPPED));

  /* Translators: three counts; a flipped node is predicted differently than by float32 */
  return g_strdup_printf (
      _ ("Graph of %s nodes and %s edges; %s nodes are predicted differently than by float32."), nodes, edges,
      flipped);
}

char *
mixq_graph_chart_csv (const MixqGraphChart *chart)
{
  const MixqGraphScene *scene = chart->scene;
  GString *csv = g_string_new ("node,name,x,y,class,flipped\n");

  for (gsize i = 0; i < scene->n_nodes; i++) {
    guint c = node_class (scene, i);

    mixq_plot_csv_integer (csv, i);
    mixq_plot_csv_text (csv, chart->node_names != NULL ? chart->node_names[i] : NULL);
    mixq_plot_csv_number (csv, scene->xy[2 * i]);
    mixq_plot_csv_number (csv, scene->xy[2 * i + 1]);
    if (c == MIXQ_CLASS_UNKNOWN)
      mixq_plot_csv_text (csv, NULL);
    else if (chart->class_names != NULL && c < chart->n_classes)
      mixq_plot_csv_text (csv, chart->class_names[c]);
    else
      mixq_plot_csv_integer (csv, c);
    mixq_plot_csv_integer (csv, node_flags (scene, i) & MIXQ_NODE_FLIPPED ? 1 : 0);
    mixq_plot_csv_end_row (csv);
  }
  return g_string_free (csv, FALSE);
}
