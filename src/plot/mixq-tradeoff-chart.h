/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-plot-axis.h"
#include "mixq-plot-cairo.h"
#include "mixq-plot-series.h"

G_BEGIN_DECLS

typedef enum {
  MIXQ_TRADEOFF_FINISHED, /* an integer model: blue circle */
  MIXQ_TRADEOFF_BEATEN,   /* an integer model another point dominates: grey circle */
  MIXQ_TRADEOFF_UNIFORM,  /* the same width everywhere: numbered square */
  MIXQ_TRADEOFF_FLOAT32,  /* the float32 model: square numbered 32 */
} MixqTradeoffKind;

typedef enum {
  MIXQ_TRADEOFF_SELECTED = 1 << 0,
  MIXQ_TRADEOFF_HOVERED = 1 << 1,
  MIXQ_TRADEOFF_FOCUSED = 1 << 2,
  MIXQ_TRADEOFF_RECOMMENDED = 1 << 3,
  MIXQ_TRADEOFF_PICKED = 1 << 4, /* by the budget */
} MixqTradeoffFlags;

/**
 * MixqTradeoffPoint: start from %MIXQ_TRADEOFF_POINT_INIT.
 * @bits: the width of a uniform or float32 point, otherwise unused
 * @ratio: how many times less it costs than float32; > 0
 * @cost: absolute cost in the unit of the data, for tables and files
 * @val: mean validation accuracy over the seeds, 0..1
 * @std_error: one standard error of @val; NaN or 0 where there is one seed
 * @running: progress 0..1 of a model that is being finished, < 0 when it is finished
 * @arrival: 0 just came .. 1 settled; the dot grows and the front moves with it
 * @origins: bit 1 << MixqPlotShape for every search that found it; the lowest one is its shape. 0: a circle
 * @label: (nullable): name of the point for tables and files, e.g. its widths
 */
typedef struct
{
  MixqTradeoffKind kind;
  guint bits;
  guint seeds;
  MixqTradeoffFlags flags;
  double ratio;
  double cost;
  double val;
  double std_error;
  double running;
  double arrival;
  guint origins;
  const char *label;
} MixqTradeoffPoint;

#define MIXQ_TRADEOFF_POINT_INIT                                                                             \
  {                                                                                                          \
    .kind = MIXQ_TRADEOFF_FINISHED, .seeds = 1, .running = -1.0, .arrival = 1.0                              \
  }

/** MixqTradeoffPlace: @ratio 0 means: none. */
typedef struct
{
  double ratio;
  double val;
} MixqTradeoffPlace;

/** MixqTradeoffGrip: the handles of the budget lines. */
typedef enum {
  MIXQ_TRADEOFF_NO_GRIP,
  MIXQ_TRADEOFF_GRIP_VAL,
  MIXQ_TRADEOFF_GRIP_COST,
} MixqTradeoffGrip;

/**
 * MixqTradeoffData: zero is empty. Borrows everything.
 * @trail: relaxed search, oldest first
 * @live: where the relaxed search is now
 * @ghost: where the last price was heading
 * @paused: orange turns grey
 * @float32_val: validation accuracy of float32; 0 draws no line
 * @float32_cost: absolute cost of float32; 0 leaves out the lower line of the cost labels
 * @cost_name: (nullable): "BitOPs", "Bytes", "ms" for titles and sentences
 * @budget_ratio: line at the dearest cost allowed; 0 for none
 * @budget_val: line at the least accuracy allowed; 0 for none
 * @budget_cost_text, @budget_val_text: (nullable): those bounds as they were asked for: "64 kB", "80 %"
 * @grips: handles of both lines, at the ends of their axes where there is no line
 * @grip: the handle under the pointer or being moved
 * @origin_names: (nullable) (array length=MIXQ_N_SHAPES): what each shape in @origins stands for, for the legend. With
 *   two or more of them present each gets a thin front of its own
 */
typedef struct
{
  const MixqTradeoffPoint *points;
  gsize n_points;
  const MixqTradeoffPlace *trail;
  gsize n_trail;
  MixqTradeoffPlace live;
  MixqTradeoffPlace ghost;
  gboolean paused;
  double float32_val;
  double float32_cost;
  const char *cost_name;
  MixqPlotUnit cost_unit;
  double budget_ratio;
  double budget_val;
  const char *budget_cost_text;
  const char *budget_val_text;
  gboolean grips;
  MixqTradeoffGrip grip;
  const char *const *origin_names;
} MixqTradeoffData;

/** MixqTradeoffExtent: what the axes show. @ratio_max is at the left. */
typedef struct
{
  double ratio_min;
  double ratio_max;
  double val_min;
  double val_max;
} MixqTradeoffExtent;

