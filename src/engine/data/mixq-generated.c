/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Endpoints are drawn by rank: the density of rank x is (x + x0)^(-2/3), which gives degrees of exponent 1 + 3/2, and whose
 * inverse is a cube: no function of the C library is in the way of the same numbers everywhere. Ranks go around the
 * communities, so the ranks of one community follow the same law. Which node has a rank is a random permutation.
 */
#include "data/mixq-generated.h"

#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-random.h"
#include "data/mixq-dataset-private.h"
#include "data/mixq-file.h"

#define WITHIN 0.7    /* share of edges within a community */
#define CUT_OFF 10000 /* x0 is this part of the ranks */
#define MAX_NODES 100000000
#define MAX_EDGES 2000000000
#define MAX_FEATURES 65536
#define MAX_CELLS ((guint64) 1 << 33)
#define MAX_CLASSES 4096
#define TABLE_BITS                                                                                           \
  32 /* bits of the table of drawn edges, for each edge: one edge in 32 is drawn anew for nothing */
#define MAX_DRAWS 64 /* an edge is drawn at most so often on average before the graph counts as too dense */
#define LOOK 0xfffff /* draws between two looks at the cancellable, as a mask */
#define SIGNAL 0.15  /* by which part a feature is larger or smaller, by class */

typedef struct
{
  const char *what;
  guint64 n_nodes, n_edges, n_features, n_classes, seed;
  GCancellable *cancellable;
} Generated;

/* Text. */

static gboolean
refuse (const Generated *self, GError **error, const char *problem)
{
  g_autofree char *label = mixq_file_label (self->what);

  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
               "%s: %s; write generated:NODES,EDGES[,FEATURES[,CLASSES[,SEED]]], for example "
               "generated:170000,1200000,128,40",
               label, problem);
  return FALSE;
}

static gboolean
parse (Generated *self, GError **error)
{
  gboolean named = g_str_has_prefix (self->what, MIXQ_GENERATED_PREFIX);
  g_auto (GStrv) word = g_strsplit (named ? self->what + strlen (MIXQ_GENERATED_PREFIX) : "", ",", -1);
  const struct
  {
    guint64 *value, min, max;
  } numbers[] = {
    { &self->n_nodes, 2, MAX_NODES },       { &self->n_edges, 1, MAX_EDGES },
    { &self->n_features, 1, MAX_FEATURES }, { &self->n_classes, 1, MAX_CLASSES },
    { &self->seed, 0, G_MAXUINT64 },
  };
  gsize n = g_strv_length (word);

  if (n < 2 || n > G_N_ELEMENTS (numbers))
    return refuse (self, error, "has no number of nodes and edges, or too many numbers");
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_string_to_unsigned (word[i], 10, numbers[i].min, numbers[i].max, numbers[i].value, NULL))
      return refuse (self, error, "has a number that is none, or too small or too large");
  if (self->n_edges > self->n_nodes * (self->n_nodes - 1) / 8)
    return refuse (self, error, "has more edges than a quarter of all pairs of nodes");
  if (self->n_classes > self->n_nodes / 2)
    return refuse (self, error, "has more classes than half its nodes");
  return self->n_nodes * self->n_features <= MAX_CELLS ||
         refuse (self, error, "has too many features in all");
}

static gboolean
is_cancelled (const Generated *self, GError **error)
{
  return mixq_file_is_cancelled (self->cancellable, self->what, error);
}

/* Edges. */

/* The law of one list of @n ranks: rank = (from + u (to - from))^3 - x0. */
typedef struct
{
  double from, to, x0;
  guint32 n;
} Law;

static double
cube_root (double x)
{
  double root = x > 1 ? x : 1;

  for (guint i = 0; i < 200; i++)
    root = (2 * root + x / (root * root)) / 3;
  return root;
}

static Law
law_of (guint32 n)
{
  double x0 = MAX (1.0, (double) n / CUT_OFF);

  return (Law){ cube_root (x0), cube_root ((double) n + x0), x0, n };
}

