/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * BitOPs counted again: from the data and the layers' sizes alone, by the formulas of method spec section 8 and what docs/PAPER.md
 * says of branches and pools, layer by layer, with widths looked up by the slots' names. The units are not asked.
 */
#include <math.h>
#include <string.h>

#include "base/mixq-random.h"
#include "verify/mixq-verify-private.h"

/* Not exact where a mean of widths is no whole number. */
#define COUNT_TOLERANCE 1e-12
#define RANDOM_WIDTHS 5
#define FLOAT_WIDTH 32

typedef struct
{
  double nodes, edges, entries; /* entries: edges and self loops of the normalised adjacency */
} Sizes;

typedef struct
{
  const MixqModel *model;
  const Sizes *sizes;
  const guint8 *bits; /* NULL: float32 */
  double cached, search;
  gboolean is_hidden;   /* the present layer is one */
  double n, cols;       /* rows and columns of what the layers so far have made */
  const char *features; /* (nullable): the slot of the features, while they are what is read */
} Count;

/* --- terms ------------------------------------------------------------------------------------------------------------- */

static void
tally_sizes (const MixqVerify *self, Sizes *sizes)
{
  const MixqCsr *graph = self->inputs->dataset->graph;

  *sizes = (Sizes){ .nodes = (double) self->inputs->dataset->n_nodes };
  for (gsize r = 0; r < graph->n_rows; r++) {
    for (gsize e = graph->row_ptr[r]; e < graph->row_ptr[r + 1]; e++)
      sizes->edges += graph->col[e] != r;
    sizes->entries++;
  }
  sizes->entries += sizes->edges;
}

/* Slots of a layer, by the ends of their names. */
typedef struct
{
  const char *name[3];
} Names;
#define NAMES(...) ((Names){ { __VA_ARGS__ } })

static double
width_of (const Count *count, const char *slot, guint *n)
{
  int s = mixq_model_find_slot (count->model, slot);

  *n += s >= 0;
  return s >= 0 ? count->bits[s] : 0;
}

/* Operations of something whose quantizers are the slots "LAYER.NAME" of @names, and the features if it reads them. */
static void
add (Count *count, const char *layer, double operations, double search, Names names, gboolean reads_features)
{
  double sum = 0, width = FLOAT_WIDTH;
  guint n = 0;

  if (count->bits == NULL) {
    count->cached += operations * width;
    count->search += operations * width; /* float32 is the same in both conventions */
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (names.name) && names.name[i] != NULL; i++) {
    g_autofree char *slot = g_strconcat (layer, ".", names.name[i], NULL);

    sum += width_of (count, slot, &n);
  }
  if (reads_features && count->features != NULL)
    sum += width_of (count, count->features, &n);
  width = n > 0 ? sum / n : 0; /* no quantizer, no bits */
  count->cached += operations * width;
  count->search += search * width;
}

/* A linear map "LAYER.PART.weight", "LAYER.PART.linear". */
static void
add_map (Count *count, const char *layer, const char *part, double out, gboolean reads_features)
{
  g_autofree char *weight = g_strconcat (part, part[0] != '\0' ? "." : "", "weight", NULL);
  g_autofree char *linear = g_strconcat (part, part[0] != '\0' ? "." : "", "linear", NULL);
  double operations = count->n * count->cols * out;

  add (count, layer, operations, operations, NAMES (weight, linear), reads_features);
}

static void
add_gcn_messages (Count *count, const char *layer, const char *slot, gboolean reads_features)
{
  const Sizes *sizes = count->sizes;

  add (count, layer, sizes->entries + 2 * sizes->entries * count->cols, 2 * sizes->edges * count->cols,
       NAMES (slot), reads_features);
}

/* Of each element: ReLU 2, batch norm 4; they have no quantizer of their own. */
static void
add_plain (Count *count, double per_element)
{
  add (count, "", per_element * count->n * count->cols, 0, NAMES (NULL), FALSE);
}