/**
 * MixqTradeoffOptions: zero is the compact screen form.
 * @full: larger type and marks
 * @legend: explains the marks inside the plot, where it covers least
 * @axis_titles: names both axes, for files
 * @font_scale: 0 means 1
 * @label_absence: 1 - opacity of the recommended point's ring and label, so that they can fade in; zero is all there
 * @ratio_hint: the cost axis reaches at least from 1 to this, so that it does not jump with the first points; 0 for 1.25
 * @extent: (nullable): what the axes show instead of mixq_tradeoff_extent(), e.g. a range that is being zoomed or eased
 */
typedef struct
{
  gboolean full;
  gboolean legend;
  gboolean axis_titles;
  double font_scale;
  double label_absence;
  double ratio_hint;
  const MixqTradeoffExtent *extent;
} MixqTradeoffOptions;

/**
 * MixqTradeoffLayout: where everything is, in pixels.
 * @x: the cost axis; its values are ratios, reversed (cheap left)
 * @y: the accuracy axis
 * @plot: the area between the axes
 * @legend: width 0 where there is none
 * @callout: box of the recommended label; width 0 where there is none
 * @recommended: index of that point, -1 for none
 */
typedef struct
{
  MixqPlotAxis x;
  MixqPlotAxis y;
  MixqPlotBox plot;
  MixqPlotBox legend;
  MixqPlotBox callout;
  gssize recommended;
  double font_size;
  double dot_radius;
  double badge_size;
} MixqTradeoffLayout;

/**
 * mixq_tradeoff_extent:
 *
 * What the axes should show: the cost of every point and float32, and accuracies from where the data start, rounded to
 * nice steps. The relaxed search widens the accuracy axis only near the finished models; its first steps from chance
 * level would otherwise squeeze all that matters into a line, so they are drawn at the lower edge.
 */
void mixq_tradeoff_extent (const MixqTradeoffData *data, double ratio_hint, MixqTradeoffExtent *extent);

void mixq_tradeoff_layout (MixqTradeoffLayout *layout,
                           double width,
                           double height,
                           const MixqPlotTheme *theme,
                           const MixqTradeoffData *data,
                           const MixqTradeoffOptions *options);

/** mixq_tradeoff_locate: the pixel of a place, held inside the plot. Returns: %TRUE if it needed no holding. */
gboolean
mixq_tradeoff_locate (const MixqTradeoffLayout *layout, double ratio, double val, double *x, double *y);

/**
 * mixq_tradeoff_draw:
 *
 * Draws the chart on whatever is there (the card); nothing outside @width x @height. Cost: O(points + trail) and a few
 * dozen lines of text; safe on any thread. Reads only.
 */
void mixq_tradeoff_draw (cairo_t *cr,
                         double width,
                         double height,
                         const MixqPlotTheme *theme,
                         const MixqTradeoffData *data,
                         const MixqTradeoffOptions *options);

/** mixq_tradeoff_hit: Returns: the nearest point within @radius pixels, -1 for none; of equals the one drawn last. */
gssize mixq_tradeoff_hit (const MixqTradeoffLayout *layout,
                          const MixqTradeoffData *data,
                          double x,
                          double y,
                          double radius);

/** mixq_tradeoff_grip_place: where the handle of a budget line is. */
void mixq_tradeoff_grip_place (const MixqTradeoffLayout *layout,
                               const MixqTradeoffData *data,
                               MixqTradeoffGrip grip,
                               double *x,
                               double *y);
/** mixq_tradeoff_grip_hit: the handle or line that can be taken hold of there. */
MixqTradeoffGrip
mixq_tradeoff_grip_hit (const MixqTradeoffLayout *layout, const MixqTradeoffData *data, double x, double y);

/**
 * mixq_tradeoff_front:
 * @front: (out) (array length=n_points): indices, cheapest first
 *
 * The finished points no other finished point beats. float32 is left out: it is the line to compare with.
 * Returns: their number.
 */
gsize mixq_tradeoff_front (const MixqTradeoffPoint *points, gsize n_points, gsize *front);

/** mixq_tradeoff_mark_beaten: sets each finished or beaten point to the one it is, from all points given. */
void mixq_tradeoff_mark_beaten (MixqTradeoffPoint *points, gsize n_points);

/** mixq_tradeoff_describe: one sentence for screen readers and alt texts. Returns: (transfer full). */
char *mixq_tradeoff_describe (const MixqTradeoffData *data);

/** mixq_tradeoff_csv: every number of the picture, a header row first. Returns: (transfer full). */
char *mixq_tradeoff_csv (const MixqTradeoffData *data);

G_END_DECLS
