/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tiles of a page of small graphs, the signs on them, and the page as a figure. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "mixq-graph-page-private.h"
#include "mixq-plot-axis.h"
#include "mixq-plot-text.h"

#define CORNER 8.0
#define INSET 7.0
/* Below the signs. */
#define TOP_INSET 13.0
/* The line of text below the picture. */
#define TEXT_ROOM 20.0
#define TEXT_SIZE 11.5
#define TEXT_INDENT 16.0
#define TEXT_END 6.0
#define TEXT_GAP 4.0
#define SIGN_RADIUS 4.0
#define SIGN_INSET 9.0
#define SIGN_GAP 3.0
/* What a tile has room for. */
#define MOST_DRAWN 500
#define MAX_RADIUS 3.4
#define FIGURE_TILE 104.0
#define LEGEND_ROOM 32.0
#define LEGEND_SIZE 12.5
#define LEGEND_GAP 20.0

/* --- signs ------------------------------------------------------------------------------------------------------------ */

const char *
mixq_graph_page_mark_name (MixqGraphPageMark mark)
{
  switch (mark) {
  case MIXQ_GRAPH_PAGE_MARK_TRAIN:
    return _ ("training");
  case MIXQ_GRAPH_PAGE_MARK_VAL:
    return _ ("validation");
  case MIXQ_GRAPH_PAGE_MARK_TEST:
    return _ ("test");
  case MIXQ_GRAPH_PAGE_MARK_WRONG:
    return _ ("wrong");
  case MIXQ_GRAPH_PAGE_MARK_FLIPPED:
    return _ ("flipped");
  case MIXQ_GRAPH_PAGE_N_MARKS:
  default:
    g_return_val_if_reached ("");
  }
}

static void
circle (cairo_t *cr, double x, double y, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, radius, 0.0, 2.0 * G_PI);
}

/* A dot that is full, half full or hollow. */
static void
draw_part (cairo_t *cr, const MixqPlotTheme *theme, MixqGraphPageMark mark, double x, double y, double radius)
{
  radius *= 0.85;
  mixq_plot_set_color (cr, theme->dim);
  cairo_set_line_width (cr, 1.2);
  circle (cr, x, y, radius);
  cairo_stroke (cr);
  if (mark == MIXQ_GRAPH_PAGE_MARK_TEST)
    return;
  if (mark == MIXQ_GRAPH_PAGE_MARK_TRAIN)
    circle (cr, x, y, radius);
  else
    cairo_arc (cr, x, y, radius, G_PI_2, 1.5 * G_PI);
  cairo_fill (cr);
}

void
mixq_graph_page_mark_draw (cairo_t *cr,
                           const MixqPlotTheme *theme,
                           MixqGraphPageMark mark,
                           double x,
                           double y,
                           double radius)
{
  const double half = 0.85 * radius;

  switch (mark) {
  case MIXQ_GRAPH_PAGE_MARK_WRONG:
    mixq_plot_line (cr, theme->text, 1.6, x - half, y - half, x + half, y + half);
    mixq_plot_line (cr, theme->text, 1.6, x - half, y + half, x + half, y - half);
    break;
  case MIXQ_GRAPH_PAGE_MARK_FLIPPED:
    mixq_plot_set_color (cr, theme->ring);
    circle (cr, x, y, 0.3 * radius);
    cairo_fill (cr);
    circle (cr, x, y, radius);
    cairo_set_line_width (cr, 1.6);
    cairo_stroke (cr);
    break;
  case MIXQ_GRAPH_PAGE_MARK_TRAIN:
  case MIXQ_GRAPH_PAGE_MARK_VAL:
  case MIXQ_GRAPH_PAGE_MARK_TEST:
  case MIXQ_GRAPH_PAGE_N_MARKS:
  default:
    draw_part (cr, theme, mark, x, y, radius);
    break;
  }
}

/* On ground of its own, so that it is seen over the graph. */
static void
draw_sign (cairo_t *cr, const MixqPlotTheme *theme, MixqGraphPageMark mark, double x, double y)
{
  circle (cr, x, y, SIGN_RADIUS + 2.5);
  mixq_plot_set_color (cr, theme->cell);
  cairo_fill (cr);
  mixq_graph_page_mark_draw (cr, theme, mark, x, y, SIGN_RADIUS);
}

