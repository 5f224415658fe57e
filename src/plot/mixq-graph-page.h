/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data/mixq-dataset.h"
#include "mixq-plot-cairo.h"

G_BEGIN_DECLS

/*
 * A collection of graphs as a page of small pictures, one tile a graph: coloured by the predicted class, with marks that
 * are not colour for what is wrong, what differs from float32 and which part of the split it is in.
 */

/**
 * MixqGraphPageItem: what is known of one graph.
 * @truth: its class, -1 without one
 * @prediction: the predicted class, -1 while there is none
 * @float32: what float32 predicts, -1 while unknown
 * @confidence: the probability of the predicted class, 0..1, NaN while unknown. With two classes the margin between them
 *   is 2 @confidence - 1, so both give one order
 * @part: a #MixqPart
 */
typedef struct
{
  gint32 truth;
  gint32 prediction;
  gint32 float32;
  float confidence;
  guint8 part;
} MixqGraphPageItem;

/** mixq_graph_page_is_wrong: both classes are known and differ. */
gboolean mixq_graph_page_is_wrong (const MixqGraphPageItem *item);
/** mixq_graph_page_is_flipped: the prediction differs from float32's. */
gboolean mixq_graph_page_is_flipped (const MixqGraphPageItem *item);

/**
 * MixqGraphPageShape: nodes and edges of one graph. Borrows all.
 * @xy: (array length=2*n_nodes): places within 0..1 both ways, x right, y down
 * @edges: (array length=2*n_edges): pairs of nodes below @n_nodes
 */
typedef struct
{
  gsize n_nodes;
  const float *xy;
  gsize n_edges;
  const guint32 *edges;
} MixqGraphPageShape;

/** MixqGraphPageTile: @graph: its number in the data. */
typedef struct
{
  guint32 graph;
  MixqGraphPageItem item;
  MixqGraphPageShape shape;
} MixqGraphPageTile;

/* --- order and counts ------------------------------------------------------------------------------------------------ */

typedef enum {
  MIXQ_GRAPH_PAGE_DATA,       /* as in the data */
  MIXQ_GRAPH_PAGE_SURE,       /* least margin, so least confidence, first; unknown last */
  MIXQ_GRAPH_PAGE_CLASS,      /* by the true class, without one last */
  MIXQ_GRAPH_PAGE_PREDICTION, /* by the predicted class, without one last */
  MIXQ_GRAPH_PAGE_FLIPS,      /* what differs from float32 first, least sure first among them */
  MIXQ_GRAPH_PAGE_WRONG,      /* what is wrong first, surest first among them: the worst mistakes */
  MIXQ_GRAPH_PAGE_N_SORTS,
} MixqGraphPageSort;

/** mixq_graph_page_sort_name: "data", "margin", "class", "prediction", "flips", "wrong": in actions. */
const char *mixq_graph_page_sort_name (MixqGraphPageSort sort);
/** mixq_graph_page_sort_parse: -1 for an unknown name. */
int mixq_graph_page_sort_parse (const char *name);

/**
 * mixq_graph_page_order:
 * @part: only graphs of this part; %MIXQ_PART_NONE is all
 * @order: (out caller-allocates) (array): room for @n numbers of graphs
 *
 * Ties keep the order of the data. Cost: O(n log n). Returns: how many there are in @order.
 */
gsize mixq_graph_page_order (const MixqGraphPageItem *items,
                             gsize n,
                             MixqGraphPageSort sort,
                             MixqPart part,
                             guint32 *order);

/**
 * MixqGraphPageCounts:
 * @judged: graphs with both a class and a prediction
 * @compared: graphs with both a prediction and float32's
 */
typedef struct
{
  gsize shown, judged, right, compared, flipped;
} MixqGraphPageCounts;

/** mixq_graph_page_count: of the graphs of @part, %MIXQ_PART_NONE is all. */
MixqGraphPageCounts mixq_graph_page_count (const MixqGraphPageItem *items, gsize n, MixqPart part);

/** mixq_graph_page_summary: "87 of 150 right on test, 12 flipped against float32". Returns: (transfer full). */
char *mixq_graph_page_summary (const MixqGraphPageCounts *counts, MixqPart part);

/* --- where tiles are -------------------------------------------------------------------------------------------------- */

/** MixqGraphPageGrid: tiles in rows, as many as fit. A plain value, in pixels. */
typedef struct
{
  gsize n_tiles, columns, rows;
  double tile_width, tile_height;
  double margin, gap;
  double height; /* of the whole page */
} MixqGraphPageGrid;