static inline guint32
draw_rank (const Law *law, MixqRandom *random)
{
  double root = law->from + mixq_random_uniform (random) * (law->to - law->from);
  double rank = root * root * root - law->x0;

  return rank < law->n ? (guint32) rank
                       : law->n - 1; /* and >= 0: the root is at least that of x0, up to rounding */
}

/* Which edges were drawn: one bit for each value of a hash. A bit that is set by another edge only costs a draw. */
typedef struct
{
  guint64 *bits;
  guint shift;
} Table;

static gboolean
table_init (Table *self, guint64 n_edges)
{
  guint bits = MAX (12, g_bit_storage (n_edges * TABLE_BITS - 1));

  self->shift = 64 - bits;
  self->bits = g_try_new0 (guint64, (gsize) 1 << (bits - 6));
  return self->bits != NULL;
}

/* Returns: whether the edge is new. */
static inline gboolean
table_add (Table *self, guint32 a, guint32 b)
{
  guint64 state = (guint64) MIN (a, b) << 32 | MAX (a, b);
  guint64 at = mixq_random_splitmix (&state) >> self->shift, bit = (guint64) 1 << (at & 63);
  gboolean is_new = (self->bits[at >> 6] & bit) == 0;

  self->bits[at >> 6] |= bit;
  return is_new;
}

static void
shuffle (guint32 *number, guint32 n, guint64 seed)
{
  MixqRandom random;

  mixq_random_init (&random, seed, "generated-numbers");
  for (guint32 i = 0; i < n; i++)
    number[i] = i;
  for (guint32 i = n; i > 1; i--) {
    guint32 j = mixq_random_below (&random, i), swapped = number[j];

    number[j] = number[i - 1];
    number[i - 1] = swapped;
  }
}

static gboolean
draw_edges (Generated *self, const guint32 *number, Table *table, guint32 *src, guint32 *dst, GError **error)
{
  Law all = law_of ((guint32) self->n_nodes), own = law_of ((guint32) (self->n_nodes / self->n_classes));
  guint64 max_draws = MAX_DRAWS * self->n_edges, e = 0;
  MixqRandom random;

  mixq_random_init (&random, self->seed, "generated-edges");
  for (guint64 draw = 0; e < self->n_edges; draw++) {
    guint32 a = draw_rank (&all, &random), b;

    if ((draw & LOOK) == 0 && is_cancelled (self, error))
      return FALSE;
    if (draw > max_draws)
      return refuse (self, error, "has too many edges for its nodes and classes");
    if (mixq_random_uniform (&random) < WITHIN)
      b = draw_rank (&own, &random) * (guint32) self->n_classes + a % (guint32) self->n_classes;
    else
      b = draw_rank (&all, &random);
    if (a == b || !table_add (table, a, b))
      continue;
    src[e] = number[a];
    dst[e++] = number[b];
  }
  return TRUE;
}

static gboolean
set_graph (Generated *self, MixqDataset *dataset, const guint32 *number, GError **error)
{
  g_autofree guint32 *src = g_try_new (guint32, self->n_edges), *dst = g_try_new (guint32, self->n_edges);
  Table table = { 0 };
  gboolean ok;

  if (src == NULL || dst == NULL || !table_init (&table, self->n_edges))
    return refuse (self, error, "does not fit into memory");
  ok = draw_edges (self, number, &table, src, dst, error);
  g_free (table.bits);
  if (!ok)
    return FALSE;
  dataset->n_nodes = self->n_nodes;
  dataset->graph = mixq_csr_new_from_edges (self->n_nodes, src, dst, self->n_edges, NULL);
  return TRUE;
}

/* Nodes. */

