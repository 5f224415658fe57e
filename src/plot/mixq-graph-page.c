/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page of small graphs: its order, its counts, where its tiles are. How they are drawn is in mixq-graph-page-draw.c. */
#include "config.h"

#include "mixq-graph-page.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "mixq-plot-axis.h"
#include "mixq-plot-csv.h"

/* A tile is a picture about as wide as a layout is, over a line of text. */
#define TILE_WIDTH 100.0
#define TILE_PICTURE 0.68
#define TILE_TEXT 26.0
#define GAP 8.0
#define MARGIN 4.0

gboolean
mixq_graph_page_is_wrong (const MixqGraphPageItem *item)
{
  return item->truth >= 0 && item->prediction >= 0 && item->truth != item->prediction;
}

gboolean
mixq_graph_page_is_flipped (const MixqGraphPageItem *item)
{
  return item->float32 >= 0 && item->prediction >= 0 && item->float32 != item->prediction;
}

/* --- order ------------------------------------------------------------------------------------------------------------ */

static const char *const sort_names[MIXQ_GRAPH_PAGE_N_SORTS] = { "data",       "margin", "class",
                                                                 "prediction", "flips",  "wrong" };

const char *
mixq_graph_page_sort_name (MixqGraphPageSort sort)
{
  g_return_val_if_fail (sort < MIXQ_GRAPH_PAGE_N_SORTS, NULL);
  return sort_names[sort];
}

int
mixq_graph_page_sort_parse (const char *name)
{
  for (int sort = 0; sort < MIXQ_GRAPH_PAGE_N_SORTS; sort++)
    if (g_strcmp0 (name, sort_names[sort]) == 0)
      return sort;
  return -1;
}

/* Least sure first, unknown last: nothing is known of them that could be judged. */
static double
doubt (const MixqGraphPageItem *item)
{
  return isfinite (item->confidence) ? (double) item->confidence : 2.0;
}

/* Missing classes last. */
static double
class_key (gint32 class_index)
{
  return class_index >= 0 ? class_index : HUGE_VAL;
}

/* Two keys of ascending order; the second only matters among equals. */
static void
sort_keys (const MixqGraphPageItem *item, MixqGraphPageSort sort, double keys[2])
{
  keys[0] = keys[1] = 0.0;
  switch (sort) {
  case MIXQ_GRAPH_PAGE_SURE:
    keys[0] = doubt (item);
    break;
  case MIXQ_GRAPH_PAGE_CLASS:
    keys[0] = class_key (item->truth);
    break;
  case MIXQ_GRAPH_PAGE_PREDICTION:
    keys[0] = class_key (item->prediction);
    break;
  case MIXQ_GRAPH_PAGE_FLIPS:
    keys[0] = !mixq_graph_page_is_flipped (item);
    keys[1] = keys[0] == 0.0 ? doubt (item) : 0.0;
    break;
  case MIXQ_GRAPH_PAGE_WRONG:
    keys[0] = !mixq_graph_page_is_wrong (item);
    keys[1] = keys[0] == 0.0 && isfinite (item->confidence) ? -(double) item->confidence : 0.0;
    break;
  case MIXQ_GRAPH_PAGE_DATA:
  case MIXQ_GRAPH_PAGE_N_SORTS:
  default:
    break;
  }
}

typedef struct
{
  const MixqGraphPageItem *items;
  MixqGraphPageSort sort;
} Sorting;

static int
compare_graphs (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Sorting *sorting = user_data;
  guint32 left = *(const guint32 *) a, right = *(const guint32 *) b;
  double left_keys[2], right_keys[2];

  sort_keys (&sorting->items[left], sorting->sort, left_keys);
  sort_keys (&sorting->items[right], sorting->sort, right_keys);
  for (guint k = 0; k < 2; k++)
    if (left_keys[k] != right_keys[k])
      return left_keys[k] < right_keys[k] ? -1 : 1;
  return left < right ? -1 : left > right;
}

static gboolean
in_part (const MixqGraphPageItem *item, MixqPart part)
{
  return part == MIXQ_PART_NONE || item->part == part;
}

gsize
mixq_graph_page_order (const MixqGraphPageItem *items,
                       gsize n,
                       MixqGraphPageSort sort,
                       MixqPart part,
                       guint32 *order)
{
  Sorting sorting = { items, sort };
  gsize shown = 0;

  for (gsize i = 0; i < n; i++)
    if (in_part (&items[i], part))
      order[shown++] = (guint32) i;
  if (sort != MIXQ_GRAPH_PAGE_DATA)
    g_qsort_with_data (order, (int) shown, sizeof *order, compare_graphs, &sorting);
  return shown;
}

/* --- counts ----------------------------------------------------------------------------------------------------------- */

MixqGraphPageCounts
mixq_graph_page_count (const MixqGraphPageItem *items, gsize n, MixqPart part)
{
  MixqGraphPageCounts counts = { 0 };

  for (gsize i = 0; i < n; i++) {
    if (!in_part (&items[i], part))
      continue;
    counts.shown++;
    counts.judged += items[i].truth >= 0 && items[i].prediction >= 0;
    counts.right += items[i].truth >= 0 && items[i].prediction == items[i].truth;
    counts.compared += items[i].float32 >= 0 && items[i].prediction >= 0;
    counts.flipped += mixq_graph_page_is_flipped (&items[i]);
  }
  return counts;
}

