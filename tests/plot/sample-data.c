/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sample-data.h"

#include <math.h>

#define FLOAT32_BITOPS 5.9e9

static MixqTradeoffPoint *
add_point (SampleTradeoff *sample, MixqTradeoffKind kind, guint bits, double ratio, double val, double error)
{
  MixqTradeoffPoint *point = &sample->points[sample->data.n_points++];

  *point = (MixqTradeoffPoint) MIXQ_TRADEOFF_POINT_INIT;
  point->kind = kind;
  point->bits = bits;
  point->ratio = ratio;
  point->cost = FLOAT32_BITOPS / ratio;
  point->val = val;
  point->std_error = error;
  point->seeds = error > 0.0 ? 5 : 1;
  return point;
}

static void
begin (SampleTradeoff *sample)
{
  *sample = (SampleTradeoff){ 0 };
  sample->data.points = sample->points;
  sample->data.trail = sample->trail;
  sample->data.float32_val = 0.826;
  sample->data.float32_cost = FLOAT32_BITOPS;
  sample->data.cost_name = "BitOPs";
  add_point (sample, MIXQ_TRADEOFF_FLOAT32, 32, 1.0, 0.826, 0.0);
}

/* Up from chance at 4x, then slowly left with a dip, as a search does while the price rises. */
static void
add_trail (SampleTradeoff *sample, gsize n_rise, gsize n_walk, double last_ratio)
{
  GRand *rand = g_rand_new_with_seed (7);

  for (gsize i = 0; i < n_rise; i++) {
    double t = (double) i / n_rise;

    sample->trail[sample->data.n_trail++] = (MixqTradeoffPlace){
      3.88 + 0.12 * t, 0.82 - 0.68 * exp (-7.0 * t) + g_rand_double_range (rand, -0.004, 0.004)
    };
  }
  for (gsize i = 0; i < n_walk; i++) {
    double t = (double) i / n_walk;
    double ratio = 4.0 * pow (last_ratio / 4.0, t);
    double dip = 0.019 * exp (-pow (log2 (ratio / 9.5) / 0.5, 2.0));

    sample->trail[sample->data.n_trail++] = (MixqTradeoffPlace){
      ratio * (1.0 + g_rand_double_range (rand, -0.004, 0.004)),
      0.820 - dip + g_rand_double_range (rand, -0.0016, 0.0016)
    };
  }
  sample->data.live = sample->trail[sample->data.n_trail - 1];
  g_rand_free (rand);
}

void
sample_tradeoff_settled (SampleTradeoff *sample)
{
  begin (sample);
  add_point (sample, MIXQ_TRADEOFF_UNIFORM, 2, 16.0, 0.752, 0.0);
  add_point (sample, MIXQ_TRADEOFF_UNIFORM, 4, 8.0, 0.812, 0.0);
  add_point (sample, MIXQ_TRADEOFF_UNIFORM, 8, 4.0, 0.824, 0.0);
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 15.8, 0.809, 0.006);
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 15.5, 0.820, 0.005)->flags = MIXQ_TRADEOFF_RECOMMENDED;
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 11.7, 0.823, 0.005)->label = "2 4 4 8 4 8 8 8 8";
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 5.95, 0.825, 0.004);
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 13.2, 0.819, 0.005);
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 10.1, 0.806, 0.008);
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 7.9, 0.822, 0.004);
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 7.2, 0.812, 0.007);
  add_trail (sample, 400, 900, 15.0);
  mixq_tradeoff_mark_beaten (sample->points, sample->data.n_points);
}