static void
set_labels (const Generated *self, MixqDataset *dataset, const guint32 *number)
{
  MixqRandom random;

  mixq_random_init (&random, self->seed, "generated-split");
  dataset->n_classes = self->n_classes;
  dataset->labels = g_new (gint32, self->n_nodes);
  dataset->part = g_new (guint8, self->n_nodes);
  for (guint32 rank = 0; rank < self->n_nodes; rank++)
    dataset->labels[number[rank]] = (gint32) (rank % self->n_classes);
  for (guint64 node = 0; node < self->n_nodes; node++) {
    guint32 percent = mixq_random_below (&random, 100);

    dataset->part[node] = percent < 54 ? MIXQ_PART_TRAIN : percent < 72 ? MIXQ_PART_VAL : MIXQ_PART_TEST;
  }
}

/* The square of a sum of four uniform numbers, less its mean: mean 1, and close to the square of a normal one. */
static inline float
draw_square (MixqRandom *random)
{
  guint64 bits = mixq_random_next (random);
  guint64 sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
  double off = ((double) sum + 2.5) / 65536 - 2; /* never 0: not 2, which would be the mean itself */

  return (float) (3 * off * off);
}

static gboolean
set_features (Generated *self, MixqDataset *dataset, GError **error)
{
  gsize width = self->n_features, cells = self->n_nodes * width;
  gsize *row_ptr = g_try_new (gsize, self->n_nodes + 1);
  guint32 *col = g_try_new (guint32, cells);
  float *value = g_try_new (float, cells);
  g_autofree float *factor = g_new (float, self->n_classes *width);
  gboolean ok = row_ptr != NULL && col != NULL && value != NULL;
  MixqRandom random;

  mixq_random_init (&random, self->seed, "generated-features");
  for (gsize i = 0; i < self->n_classes * width; i++)
    factor[i] = (float) (mixq_random_below (&random, 2) == 0 ? 1 - SIGNAL : 1 + SIGNAL);
  if (!ok)
    refuse (self, error, "does not fit into memory");
  for (gsize node = 0; ok && node < self->n_nodes; node++) {
    const float *own = factor + (gsize) dataset->labels[node] * width;

    ok = (node & 0xffff) != 0 || !is_cancelled (self, error);
    row_ptr[node] = node * width;
    for (gsize c = 0; c < width; c++) {
      col[node * width + c] = (guint32) c;
      value[node * width + c] = own[c] * draw_square (&random);
    }
  }
  if (!ok) {
    g_free (row_ptr);
    g_free (col);
    g_free (value);
    return FALSE;
  }
  row_ptr[self->n_nodes] = cells;
  dataset->features = mixq_csr_new_take (self->n_nodes, width, row_ptr, col, value);
  return TRUE;
}

MixqDataset *
mixq_generated_load (const char *what, GCancellable *cancellable, GError **error)
{
  Generated self = { .what = what, .n_features = 128, .n_classes = 40, .cancellable = cancellable };
  g_autoptr (MixqDataset) dataset = NULL;
  g_autofree guint32 *number = NULL;
  g_autofree char *name = NULL, *title = NULL;

  if (!parse (&self, error))
    return NULL;
  name = g_strdup_printf ("generated-%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, self.n_nodes, self.n_edges);
  title = g_strdup_printf ("Generated graph (%s)", what + strlen (MIXQ_GENERATED_PREFIX));
  dataset = mixq_dataset_alloc (name, title, "generated");
  number = g_new (guint32, self.n_nodes);
  shuffle (number, (guint32) self.n_nodes, self.seed);
  if (!set_graph (&self, dataset, number, error))
    return NULL;
  set_labels (&self, dataset, number);
  if (!set_features (&self, dataset, error))
    return NULL;
  g_ptr_array_add (dataset->notes,
                   g_strdup ("Generated, not measured anywhere: degrees by a power law of exponent 2.5, "
                             "7 of 10 edges within a class"));
  if (!mixq_dataset_seal (dataset, error))
    return NULL;
  return g_steal_pointer (&dataset);
}