static void
draw_signs (cairo_t *cr, const MixqPlotTheme *theme, const MixqGraphPageItem *item, const MixqPlotBox *box)
{
  const double y = box->y + SIGN_INSET;
  double right = box->x + box->width - SIGN_INSET;

  if (item->part == MIXQ_PART_TRAIN)
    draw_sign (cr, theme, MIXQ_GRAPH_PAGE_MARK_TRAIN, box->x + SIGN_INSET, y);
  else if (item->part == MIXQ_PART_VAL)
    draw_sign (cr, theme, MIXQ_GRAPH_PAGE_MARK_VAL, box->x + SIGN_INSET, y);
  else if (item->part == MIXQ_PART_TEST)
    draw_sign (cr, theme, MIXQ_GRAPH_PAGE_MARK_TEST, box->x + SIGN_INSET, y);
  if (mixq_graph_page_is_wrong (item)) {
    draw_sign (cr, theme, MIXQ_GRAPH_PAGE_MARK_WRONG, right, y);
    right -= 2.0 * SIGN_RADIUS + SIGN_GAP;
  }
  if (mixq_graph_page_is_flipped (item))
    draw_sign (cr, theme, MIXQ_GRAPH_PAGE_MARK_FLIPPED, right, y);
}

/* --- tiles ------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  cairo_t *cr;
  const MixqPlotTheme *theme;
  const MixqGraphPage *page;
  MixqPlotFont font;
  double name_width;
  char **names; /* of the classes, as far as they fit; made when first needed */
} Painter;

/* As many letters as fit, the rest an ellipsis. */
static char *
shorten (const MixqPlotFont *font, const char *text, double width)
{
  glong low = 0, high = g_utf8_strlen (text, -1);
  double whole;

  mixq_plot_text_measure (font, text, &whole, NULL);
  if (whole <= width)
    return g_strdup (text);
  while (low < high) {
    glong middle = (low + high) / 2;
    g_autofree char *part = g_utf8_substring (text, 0, middle + 1), *tried = g_strconcat (part, "…", NULL);

    mixq_plot_text_measure (font, tried, &whole, NULL);
    if (whole <= width)
      low = middle + 1;
    else
      high = middle;
  }
  {
    g_autofree char *part = g_utf8_substring (text, 0, low);

    return g_strconcat (part, "…", NULL);
  }
}

static const char *
class_text (Painter *p, gint32 class_index)
{
  if (class_index < 0 || (guint) class_index >= p->page->n_classes || p->page->class_names == NULL)
    return "";
  if (p->names[class_index] == NULL)
    p->names[class_index] = shorten (&p->font, p->page->class_names[class_index], p->name_width);
  return p->names[class_index];
}

/* A plain frame where the prediction is right or not known to be wrong, a dashed one where it is wrong. */
static void
draw_frame (cairo_t *cr, const MixqPlotTheme *theme, gboolean wrong, const MixqPlotBox *box)
{
  static const double dashes[] = { 4.0, 3.0 };
  const double line = wrong ? 1.5 : 1.0;

  mixq_plot_rounded_box (cr, box->x + 0.5 * line, box->y + 0.5 * line, box->width - line, box->height - line,
                         CORNER);
  mixq_plot_set_color (cr, theme->cell);
  cairo_fill_preserve (cr);
  mixq_plot_set_color (cr, wrong ? theme->text : theme->cell_edge);
  cairo_set_line_width (cr, line);
  cairo_set_dash (cr, dashes, wrong ? G_N_ELEMENTS (dashes) : 0, 0.0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0.0);
}

/* "◆ class 3   83 %" */
static void
draw_caption (Painter *p, const MixqGraphPageItem *item, const MixqPlotBox *box)
{
  MixqPlotClassLook look = mixq_graph_page_look (p->theme, item->prediction);
  const double y = box->y + box->height - 0.5 * TEXT_ROOM;
  char sure[16];

  mixq_plot_shape_draw (p->cr, &look, box->x + 9.0, y, 4.2);
  mixq_plot_text_draw (p->cr, &p->font, p->theme->text, class_text (p, item->prediction),
                       box->x + TEXT_INDENT, y, 0.0, 0.5);
  if (item->prediction < 0 || !isfinite (item->confidence))
    return;
  g_snprintf (sure, sizeof sure, "%.0f %%", 100.0 * (double) item->confidence);
  mixq_plot_text_draw (p->cr, &p->font, p->theme->dim, sure, box->x + box->width - TEXT_END, y, 1.0, 0.5);
}