/** mixq_graph_page_grid_init: @wanted: least width of a tile; 0 for the usual one. */
void mixq_graph_page_grid_init (MixqGraphPageGrid *grid, gsize n_tiles, double width, double wanted);
MixqPlotBox mixq_graph_page_grid_box (const MixqGraphPageGrid *grid, gsize tile);
/** mixq_graph_page_grid_hit: Returns: the tile at a place of the page, -1 between and beyond them. */
gssize mixq_graph_page_grid_hit (const MixqGraphPageGrid *grid, double x, double y);
/** mixq_graph_page_grid_range: the tiles of all rows that reach into @top .. @bottom: first and behind the last. */
void mixq_graph_page_grid_range (const MixqGraphPageGrid *grid,
                                 double top,
                                 double bottom,
                                 gsize *first,
                                 gsize *end);

/* --- drawing ---------------------------------------------------------------------------------------------------------- */

/** MixqGraphPageMark: what a sign beside the colours means; also the entries of a legend. */
typedef enum {
  MIXQ_GRAPH_PAGE_MARK_TRAIN,   /* full dot */
  MIXQ_GRAPH_PAGE_MARK_VAL,     /* half dot */
  MIXQ_GRAPH_PAGE_MARK_TEST,    /* hollow dot */
  MIXQ_GRAPH_PAGE_MARK_WRONG,   /* cross; the frame of the tile is dashed */
  MIXQ_GRAPH_PAGE_MARK_FLIPPED, /* ring round a dot */
  MIXQ_GRAPH_PAGE_N_MARKS,
} MixqGraphPageMark;

/** mixq_graph_page_mark_draw: the sign, centred on @x, @y. */
void mixq_graph_page_mark_draw (cairo_t *cr,
                                const MixqPlotTheme *theme,
                                MixqGraphPageMark mark,
                                double x,
                                double y,
                                double radius);
/** mixq_graph_page_mark_name: for a legend. */
const char *mixq_graph_page_mark_name (MixqGraphPageMark mark);

/**
 * mixq_graph_page_shape_draw:
 * @most: no more nodes and no more edges than this, evenly sampled; 0 draws all
 * @radius: of a node; 0 chooses
 *
 * The graph alone into @box, as large as its proportions allow, all nodes in the look of @class_index (-1: unknown).
 */
void mixq_graph_page_shape_draw (cairo_t *cr,
                                 const MixqPlotTheme *theme,
                                 const MixqGraphPageShape *shape,
                                 const MixqPlotBox *box,
                                 gint32 class_index,
                                 gsize most,
                                 double radius);

/**
 * MixqGraphPageSprites: pictures of graphs that are kept, so that a page whose numbers change many times a second is not
 * drawn anew each time. Reference counted; one thread at a time may draw with it. Only for one data set, and only for
 * drawing pixels: places of tiles should be whole numbers of them.
 */
typedef struct _MixqGraphPageSprites MixqGraphPageSprites;
MixqGraphPageSprites *mixq_graph_page_sprites_new (void);
MixqGraphPageSprites *mixq_graph_page_sprites_ref (MixqGraphPageSprites *self);
void mixq_graph_page_sprites_unref (MixqGraphPageSprites *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqGraphPageSprites, mixq_graph_page_sprites_unref)

/**
 * MixqGraphPage: a run of tiles and their page. Borrows everything.
 * @tiles: (array length=n_tiles): these lie on the page from tile @first on
 * @class_names: (array length=n_classes)
 * @n_all: graphs there are to show; where that is more than @n_tiles, a figure says so
 * @sort_title: (nullable): how they are ordered, in words, for that
 * @sprites: (nullable): pictures kept from before
 */
typedef struct
{
  gsize first, n_tiles;
  const MixqGraphPageTile *tiles;
  const char *const *class_names;
  guint n_classes;
  gsize n_all;
  const char *sort_title;
  MixqGraphPageSprites *sprites;
} MixqGraphPage;

/**
 * mixq_graph_page_draw:
 *
 * The tiles at their places on the page, without ground: translate first to scroll. Cost: some 5 µs a node and edge, with @sprites only the first
 * time, and some 100 µs a tile; of large graphs a tile shows a sample of some hundred nodes and edges, as it has no room for more.
 */
void mixq_graph_page_draw (cairo_t *cr,
                           const MixqPlotTheme *theme,
                           const MixqGraphPage *page,
                           const MixqGraphPageGrid *grid);

/* --- figures ---------------------------------------------------------------------------------------------------------- */

/** A figure draws at most so many tiles and says how many there are. */
#define MIXQ_GRAPH_PAGE_MAX_FIGURE 240

/** mixq_graph_page_figure_height: of the chart alone, at @width. */
double mixq_graph_page_figure_height (gsize n_tiles, double width);
/** mixq_graph_page_figure_draw: all tiles, from 0, and the legend, into 0,0 .. @width,@height. */
void mixq_graph_page_figure_draw (cairo_t *cr,
                                  double width,
                                  double height,
                                  const MixqPlotTheme *theme,
                                  const MixqGraphPage *page);

/** mixq_graph_page_csv: a row for each graph of @order. Returns: (transfer full). */
char *mixq_graph_page_csv (const MixqGraphPageItem *items,
                           const guint32 *order,
                           gsize n,
                           const char *const *class_names,
                           guint n_classes);

G_END_DECLS
