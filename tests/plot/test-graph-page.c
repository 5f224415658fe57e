/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "mixq-graph-page.h"
#include "mixq-plot-export.h"

#define WIDTH 460
#define HEIGHT 320

/* truth, prediction, float32, confidence, part */
static const MixqGraphPageItem items[] = {
  { 0, 0, 0, 0.9f, MIXQ_PART_TRAIN },  /* right */
  { 1, 0, 1, 0.6f, MIXQ_PART_TEST },   /* wrong, flipped */
  { 2, 2, 1, 0.5f, MIXQ_PART_VAL },    /* right, flipped */
  { 1, 2, 2, 0.95f, MIXQ_PART_TRAIN }, /* wrong */
  { -1, 1, -1, NAN, MIXQ_PART_TEST },  /* no class, float32 unknown */
  { 0, -1, 0, 0.1f, MIXQ_PART_TEST },  /* not predicted */
};
#define N_ITEMS G_N_ELEMENTS (items)

static const char *const class_names[] = { "zero", "one", "a class with a very long name" };

/* --- order and counts --------------------------------------------------------------------------------------------- */

static void
assert_order (MixqGraphPageSort sort, MixqPart part, const char *expected)
{
  guint32 order[N_ITEMS];
  gsize n = mixq_graph_page_order (items, N_ITEMS, sort, part, order);
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%u", order[i]);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_order (void)
{
  assert_order (MIXQ_GRAPH_PAGE_DATA, MIXQ_PART_NONE, "012345");
  assert_order (MIXQ_GRAPH_PAGE_SURE, MIXQ_PART_NONE, "521034");
  assert_order (MIXQ_GRAPH_PAGE_CLASS, MIXQ_PART_NONE, "051324");
  assert_order (MIXQ_GRAPH_PAGE_PREDICTION, MIXQ_PART_NONE, "014235");
  assert_order (MIXQ_GRAPH_PAGE_FLIPS, MIXQ_PART_NONE, "210345");
  assert_order (MIXQ_GRAPH_PAGE_WRONG, MIXQ_PART_NONE, "310245");
  assert_order (MIXQ_GRAPH_PAGE_DATA, MIXQ_PART_TEST, "145");
  assert_order (MIXQ_GRAPH_PAGE_SURE, MIXQ_PART_TRAIN, "03");
  for (int sort = 0; sort < MIXQ_GRAPH_PAGE_N_SORTS; sort++)
    g_assert_cmpint (mixq_graph_page_sort_parse (mixq_graph_page_sort_name ((MixqGraphPageSort) sort)), ==,
                     sort);
  g_assert_cmpint (mixq_graph_page_sort_parse ("size"), ==, -1);
}

static void
assert_summary (MixqPart part, const char *expected)
{
  MixqGraphPageCounts counts = mixq_graph_page_count (items, N_ITEMS, part);
  g_autofree char *summary = mixq_graph_page_summary (&counts, part);

  g_assert_cmpstr (summary, ==, expected);
}

static void
test_counts (void)
{
  MixqGraphPageCounts counts = mixq_graph_page_count (items, N_ITEMS, MIXQ_PART_NONE);

  g_assert_cmpuint (counts.shown, ==, 6);
  g_assert_cmpuint (counts.judged, ==, 4); /* what has no class or no prediction cannot be right or wrong */
  g_assert_cmpuint (counts.right, ==, 2);
  g_assert_cmpuint (counts.compared, ==, 4);
  g_assert_cmpuint (counts.flipped, ==, 2);
  assert_summary (MIXQ_PART_NONE, "2 of 4 right, training included, 2 flipped against float32");
  assert_summary (MIXQ_PART_TEST, "0 of 1 right on test, 1 flipped against float32");
  assert_summary (MIXQ_PART_VAL, "1 of 1 right on validation, 1 flipped against float32");
  assert_summary (MIXQ_PART_TRAIN, "1 of 2 right on training, 0 flipped against float32");
}

static void
test_summary_early (void)
{
  MixqGraphPageCounts counts = { .shown = 150 };
  g_autofree char *none = mixq_graph_page_summary (&counts, MIXQ_PART_NONE);
  g_autofree char *no_float = NULL;

  g_assert_cmpstr (none, ==, "150 graphs, not predicted yet");
  counts.judged = 15;
  counts.right = 9;
  no_float = mixq_graph_page_summary (&counts, MIXQ_PART_TEST);
  g_assert_cmpstr (no_float, ==, "9 of 15 right on test; float32 is not finished yet");
}

static void
test_csv (void)
{
  static const guint32 order[] = { 4, 1 };
  g_autofree char *csv = mixq_graph_page_csv (items, order, 2, class_names, 3);

  g_assert_cmpstr (csv, ==,
                   "graph,class,prediction,float32,confidence,part,wrong,flipped\n"
                   "4,,one,,,test,0,0\n"
                   "1,one,zero,one,0.600000024,test,1,1\n");
}

/* --- where tiles are ---------------------------------------------------------------------------------------------- */

static void
check_grid (gsize n, double width)
{
  MixqGraphPageGrid grid;

  mixq_graph_page_grid_init (&grid, n, width, 0.0);
  g_assert_cmpuint (grid.columns, >=, 1);
  g_assert_cmpuint (grid.columns * grid.rows, >=, n);
  for (gsize tile = 0; tile < n; tile++) {
    MixqPlotBox box = mixq_graph_page_grid_box (&grid, tile);
    gsize first, end;

    g_assert_cmpfloat (box.x + box.width, <=, MAX (width, 10.0));
    g_assert_cmpfloat (box.y + box.height, <=, grid.height);
    g_assert_cmpint (mixq_graph_page_grid_hit (&grid, box.x, box.y), ==, tile);
    g_assert_cmpint (mixq_graph_page_grid_hit (&grid, box.x + box.width - 0.1, box.y + box.height - 0.1), ==,
                     tile);
    g_assert_cmpint (mixq_graph_page_grid_hit (&grid, box.x + box.width + 1.0, box.y), ==, -1);
    g_assert_cmpint (mixq_graph_page_grid_hit (&grid, box.x, box.y + box.height + 1.0), ==, -1);
    mixq_graph_page_grid_range (&grid, box.y + 1.0, box.y + 2.0, &first, &end);
    g_assert_cmpuint (first, ==, tile / grid.columns * grid.columns);
    g_assert_cmpuint (end, ==, MIN (first + grid.columns, n));
  }
  g_assert_cmpint (mixq_graph_page_grid_hit (&grid, -5.0, 20.0), ==, -1);
  g_assert_cmpint (mixq_graph_page_grid_hit (&grid, 20.0, grid.height + 20.0), ==, -1);
  g_assert_cmpint (mixq_graph_page_grid_hit (&grid, NAN, NAN), ==, -1);
}

static void
test_grid (void)
{
  static const double widths[] = { 1.0, 100.0, 320.0, 474.0, 1414.0 };
  MixqGraphPageGrid grid;
  gsize first, end;

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    for (gsize n = 0; n < 40; n += 13)
      check_grid (n, widths[i]);
  mixq_graph_page_grid_init (&grid, 150, 474.0, 0.0);
  g_assert_cmpuint (grid.columns, ==, 4);
  g_assert_cmpuint (grid.rows, ==, 38);
  mixq_graph_page_grid_range (&grid, -1000.0, 1e9, &first, &end);
  g_assert_cmpuint (first, ==, 0);
  g_assert_cmpuint (end, ==, 150);
  mixq_graph_page_grid_range (&grid, 1e9, 2e9, &first, &end);
  g_assert_cmpuint (first, ==, end);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

/* Two nodes far apart and one link. */
static const float xy[] = { 0.0f, 0.5f, 1.0f, 0.5f };
static const guint32 edge[] = { 0, 1 };
static const MixqGraphPageShape shape = { 2, xy, 1, edge };

typedef struct
{
  cairo_surface_t *surface;
  MixqGraphPageGrid grid;
  MixqGraphPageTile tiles[N_ITEMS];
  MixqGraphPage page;
  const MixqPlotTheme *theme;
  MixqGraphPageSprites *sprites; /* nullable */
  guint shift;                   /* of the numbers of graphs */
} Canvas;

static void
canvas_draw (Canvas *canvas, MixqPlotScheme scheme, MixqGraphPageShape drawn)
{
  cairo_t *cr;

  canvas->theme = mixq_plot_theme_get (scheme);
  for (guint i = 0; i < N_ITEMS; i++)
    canvas->tiles[i] = (MixqGraphPageTile){ (i + canvas->shift) % N_ITEMS, items[i], drawn };
  canvas->page = (MixqGraphPage){ 0, N_ITEMS, canvas->tiles, class_names, 3, N_ITEMS, NULL, canvas->sprites };
  mixq_graph_page_grid_init (&canvas->grid, N_ITEMS, WIDTH, 0.0);
  canvas->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cr = cairo_create (canvas->surface);
  mixq_graph_page_draw (cr, canvas->theme, &canvas->page, &canvas->grid);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (canvas->surface);
}

static guint32
pixel (const Canvas *canvas, double x, double y)
{
  const guchar *row = cairo_image_surface_get_data (canvas->surface) +
                      (gsize) y * (gsize) cairo_image_surface_get_stride (canvas->surface);

  return ((const guint32 *) (gconstpointer) row)[(gsize) x];
}

static gboolean
is_color (guint32 value, MixqPlotColor color)
{
  return value >> 24 == 255 && ABS ((int) (value >> 16 & 255) - (int) lround (255 * color.r)) <= 3 &&
         ABS ((int) (value >> 8 & 255) - (int) lround (255 * color.g)) <= 3 &&
         ABS ((int) (value & 255) - (int) lround (255 * color.b)) <= 3;
}

/* How many pixels of a part of a tile, given from its left upper corner, have a colour. */
static guint
count_color (const Canvas *canvas,
             gsize tile,
             double x,
             double y,
             double width,
             double height,
             MixqPlotColor color)
{
  MixqPlotBox box = mixq_graph_page_grid_box (&canvas->grid, tile);
  guint n = 0;

  for (double py = box.y + y; py < box.y + y + height; py++)
    for (double px = box.x + x; px < box.x + x + width; px++)
      n += is_color (pixel (canvas, px, py), color);
  return n;
}

static void
test_colors (void)
{
  Canvas canvas = { 0 };

  for (int scheme = 0; scheme < MIXQ_N_SCHEMES; scheme++) {
    canvas_draw (&canvas, (MixqPlotScheme) scheme, shape);
    for (guint i = 0; i < N_ITEMS; i++) {
      guint look = items[i].prediction < 0 ? MIXQ_CLASS_UNKNOWN : (guint) items[i].prediction;
      MixqPlotColor fill = mixq_plot_theme_class (canvas.theme, look).fill;
      double height = canvas.grid.tile_height, width = canvas.grid.tile_width;

      /* The nodes are left and right in the picture; the mark in the caption stands below. */
      if (items[i].prediction >= 0) {
        g_assert_cmpuint (count_color (&canvas, i, 6, 20, 10, height - 45, fill), >, 3);
        g_assert_cmpuint (count_color (&canvas, i, width - 16, 20, 10, height - 45, fill), >, 3);
        g_assert_cmpuint (count_color (&canvas, i, 4, height - 16, 10, 12, fill), >, 6);
      }
      for (guint other = 0; other < 3; other++)
        if (other != look)
          g_assert_cmpuint (
              count_color (&canvas, i, 0, 0, width, height, mixq_plot_theme_class (canvas.theme, other).fill),
              ==, 0);
      g_assert_cmpuint (count_color (&canvas, i, 0.4 * width, 20, 0.2 * width, 10, canvas.theme->cell), >,
                        20);
    }
    cairo_surface_destroy (canvas.surface);
  }
}

static void
test_signs (void)
{
  const MixqGraphPageShape none = { 0 };
  Canvas canvas = { 0 };

  canvas_draw (&canvas, MIXQ_SCHEME_LIGHT, none);
  for (guint i = 0; i < N_ITEMS; i++) {
    const double right = canvas.grid.tile_width - 15.0;
    const guint cross = count_color (&canvas, i, right, 3, 13, 13, canvas.theme->text);
    const guint flip = count_color (&canvas, i, right - 11.0, 3, 24, 13, canvas.theme->ring);
    const guint dot = count_color (&canvas, i, 4, 4, 10, 10, canvas.theme->dim);
    const guint frame = count_color (&canvas, i, 20, 0, 60, 2, canvas.theme->text);

    g_assert_true ((cross > 3) == mixq_graph_page_is_wrong (&items[i]));
    g_assert_true ((flip > 3) == mixq_graph_page_is_flipped (&items[i]));
    /* A dashed frame is neither whole nor nothing. */
    g_assert_true ((frame > 15 && frame < 55) == mixq_graph_page_is_wrong (&items[i]));
    if (items[i].part == MIXQ_PART_TRAIN)
      g_assert_cmpuint (dot, >, 24);
    else if (items[i].part == MIXQ_PART_VAL)
      g_assert_cmpuint (dot, >, 8);
    else
      g_assert_cmpuint (dot, <, 8);
    g_assert_true (is_color (pixel (&canvas, mixq_graph_page_grid_box (&canvas.grid, i).x + 9.0,
                                    mixq_graph_page_grid_box (&canvas.grid, i).y + 9.0),
                             canvas.theme->dim) == (items[i].part == MIXQ_PART_TRAIN));
  }
  cairo_surface_destroy (canvas.surface);
}

/* Broken or odd graphs draw something or nothing, and nothing beside their tile. */
static void
test_odd_shapes (void)
{
  static const float one[] = { 0.5f, 0.5f };
  static const guint32 beyond[] = { 0, 7 };
  const MixqGraphPageShape shapes[] = { { 1, one, 0, NULL }, { 1, one, 1, beyond }, { 2, xy, 1, beyond } };
  Canvas canvas = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    canvas_draw (&canvas, MIXQ_SCHEME_LIGHT, shapes[i]);
    for (gsize tile = 0; tile < N_ITEMS; tile++) {
      MixqPlotBox box = mixq_graph_page_grid_box (&canvas.grid, tile);

      if (tile % canvas.grid.columns + 1 < canvas.grid.columns)
        for (double y = box.y; y < box.y + box.height; y++)
          g_assert_cmphex (pixel (&canvas, box.x + box.width + 3.0, y), ==, 0);
    }
    cairo_surface_destroy (canvas.surface);
  }
}

/* As different as two drawings may be that round half-covered pixels differently. */
static void
assert_alike (const Canvas *a, const Canvas *b)
{
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      for (int shift = 0; shift < 32; shift += 8)
        g_assert_cmpint (
            ABS ((int) (pixel (a, x, y) >> shift & 255) - (int) (pixel (b, x, y) >> shift & 255)), <, 24);
}

/* Pictures that are kept look like those that are not, also when scheme, places or predictions change. */
static void
test_sprites (void)
{
  static const float moved[] = { 0.0f, 0.2f, 1.0f, 0.9f };
  const MixqGraphPageShape other = { 2, moved, 1, edge };
  g_autoptr (MixqGraphPageSprites) sprites = mixq_graph_page_sprites_new ();

  for (int turn = 0; turn < 6; turn++) {
    Canvas kept = { .sprites = sprites, .shift = turn == 5 ? 1 : 0 }, plain = { 0 };
    MixqPlotScheme scheme = turn == 2 ? MIXQ_SCHEME_DARK : MIXQ_SCHEME_LIGHT;

    canvas_draw (&kept, scheme, turn == 3 ? other : shape);
    canvas_draw (&plain, scheme, turn == 3 ? other : shape);
    assert_alike (&kept, &plain);
    cairo_surface_destroy (kept.surface);
    cairo_surface_destroy (plain.surface);
  }
}

/* --- figure ------------------------------------------------------------------------------------------------------- */

static void
draw_figure (cairo_t *cr, double width, double height, const MixqPlotTheme *theme, gconstpointer data)
{
  mixq_graph_page_figure_draw (cr, width, height, theme, data);
}

static void
test_figure (void)
{
  Canvas canvas = { 0 };
  MixqPlotFigure figure = { .draw = draw_figure,
                            .data = &canvas.page,
                            .theme = mixq_plot_theme_get (MIXQ_SCHEME_LIGHT),
                            .width = 640,
                            .height = mixq_graph_page_figure_height (N_ITEMS, 600) + 80.0,
                            .title = "Graphs" };
  g_autoptr (GError) error = NULL;
  static const MixqPlotFormat formats[] = { MIXQ_PLOT_SVG, MIXQ_PLOT_PDF, MIXQ_PLOT_PNG };
  static const char *const texts[] = { ">training<", ">wrong<", ">flipped<",
                                       ">zero<",     ">60 %<",  ">6 of 2000 graphs, least sure first<",
                                       "…<" };

  canvas_draw (&canvas, MIXQ_SCHEME_LIGHT, shape);
  canvas.page.n_all = 2000;
  canvas.page.sort_title = "least sure first";
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autoptr (GBytes) bytes = mixq_plot_encode (&figure, formats[i], &error);
    g_autofree char *text = NULL;

    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (bytes), >, 2000);
    if (formats[i] != MIXQ_PLOT_SVG)
      continue;
    text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    for (guint t = 0; t < G_N_ELEMENTS (texts); t++)
      g_assert_nonnull (strstr (text, texts[t]));
    /* The long name does not fit its tile. */
    g_assert_null (strstr (text, ">a class with a very long name<"));
  }
  g_assert_cmpfloat (mixq_graph_page_figure_height (200, 600), >, mixq_graph_page_figure_height (20, 600));
  cairo_surface_destroy (canvas.surface);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/graph-page/order", test_order);
  g_test_add_func ("/plot/graph-page/counts", test_counts);
  g_test_add_func ("/plot/graph-page/summary-early", test_summary_early);
  g_test_add_func ("/plot/graph-page/csv", test_csv);
  g_test_add_func ("/plot/graph-page/grid", test_grid);
  g_test_add_func ("/plot/graph-page/colors", test_colors);
  g_test_add_func ("/plot/graph-page/signs", test_signs);
  g_test_add_func ("/plot/graph-page/odd-shapes", test_odd_shapes);
  g_test_add_func ("/plot/graph-page/sprites", test_sprites);
  g_test_add_func ("/plot/graph-page/figure", test_figure);
  return g_test_run ();
}
