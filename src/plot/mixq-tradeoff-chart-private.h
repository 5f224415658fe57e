/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-tradeoff-chart.h"

G_BEGIN_DECLS

#define MIXQ_TRADEOFF_RING_RADIUS 12.0
#define MIXQ_TRADEOFF_CALLOUT_PADDING_X 12.0
#define MIXQ_TRADEOFF_CALLOUT_PADDING_Y 7.0
#define MIXQ_TRADEOFF_LEGEND_SYMBOL 34.0
#define MIXQ_TRADEOFF_LEGEND_ROW 1.75 /* of the font size */

typedef enum {
  MIXQ_TRADEOFF_LEGEND_LIVE,
  MIXQ_TRADEOFF_LEGEND_FINISHED,
  MIXQ_TRADEOFF_LEGEND_BEATEN,
  MIXQ_TRADEOFF_LEGEND_UNIFORM,
  MIXQ_TRADEOFF_LEGEND_ORIGIN, /* + MixqPlotShape */
} MixqTradeoffLegendRow;

#define MIXQ_TRADEOFF_N_LEGEND_ROWS (MIXQ_TRADEOFF_LEGEND_ORIGIN + MIXQ_N_SHAPES)

/* Half the sides of a grip, along its line and across. */
#define MIXQ_TRADEOFF_GRIP_LONG 10.0
#define MIXQ_TRADEOFF_GRIP_SHORT 5.5

gboolean _mixq_tradeoff_point_is_drawable (const MixqTradeoffPoint *point);
gboolean _mixq_tradeoff_has_place (const MixqTradeoffPlace *place);
/* All points that can be on the front, cheapest first. */
gsize _mixq_tradeoff_by_cost (const MixqTradeoffPoint *points, gsize n_points, gsize *order);
/* Which rows the legend has; returns their number. */
guint _mixq_tradeoff_legend_rows (const MixqTradeoffData *data, guint *rows);
const char *_mixq_tradeoff_legend_text (const MixqTradeoffData *data, guint row);
/* "15.5× · 82.0 %" */
char *_mixq_tradeoff_callout_text (const MixqTradeoffPoint *point);
/* Corners of the front's step line in pixels, from the lower edge at the cheapest point; returns their number. */
gsize
_mixq_tradeoff_front_path (const MixqTradeoffLayout *layout, const MixqTradeoffData *data, MixqPlotXY *path);
/* What stands at the line of a bound, and where; FALSE where there is no line to be seen. */
gboolean _mixq_tradeoff_budget_label (const MixqTradeoffLayout *layout,
                                      const MixqPlotTheme *theme,
                                      const MixqTradeoffData *data,
                                      MixqTradeoffGrip grip,
                                      char **text,
                                      MixqPlotBox *box);
/* The same of the points of one origin; @origin is a bit of theirs. */
gsize _mixq_tradeoff_origin_path (const MixqTradeoffLayout *layout,
                                  const MixqTradeoffData *data,
                                  guint origin,
                                  MixqPlotXY *path);
/* The bits of all origins that have a finished point. */
guint _mixq_tradeoff_origins (const MixqTradeoffData *data);
MixqPlotShape _mixq_tradeoff_shape (const MixqTradeoffPoint *point);
/* Room _mixq_tradeoff_front_path() needs. */
gsize _mixq_tradeoff_front_room (const MixqTradeoffData *data);
/* Side titles of the axes. */
char *_mixq_tradeoff_cost_title (const MixqTradeoffData *data);
guint _mixq_tradeoff_val_ticks (const MixqTradeoffLayout *layout, double *ticks, guint *digits);
guint _mixq_tradeoff_cost_ticks (const MixqTradeoffLayout *layout, double *ticks);

G_END_DECLS