/* --- layers ------------------------------------------------------------------------------------------------------------ */

static void
count_gcn (Count *count, const char *layer, double out)
{
  add_map (count, layer, "", out, TRUE);
  count->cols = out;
  add_gcn_messages (count, layer, "aggregate", FALSE);
}

static void
count_gin (Count *count, const char *layer, double out)
{
  double messages = 2 * count->sizes->edges * count->cols;
  double own = count->model->spec.eps ? 2 * count->n * count->cols : 0;

  add (count, layer, messages + own, messages, NAMES ("aggregate"), TRUE);
  add_map (count, layer, "mlp1", out, FALSE);
  count->cols = out;
  add_plain (count, 2);
  add_map (count, layer, "mlp2", out, FALSE);
}

static void
count_sage (Count *count, const char *layer, double out)
{
  double messages = 2 * count->sizes->edges * count->cols;
  double times = count->model->spec.aggregator == MIXQ_AGGREGATOR_MEAN ? 2 : 1;

  add (count, layer, times * messages, messages, NAMES ("aggregate"), TRUE);
  add_map (count, layer, "neighbours", out, FALSE);
  add_map (count, layer, "root", out, TRUE);
  count->cols = out;
  add (count, layer, count->n * out, 0, NAMES ("sum"), FALSE);
}

static void
count_tag (Count *count, const char *layer, double out)
{
  guint hops = count->model->spec.hops;

  for (guint h = 0; h <= hops; h++) {
    g_autofree char *part = g_strdup_printf ("hop%u", h), *slot = g_strconcat (part, ".aggregate", NULL);

    if (h > 0)
      add_gcn_messages (count, layer, slot, h == 1);
    add_map (count, layer, part, out, h == 0);
  }
  count->cols = out;
  add (count, layer, hops * count->n * out, 0, NAMES ("sum"), FALSE);
}

/* The products with the vectors, ten operations an edge and head (a sum, a leaky ReLU, a softmax), messages and their scatter. */
static void
count_gat (Count *count, const char *layer, double out)
{
  double heads = count->is_hidden ? count->model->spec.heads : 1, entries = count->sizes->entries;

  add_map (count, layer, "", out, TRUE);
  count->cols = out;
  add (count, layer, 2 * count->n * out + 10 * entries * heads + 3 * entries * out,
       2 * count->sizes->edges * out, NAMES ("attention.weight", "attention.score", "aggregate"), FALSE);
}

static void (*const count_layer[MIXQ_N_ARCHS]) (Count *count, const char *layer, double out) = {
  [MIXQ_ARCH_GCN] = count_gcn, [MIXQ_ARCH_GIN] = count_gin, [MIXQ_ARCH_SAGE] = count_sage,
  [MIXQ_ARCH_TAG] = count_tag, [MIXQ_ARCH_GAT] = count_gat,
};

/* --- the whole network ------------------------------------------------------------------------------------------------- */

static void
count_layers (Count *count)
{
  const MixqModelSpec *spec = &count->model->spec;
  gboolean hidden_end = count->model->task == MIXQ_TASK_GRAPHS || spec->arch == MIXQ_ARCH_GIN;

  if (spec->residual) {
    add_map (count, "embed", "", spec->hidden, TRUE);
    count->cols = spec->hidden;
    count->features = NULL;
  }
  for (guint l = 1; l <= spec->n_layers; l++) {
    g_autofree char *layer = g_strdup_printf ("conv%u", l);
    double before = count->cols;

    count->is_hidden = l < spec->n_layers || hidden_end;
    count_layer[spec->arch](count, layer, count->is_hidden ? spec->hidden : (double) count->model->n_classes);
    count->features = NULL;
    if (!count->is_hidden)
      continue;
    add_plain (count, 2);
    if (spec->batch_norm)
      add_plain (count, 4);
    if (spec->residual && before == count->cols)
      add (count, layer, count->n * count->cols, 0, NAMES ("residual"), FALSE);
  }
}