void
sample_tradeoff_dragged (SampleTradeoff *sample)
{
  begin (sample);
  add_point (sample, MIXQ_TRADEOFF_UNIFORM, 2, 16.0, 0.752, 0.0);
  add_point (sample, MIXQ_TRADEOFF_UNIFORM, 4, 8.0, 0.812, 0.0);
  add_point (sample, MIXQ_TRADEOFF_UNIFORM, 8, 4.0, 0.824, 0.0);
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 11.7, 0.823, 0.005)->flags = MIXQ_TRADEOFF_SELECTED;
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 5.95, 0.825, 0.004)->flags = MIXQ_TRADEOFF_HOVERED;
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 10.1, 0.806, 0.008);
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 7.9, 0.822, 0.004);
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 7.2, 0.812, 0.007);
  add_point (sample, MIXQ_TRADEOFF_FINISHED, 0, 9.2, 0.815, 0.0)->running = 0.6;
  add_trail (sample, 400, 600, 9.5);
  sample->data.ghost = (MixqTradeoffPlace){ 15.2, 0.814 };
  mixq_tradeoff_mark_beaten (sample->points, sample->data.n_points);
}

void
sample_tradeoff_first_seconds (SampleTradeoff *sample)
{
  begin (sample);
  add_point (sample, MIXQ_TRADEOFF_UNIFORM, 8, 4.0, 0.824, 0.0);
  add_trail (sample, 60, 0, 4.0);
}

#define N_CLASSES 7

static double
gauss (GRand *rand)
{
  double u = g_rand_double_range (rand, 1e-12, 1.0);

  return sqrt (-2.0 * log (u)) * cos (2.0 * G_PI * g_rand_double (rand));
}

static guint32
random_neighbour (GRand *rand, const guint8 *node_class, gsize n_nodes, guint32 node)
{
  gboolean inside = g_rand_double (rand) < 0.78;
  guint32 other = 0;

  for (guint attempt = 0; attempt < 100; attempt++) {
    /* Squared: low numbers become hubs. */
    double t = g_rand_double (rand);

    other = (guint32) (t * t * t * (double) n_nodes);
    if (other != node && (node_class[other] == node_class[node]) == inside)
      break;
  }
  return other;
}

void
sample_graph_init (SampleGraph *sample, gsize n_nodes, gsize n_edges)
{
  static const double centers[N_CLASSES][3] = {
    { 0.80, 0.20, 0.11 }, { 0.55, 0.35, 0.07 }, { 0.28, 0.40, 0.10 }, { 0.18, 0.70, 0.09 },
    { 0.90, 0.75, 0.07 }, { 0.62, 0.72, 0.07 }, { 0.30, 0.16, 0.09 },
  };
  GRand *rand = g_rand_new_with_seed (11);

  *sample = (SampleGraph){ 0 };
  sample->xy = g_new (float, 2 * n_nodes + 2);
  sample->edges = g_new (guint32, 2 * n_edges + 2);
  sample->node_class = g_new (guint8, n_nodes + 1);
  sample->node_flags = g_new0 (guint8, n_nodes + 1);
  sample->node_strength = g_new (guint8, n_nodes + 1);
  sample->node_size = g_new (float, n_nodes + 1);
  sample->names = g_new0 (char *, n_nodes + 1);
  for (gsize i = 0; i < n_nodes; i++) {
    guint8 c = (guint8) g_rand_int_range (rand, 0, N_CLASSES);

    sample->node_class[i] = c;
    sample->xy[2 * i] = (float) (1000.0 * (centers[c][0] + centers[c][2] * gauss (rand)));
    sample->xy[2 * i + 1] = (float) (500.0 * (centers[c][1] + centers[c][2] * gauss (rand)));
    sample->node_flags[i] = i % 34 == 7 ? MIXQ_NODE_FLIPPED : 0;
    sample->node_strength[i] = (guint8) g_rand_int_range (rand, 40, 256);
    sample->node_size[i] = i < 12 ? 1.6f : 1.0f;
    sample->names[i] = g_strdup_printf ("package-%" G_GSIZE_FORMAT, i);
  }
  for (gsize e = 0; e < n_edges; e++) {
    sample->edges[2 * e] = (guint32) g_rand_int_range (rand, 0, (gint32) n_nodes);
    sample->edges[2 * e + 1] = random_neighbour (rand, sample->node_class, n_nodes, sample->edges[2 * e]);
  }
  g_rand_free (rand);
  sample->scene = (MixqGraphScene){
    .n_nodes = n_nodes,
    .xy = sample->xy,
    .n_edges = n_edges,
    .edges = sample->edges,
    .node_class = sample->node_class,
    .node_flags = sample->node_flags,
    .node_size = sample->node_size,
  };
}