static void
draw_tile (Painter *p, const MixqGraphPageTile *tile, const MixqPlotBox *box)
{
  const MixqPlotBox picture = { box->x + INSET, box->y + TOP_INSET, MAX (box->width - 2.0 * INSET, 1.0),
                                MAX (box->height - TEXT_ROOM - TOP_INSET, 1.0) };
  const gsize n = MAX (MIN (tile->shape.n_nodes, MOST_DRAWN), 1);
  const double radius = CLAMP (0.23 * sqrt (picture.width * picture.height / (double) n), 1.1, MAX_RADIUS);

  draw_frame (p->cr, p->theme, mixq_graph_page_is_wrong (&tile->item), box);
  if (p->page->sprites != NULL)
    mixq_graph_page_sprites_draw (p->page->sprites, p->cr, p->theme, tile, &picture, MOST_DRAWN, radius);
  else
    mixq_graph_page_shape_draw (p->cr, p->theme, &tile->shape, &picture, tile->item.prediction, MOST_DRAWN,
                                radius);
  draw_signs (p->cr, p->theme, &tile->item, box);
  draw_caption (p, &tile->item, box);
}

void
mixq_graph_page_draw (cairo_t *cr,
                      const MixqPlotTheme *theme,
                      const MixqGraphPage *page,
                      const MixqGraphPageGrid *grid)
{
  Painter painter = { cr, theme, page, mixq_plot_font (theme, TEXT_SIZE, 400), 0.0, NULL };
  double sure_width;

  mixq_plot_text_measure (&painter.font, "100 %", &sure_width, NULL);
  painter.name_width = MAX (grid->tile_width - TEXT_INDENT - sure_width - TEXT_END - TEXT_GAP, 0.0);
  painter.names = g_new0 (char *, page->n_classes + 1);
  cairo_save (cr);
  for (gsize i = 0; i < page->n_tiles; i++) {
    MixqPlotBox box = mixq_graph_page_grid_box (grid, page->first + i);

    draw_tile (&painter, &page->tiles[i], &box);
  }
  cairo_restore (cr);
  for (guint c = 0; c < page->n_classes; c++)
    g_free (painter.names[c]);
  g_free (painter.names);
}

/* --- figures ---------------------------------------------------------------------------------------------------------- */

double
mixq_graph_page_figure_height (gsize n_tiles, double width)
{
  MixqGraphPageGrid grid;

  mixq_graph_page_grid_init (&grid, n_tiles, width, FIGURE_TILE);
  return grid.height + LEGEND_ROOM;
}

static void
draw_note (cairo_t *cr, const MixqPlotTheme *theme, const MixqGraphPage *page, double right, double y)
{
  MixqPlotFont font = mixq_plot_font (theme, LEGEND_SIZE, 400);
  g_autofree char *drawn = mixq_plot_format_count (page->n_tiles);
  g_autofree char *all = mixq_plot_format_count (page->n_all);
  g_autofree char *note = NULL;

  /* Translators: "240 of 2,000 graphs, least sure first"; the last part is how they are ordered. */
  note = g_strdup_printf (_ ("%s of %s graphs, %s"), drawn, all,
                          page->sort_title != NULL ? page->sort_title : "");
  mixq_plot_text_draw (cr, &font, theme->dim, note, right, y, 1.0, 0.5);
}

static void
draw_legend (cairo_t *cr, const MixqPlotTheme *theme, double y)
{
  MixqPlotFont font = mixq_plot_font (theme, LEGEND_SIZE, 400);
  double x = 8.0;

  for (int mark = 0; mark < MIXQ_GRAPH_PAGE_N_MARKS; mark++) {
    const char *name = mixq_graph_page_mark_name ((MixqGraphPageMark) mark);
    double width;

    mixq_graph_page_mark_draw (cr, theme, (MixqGraphPageMark) mark, x + SIGN_RADIUS, y, SIGN_RADIUS);
    mixq_plot_text_measure (&font, name, &width, NULL);
    mixq_plot_text_draw (cr, &font, theme->text, name, x + 2.0 * SIGN_RADIUS + 6.0, y, 0.0, 0.5);
    x += 2.0 * SIGN_RADIUS + 6.0 + width + LEGEND_GAP;
  }
}

void
mixq_graph_page_figure_draw (cairo_t *cr,
                             double width,
                             double height,
                             const MixqPlotTheme *theme,
                             const MixqGraphPage *page)
{
  const double y = height - 0.5 * LEGEND_ROOM + 4.0;
  MixqGraphPageGrid grid;

  mixq_graph_page_grid_init (&grid, page->n_tiles, width, FIGURE_TILE);
  mixq_graph_page_draw (cr, theme, page, &grid);
  draw_legend (cr, theme, y);
  if (page->n_all > page->n_tiles)
    draw_note (cr, theme, page, width - 8.0, y);
}