static void
count_head (Count *count)
{
  const MixqModelSpec *spec = &count->model->spec;
  gboolean of_graphs = count->model->task == MIXQ_TASK_GRAPHS, is_gin = spec->arch == MIXQ_ARCH_GIN;
  guint maps = of_graphs ? (is_gin ? 2 : 3) : is_gin;
  guint width = spec->hidden;

  if (of_graphs) {
    add (count, "head1", (spec->pool == MIXQ_POOL_MEAN ? 4 : 2) * count->n * count->cols, 0, NAMES ("pooled"),
         FALSE);
    count->n = (double) count->model->n_graphs;
  }
  for (guint i = 1; i <= maps; i++) {
    g_autofree char *layer = g_strdup_printf ("head%u", i);

    width = is_gin ? width : MAX (width / 2, 1);
    add_map (count, layer, "", i == maps ? (double) count->model->n_classes : width, FALSE);
    count->cols = i == maps ? (double) count->model->n_classes : width;
    if (i < maps)
      add_plain (count, 2);
  }
}

static double
relative_difference (double a, double b)
{
  return fabs (a - b) / fmax (fabs (b), 1);
}

/* The larger of the two conventions' relative differences between the engine's count and ours. */
static double
compare (MixqVerify *self, const Sizes *sizes, const guint8 *bits, MixqCost *cost)
{
  Count count = { .model = self->model,
                  .sizes = sizes,
                  .bits = bits,
                  .n = sizes->nodes,
                  .cols = (double) self->inputs->dataset->features->n_cols,
                  .features = self->model->spec.residual ? "embed.input" : "conv1.input" };

  count_layers (&count);
  count_head (&count);
  self->parts.count (self->model, bits, cost);
  return fmax (relative_difference (cost->bitops, count.cached),
               relative_difference (cost->bitops_search, count.search));
}

gboolean
mixq_verify_bitops (MixqVerify *self, MixqVerifyCheck *check, GError **error)
{
  static const guint8 widths[] = { 2, 4, 8 };
  guint8 bits[MIXQ_MAX_SLOTS];
  double difference;
  MixqCost floating, eight, mixed;
  MixqRandom random;
  Sizes sizes;

  if (count_layer[self->model->spec.arch] == NULL) {
    mixq_verify_not_for (check, self->model, "its count is not written out here");
    return TRUE;
  }
  tally_sizes (self, &sizes);
  difference = compare (self, &sizes, NULL, &floating);
  memset (bits, 8, sizeof bits);
  difference = fmax (difference, compare (self, &sizes, bits, &eight));
  mixq_random_init (&random, 1, "verify-widths");
  for (guint i = 0; i < RANDOM_WIDTHS; i++) {
    for (guint s = 0; s < self->model->n_slots; s++)
      bits[s] = widths[mixq_random_below (&random, G_N_ELEMENTS (widths))];
    difference = fmax (difference, compare (self, &sizes, bits, &mixed));
  }
  check->passed = difference <= COUNT_TOLERANCE;
  check->evidence = g_strdup_printf ("float32 %.0f, 8 bits everywhere %.0f (%.0f with raw edges), %d random "
                                     "width sets: largest relative difference from a "
                                     "count over %.0f nodes, %.0f edges and %.0f entries %.1g",
                                     floating.bitops, eight.bitops, eight.bitops_search, RANDOM_WIDTHS,
                                     sizes.nodes, sizes.edges, sizes.entries, difference);
  mixq_verify_add_number (check, "float32", floating.bitops);
  mixq_verify_add_number (check, "uniform_8", eight.bitops);
  mixq_verify_add_number (check, "uniform_8_search_convention", eight.bitops_search);
  mixq_verify_add_number (check, "largest_relative_difference", difference);
  return TRUE;
}