void
sample_graph_clear (SampleGraph *sample)
{
  g_free (sample->xy);
  g_free (sample->edges);
  g_free (sample->node_class);
  g_free (sample->node_flags);
  g_free (sample->node_strength);
  g_free (sample->node_size);
  g_strfreev (sample->names);
}

/* Rises from 0 to 1 round @middle. */
static double
rise (double t, double middle, double width)
{
  return 1.0 / (1.0 + exp (-(t - middle) / width));
}

void
sample_alpha (SampleAlpha *sample)
{
  static const guint8 bits[] = { 2, 4, 8 };
  static const char *const names[SAMPLE_SLOTS] = {
    "X", "W₁", "X W₁", "A₁", "agg₁", "W₂", "H W₂", "A₂", "agg₂"
  };
  static const char *const kinds[SAMPLE_SLOTS] = { "features",  "weights",   "product",
                                                   "adjacency", "gathered",  "weights",
                                                   "product",   "adjacency", "gathered" };
  static const int chosen[SAMPLE_SLOTS] = { 2, 2, 2, 8, 4, 8, 8, 8, 8 };

  for (guint s = 0; s < SAMPLE_SLOTS; s++) {
    for (guint i = 0; i < SAMPLE_STEPS; i++) {
      double t = (double) i / SAMPLE_STEPS;
      double early = 1.0 - rise (t, 0.15 + 0.01 * s, 0.05);
      double four = chosen[s] <= 4 ? rise (t, 0.42 + 0.02 * s, 0.04) : 0.0;
      double two = chosen[s] <= 2 ? rise (t, 0.62 + 0.03 * s, 0.04) : 0.0;
      double logits[3] = { 1.5 * early + 5.0 * two, 1.2 * early + 2.6 * four, 1.8 + 0.8 * (1.0 - early) };
      double sum = exp (logits[0]) + exp (logits[1]) + exp (logits[2]);

      for (guint c = 0; c < 3; c++)
        sample->history[s][i][c] = (float) (exp (logits[c]) / sum);
    }
    sample->slots[s] = (MixqAlphaSlot){ .name = names[s],
                                        .kind = kinds[s],
                                        .n_choices = 3,
                                        .bits = bits,
                                        .n_steps = SAMPLE_STEPS,
                                        .history = &sample->history[s][0][0] };
  }
  sample->slots[8].pinned = TRUE;
  sample->slots[8].chosen = 8;
  sample->data = (MixqAlphaData){ sample->slots, SAMPLE_SLOTS, 0, SAMPLE_STEPS };
}

void
sample_timeline (SampleTimeline *sample)
{
  static const double finished[9] = { 125, 420, 445, 580, 640, 815, 890, 990, 1090 };
  GRand *rand = g_rand_new_with_seed (3);

  *sample = (SampleTimeline){ 0 };
  sample->prices[0] = (MixqTimelinePrice){ 0, 0.0, 0.0 };
  sample->prices[1] = (MixqTimelinePrice){ 347, 0.02, 0.3 };
  sample->prices[2] = (MixqTimelinePrice){ 520, 0.1, 0.55 };
  sample->prices[3] = (MixqTimelinePrice){ 742, 0.6, 0.85 };
  for (guint i = 0; i < SAMPLE_STEPS; i++) {
    double dip = 0.05 * exp (-pow ((i - 790.0) / 60.0, 2.0));

    sample->accuracy[i] = (MixqPlotXY){ i, 0.82 - 0.55 * exp (-(double) i / 60.0) - dip +
                                               g_rand_double_range (rand, -0.006, 0.006) };
  }
  for (guint i = 0; i < G_N_ELEMENTS (finished); i++)
    sample->finished[i] = finished[i];
  g_rand_free (rand);
  sample->data = (MixqTimelineData){ .prices = sample->prices,
                                     .n_prices = 4,
                                     .accuracy = sample->accuracy,
                                     .n_accuracy = SAMPLE_STEPS,
                                     .finished = sample->finished,
                                     .n_finished = 9,
                                     .now = SAMPLE_STEPS };
}