static char *
right_text (const MixqGraphPageCounts *counts, MixqPart part)
{
  g_autofree char *right = mixq_plot_format_count (counts->right);
  g_autofree char *all = mixq_plot_format_count (counts->judged);

  switch (part) {
  case MIXQ_PART_TRAIN:
    return g_strdup_printf (_ ("%s of %s right on training"), right, all);
  case MIXQ_PART_VAL:
    return g_strdup_printf (_ ("%s of %s right on validation"), right, all);
  case MIXQ_PART_TEST:
    return g_strdup_printf (_ ("%s of %s right on test"), right, all);
  case MIXQ_PART_NONE:
  default:
    return g_strdup_printf (_ ("%s of %s right, training included"), right, all);
  }
}

char *
mixq_graph_page_summary (const MixqGraphPageCounts *counts, MixqPart part)
{
  g_autofree char *right = right_text (counts, part);
  g_autofree char *flipped = mixq_plot_format_count (counts->flipped);
  g_autofree char *shown = mixq_plot_format_count (counts->shown);

  if (counts->judged == 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s graph, not predicted yet",
                                         "%s graphs, not predicted yet", (gulong) counts->shown),
                            shown);
  if (counts->compared == 0)
    /* Translators: "87 of 150 right on test; float32 is not finished yet" */
    return g_strdup_printf (_ ("%s; float32 is not finished yet"), right);
  /* Translators: "87 of 150 right on test, 12 flipped against float32": predictions that differ from float32's */
  return g_strdup_printf (_ ("%s, %s flipped against float32"), right, flipped);
}

/* --- where tiles are -------------------------------------------------------------------------------------------------- */

void
mixq_graph_page_grid_init (MixqGraphPageGrid *grid, gsize n_tiles, double width, double wanted)
{
  const double inner = MAX (width - 2.0 * MARGIN, 1.0);

  if (!(wanted > 0.0))
    wanted = TILE_WIDTH;
  *grid = (MixqGraphPageGrid){ .n_tiles = n_tiles, .margin = MARGIN, .gap = GAP };
  grid->columns = (gsize) MAX (floor ((inner + GAP) / (wanted + GAP)), 1.0);
  grid->rows = (n_tiles + grid->columns - 1) / grid->columns;
  grid->tile_width = floor ((inner + GAP) / (double) grid->columns - GAP);
  grid->tile_width = MAX (grid->tile_width, 1.0);
  grid->tile_height = floor (TILE_PICTURE * grid->tile_width + TILE_TEXT);
  grid->height = 2.0 * MARGIN;
  if (grid->rows > 0)
    grid->height += (double) grid->rows * (grid->tile_height + GAP) - GAP;
}

MixqPlotBox
mixq_graph_page_grid_box (const MixqGraphPageGrid *grid, gsize tile)
{
  const gsize row = tile / grid->columns, column = tile % grid->columns;

  return (MixqPlotBox){ grid->margin + (double) column * (grid->tile_width + grid->gap),
                        grid->margin + (double) row * (grid->tile_height + grid->gap), grid->tile_width,
                        grid->tile_height };
}

gssize
mixq_graph_page_grid_hit (const MixqGraphPageGrid *grid, double x, double y)
{
  const double column = floor ((x - grid->margin) / (grid->tile_width + grid->gap)),
               row = floor ((y - grid->margin) / (grid->tile_height + grid->gap));
  gsize tile;
  MixqPlotBox box;

  if (!(column >= 0.0 && column < (double) grid->columns && row >= 0.0 && row < (double) grid->rows))
    return -1;
  tile = (gsize) row * grid->columns + (gsize) column;
  if (tile >= grid->n_tiles)
    return -1;
  box = mixq_graph_page_grid_box (grid, tile);
  return x < box.x + box.width && y < box.y + box.height ? (gssize) tile : -1;
}

void
mixq_graph_page_grid_range (const MixqGraphPageGrid *grid,
                            double top,
                            double bottom,
                            gsize *first,
                            gsize *end)
{
  const double step = grid->tile_height + grid->gap, rows = (double) grid->rows;
  double from = floor ((top - grid->margin + grid->gap) / step), to = ceil ((bottom - grid->margin) / step);

  from = CLAMP (from, 0.0, rows);
  to = CLAMP (to, from, rows);
  *first = MIN ((gsize) from * grid->columns, grid->n_tiles);
  *end = MIN ((gsize) to * grid->columns, grid->n_tiles);
}

/* --- table ------------------------------------------------------------------------------------------------------------ */

static void
csv_class (GString *csv, gint32 class_index, const char *const *class_names, guint n_classes)
{
  if (class_index < 0)
    mixq_plot_csv_text (csv, NULL);
  else if (class_names != NULL && (guint) class_index < n_classes)
    mixq_plot_csv_text (csv, class_names[class_index]);
  else
    mixq_plot_csv_integer (csv, (guint64) class_index);
}

char *
mixq_graph_page_csv (const MixqGraphPageItem *items,
                     const guint32 *order,
                     gsize n,
                     const char *const *class_names,
                     guint n_classes)
{
  static const char *const parts[] = { "", "train", "val", "test" };
  GString *csv = g_string_new ("graph,class,prediction,float32,confidence,part,wrong,flipped\n");

  for (gsize i = 0; i < n; i++) {
    const MixqGraphPageItem *item = &items[order[i]];

    mixq_plot_csv_integer (csv, order[i]);
    csv_class (csv, item->truth, class_names, n_classes);
    csv_class (csv, item->prediction, class_names, n_classes);
    csv_class (csv, item->float32, class_names, n_classes);
    mixq_plot_csv_number (csv, (double) item->confidence);
    mixq_plot_csv_text (csv, parts[item->part & 3]);
    mixq_plot_csv_integer (csv, mixq_graph_page_is_wrong (item));
    mixq_plot_csv_integer (csv, mixq_graph_page_is_flipped (item));
    mixq_plot_csv_end_row (csv);
  }
  return g_string_free (csv, FALSE);
}
