/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map of every architecture on every task: each slot once, nothing touches, lines pass between cells. */
#include "config.h"

#include <string.h>

#include "bits/mixq-bits-draw.h"
#include "bits/mixq-bits-layout.h"
#include "bits/mixq-bits-wiring.h"
#include "mixq-format.h"

static const double sizes[][2] = { { 0, 0 },      { 978, 168 },  { 978, 195 },   { 1414, 216 }, { 978, 450 },
                                   { 1414, 620 }, { 3000, 300 }, { 3000, 1500 }, { 1414, 1400 } };

static MixqModel *
model_of (const MixqModelSpec *spec, MixqTask task)
{
  g_autoptr (GError) error = NULL;
  MixqModel *model = mixq_model_new_of_sizes (
      spec,
      &(MixqModelSizes){ .task = task,
                         .n_nodes = 2833,
                         .n_graphs = task == MIXQ_TASK_GRAPHS ? 150 : 1,
                         .n_edges = 11322,
                         .n_features = 1000,
                         .n_feature_nonzeros = 57552,
                         .n_classes = 7 },
      &error);

  g_assert_no_error (error);
  return model;
}

static MixqModel *
usual (MixqArch arch, MixqTask task)
{
  MixqModelSpec spec;

  mixq_model_spec_for (&spec, arch, task);
  return model_of (&spec, task);
}

static const MixqBitsItem *
item_at (const MixqBitsLayout *layout, guint i)
{
  return &g_array_index (layout->items, MixqBitsItem, i);
}

/* --- what must hold of any map ---------------------------------------------------------------------------------------- */

static void
assert_inside (const MixqBitsLayout *layout)
{
  for (guint i = 0; i < layout->items->len; i++) {
    const graphene_rect_t *box = &item_at (layout, i)->box;

    g_assert_cmpfloat (box->origin.x, >=, 0.0f);
    g_assert_cmpfloat (box->origin.y, >=, 0.0f);
    g_assert_cmpfloat (box->origin.x + box->size.width, <=, layout->width + 0.01);
    g_assert_cmpfloat (box->origin.y + box->size.height, <=, layout->height + 0.01);
  }
  for (guint i = 0; i < layout->links->len; i++) {
    const MixqBitsLink *link = &g_array_index (layout->links, MixqBitsLink, i);

    for (guint k = 0; k < link->n_points; k++) {
      g_assert_cmpfloat (link->points[k].x, >=, 0.0f);
      g_assert_cmpfloat (link->points[k].x, <=, layout->width + 0.01);
      g_assert_cmpfloat (link->points[k].y, >=, 0.0f);
      g_assert_cmpfloat (link->points[k].y, <=, layout->height + 0.01);
    }
  }
}

static void
assert_apart (const MixqBitsLayout *layout)
{
  for (guint i = 0; i < layout->items->len; i++)
    for (guint j = 0; j < i; j++)
      g_assert_false (
          graphene_rect_intersection (&item_at (layout, i)->box, &item_at (layout, j)->box, NULL));
}

static void
assert_every_slot_once (const MixqBitsLayout *layout, const MixqModel *model)
{
  g_autofree guint *seen = g_new0 (guint, model->n_slots);

  for (guint i = 0; i < layout->items->len; i++) {
    const MixqBitsItem *item = item_at (layout, i);

    g_assert_true ((item->slot >= 0) == (item->kind == MIXQ_BITS_CELL));
    if (item->slot >= 0)
      seen[item->slot]++;
  }
  for (guint slot = 0; slot < model->n_slots; slot++) {
    const graphene_rect_t *box = &mixq_bits_layout_find (layout, (int) slot)->box;

    g_assert_cmpuint (seen[slot], ==, 1);
    g_assert_cmpint (mixq_bits_layout_hit (layout, box->origin.x + 3.0, box->origin.y + 3.0), ==, slot);
  }
}

/* Lines run along the axes; none may go through anything that stands there. */
static void
assert_lines_are_clear (const MixqBitsLayout *layout)
{
  for (guint i = 0; i < layout->links->len; i++) {
    const MixqBitsLink *link = &g_array_index (layout->links, MixqBitsLink, i);

    for (guint k = 1; k < link->n_points; k++) {
      const graphene_point_t *p = &link->points[k - 1], *q = &link->points[k];
      const graphene_rect_t line = GRAPHENE_RECT_INIT (
          MIN (p->x, q->x), MIN (p->y, q->y), MAX (ABS (q->x - p->x), 0.01f), MAX (ABS (q->y - p->y), 0.01f));

      g_assert_true (ABS (p->x - q->x) < 0.01f || ABS (p->y - q->y) < 0.01f);
      for (guint j = 0; j < layout->items->len; j++) {
        graphene_rect_t inner;

        graphene_rect_inset_r (&item_at (layout, j)->box, 0.5f, 0.5f, &inner);
        g_assert_false (graphene_rect_intersection (&line, &inner, NULL));
      }
    }
  }
}

/* Each layer has one title, in order, and none of them runs into a cell. */
static void
assert_titles (const MixqBitsLayout *layout, const MixqModel *model)
{
  g_assert_cmpuint (layout->heads->len, ==, model->n_layers);
  for (guint i = 0; i < layout->heads->len; i++) {
    const MixqBitsHead *head = &g_array_index (layout->heads, MixqBitsHead, i);

    g_assert_cmpuint (head->layer, ==, i + 1);
    g_assert_cmpfloat (head->room, >=, 40.0);
  }
}

static guint
count_kind (const MixqBitsLayout *layout, MixqBitsItemKind kind)
{
  guint count = 0;

  for (guint i = 0; i < layout->items->len; i++)
    count += item_at (layout, i)->kind == kind;
  return count;
}

static guint
count_skips (const MixqBitsLayout *layout)
{
  guint count = 0;

  for (guint i = 0; i < layout->links->len; i++)
    count += g_array_index (layout->links, MixqBitsLink, i).is_skip;
  return count;
}

/* Every unit is seen as what it is. */
static void
assert_units (const MixqBitsLayout *layout, const MixqModel *model)
{
  guint operators = 0, pills = 0, pools = 0, selves = 0, skips = 0;

  for (guint u = 0; u < model->n_units; u++) {
    const MixqUnit *unit = &model->units[u];

    operators += unit->kind == MIXQ_UNIT_LINEAR || unit->kind == MIXQ_UNIT_PROPAGATE ||
                 unit->kind == MIXQ_UNIT_ADD || unit->kind == MIXQ_UNIT_ATTEND;
    operators += unit->kind == MIXQ_UNIT_ATTEND; /* the scores and the gathering */
    pills += unit->kind == MIXQ_UNIT_RELU || unit->kind == MIXQ_UNIT_BATCH_NORM ||
             unit->kind == MIXQ_UNIT_ATTEND;
    pools += unit->kind == MIXQ_UNIT_POOL;
    selves += unit->kind == MIXQ_UNIT_PROPAGATE && unit->adds_self;
    skips += unit->kind == MIXQ_UNIT_ADD && strstr (model->slots[unit->slot_output].name, "residual") != NULL;
  }
  g_assert_cmpuint (count_kind (layout, MIXQ_BITS_OPERATOR), ==, operators);
  g_assert_cmpuint (count_kind (layout, MIXQ_BITS_PILL), ==, pills);
  g_assert_cmpuint (count_kind (layout, MIXQ_BITS_FUNNEL), ==, pools);
  g_assert_cmpuint (count_kind (layout, MIXQ_BITS_SELF), ==, selves);
  g_assert_cmpuint (count_kind (layout, MIXQ_BITS_LOSS), ==, 1);
  g_assert_cmpuint (count_skips (layout), ==, skips);
}

static void
check_map (const MixqModel *model, double width, double height)
{
  g_autoptr (MixqBitsLayout) layout = NULL;
  int min_width, min_height;

  mixq_bits_layout_min (model, &min_width, &min_height);
  height = MAX (height, min_height);
  min_width = mixq_bits_layout_width_for (model, (int) height);
  layout = mixq_bits_layout_new (model, MAX (width, min_width), height);
  g_assert_cmpfloat (layout->width, <=, MAX (width, min_width) + 0.5);
  assert_inside (layout);
  assert_apart (layout);
  assert_every_slot_once (layout, model);
  assert_lines_are_clear (layout);
  assert_titles (layout, model);
  assert_units (layout, model);
}

/* --- tests -------------------------------------------------------------------------------------------------------------- */

static void
test_all (void)
{
  for (guint arch = 0; arch < MIXQ_N_ARCHS; arch++)
    for (guint task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++)
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
        g_autoptr (MixqModel) model = usual ((MixqArch) arch, (MixqTask) task);

        check_map (model, sizes[i][0], sizes[i][1]);
      }
}

static void
test_options (void)
{
  for (guint arch = 0; arch < MIXQ_N_ARCHS; arch++)
    for (guint bits = 0; bits < 8; bits++)
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i += 2) {
        g_autoptr (MixqModel) model = NULL;
        MixqTask task = bits & 1 ? MIXQ_TASK_GRAPHS : MIXQ_TASK_NODES;
        MixqModelSpec spec;

        mixq_model_spec_for (&spec, (MixqArch) arch, task);
        spec.batch_norm = (bits & 2) != 0;
        spec.residual = (bits & 4) != 0;
        spec.eps = !spec.batch_norm;
        spec.aggregator = MIXQ_AGGREGATOR_MEAN;
        spec.n_layers = 3;
        model = model_of (&spec, task);
        check_map (model, sizes[i][0], sizes[i][1]);
      }
}

static void
test_depths (void)
{
  for (guint arch = 0; arch < MIXQ_N_ARCHS; arch++)
    for (guint layers = 2; layers <= MIXQ_MAX_LAYERS; layers++)
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i += 3) {
        g_autoptr (MixqModel) model = NULL;
        MixqModelSpec spec;

        mixq_model_spec_for (&spec, (MixqArch) arch, MIXQ_TASK_NODES);
        spec.n_layers = layers;
        spec.hops = MIN (layers, MIXQ_MAX_HOPS); /* slots are bounded */
        model = model_of (&spec, MIXQ_TASK_NODES);
        check_map (model, sizes[i][0], sizes[i][1]);
      }
}

/* A map as wide as the window shows no less than it did when there was only one architecture. */
static void
test_gcn_fits (void)
{
  g_autoptr (MixqModel) model = usual (MIXQ_ARCH_GCN, MIXQ_TASK_NODES);
  g_autoptr (MixqBitsLayout) medium = mixq_bits_layout_new (model, 978, 184);
  g_autoptr (MixqBitsLayout) wide = mixq_bits_layout_new (model, 1414, 216);
  g_autoptr (MixqBitsLayout) full = mixq_bits_layout_new (model, 1414, 620);

  g_assert_cmpint (medium->size, ==, MIXQ_BITS_COMPACT);
  g_assert_cmpfloat_with_epsilon (medium->width, 978.0, 0.5);
  g_assert_cmpint (wide->size, ==, MIXQ_BITS_REGULAR);
  g_assert_cmpint (full->size, ==, MIXQ_BITS_REGULAR);
  g_assert_cmpuint (full->n_rows, ==, 1);
  g_assert_cmpfloat (full->stretch, >, 100.0);
}

/* Room for more rows makes a long map narrower. */
static void
test_rows (void)
{
  g_autoptr (MixqModel) model = usual (MIXQ_ARCH_GIN, MIXQ_TASK_GRAPHS);
  g_autoptr (MixqBitsLayout) full = NULL;
  int one = mixq_bits_layout_width_for (model, 184), two = mixq_bits_layout_width_for (model, 400),
      three = mixq_bits_layout_width_for (model, 600);

  g_assert_cmpint (model->n_slots, ==, 31);
  g_assert_cmpint (two, <, one);
  g_assert_cmpint (three, <, two);
  full = mixq_bits_layout_new (model, three, 600);
  g_assert_cmpuint (full->n_rows, ==, 3);
}

/* The main line is the longest way; SAGE's root and TAG's nearer hops join it, a residual skips. */
static void
test_wiring (void)
{
  static const struct
  {
    MixqArch arch;
    gboolean residual;
    guint branches, units;
  } cases[] = { { MIXQ_ARCH_GCN, FALSE, 0, 0 },
                { MIXQ_ARCH_GCN, TRUE, 1, 0 }, /* the last of two layers makes the answers */
                { MIXQ_ARCH_GIN, FALSE, 0, 0 },
                { MIXQ_ARCH_SAGE, FALSE, 2, 2 },
                { MIXQ_ARCH_TAG, FALSE, 6, 6 },
                { MIXQ_ARCH_GAT, FALSE, 0, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MixqModel) model = NULL;
    g_autoptr (MixqBitsWiring) wiring = NULL;
    MixqModelSpec spec;

    mixq_model_spec_for (&spec, cases[i].arch, MIXQ_TASK_NODES);
    spec.residual = cases[i].residual;
    model = model_of (&spec, MIXQ_TASK_NODES);
    wiring = mixq_bits_wiring_new (model);
    g_assert_cmpuint (wiring->branches->len, ==, cases[i].branches);
    g_assert_cmpuint (wiring->units->len, ==, cases[i].units);
    g_assert_true (mixq_bits_wiring_has_lanes (wiring) == (cases[i].units > 0));
  }
}

/* The list: rows in slot order, a title before each layer of more than two, and the row that is drawn is the one hit. */
static void
test_list (void)
{
  for (guint arch = 0; arch < MIXQ_N_ARCHS; arch++)
    for (guint task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++) {
      g_autoptr (MixqModel) model = usual ((MixqArch) arch, (MixqTask) task);
      float bottom = 0.0f;

      for (guint slot = 0; slot < model->n_slots; slot++) {
        graphene_rect_t row = mixq_bits_list_row (model, slot, 336.0);

        g_assert_cmpfloat (row.origin.y, >=, bottom);
        g_assert_cmpint (mixq_bits_list_hit (model, row.origin.y + 1.0), ==, slot);
        bottom = row.origin.y + row.size.height;
      }
      g_assert_cmpfloat_with_epsilon (mixq_bits_list_height (model), bottom, 0.01);
      g_assert_cmpint (mixq_bits_list_hit (model, bottom + 1.0), ==, -1);
      g_assert_cmpint (mixq_bits_list_hit (model, 1.0), ==, -1);
    }
}

/* Two slots of a layer with one role are told apart in words. */
static void
test_names (void)
{
  for (guint arch = 0; arch < MIXQ_N_ARCHS; arch++)
    for (guint task = MIXQ_TASK_NODES; task <= MIXQ_TASK_GRAPHS; task++) {
      g_autoptr (MixqModel) model = usual ((MixqArch) arch, (MixqTask) task);
      g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

      for (guint slot = 0; slot < model->n_slots; slot++) {
        const MixqSlotInfo *info = &model->slots[slot];
        g_autofree char *part = mixq_slot_dup_part (info), *title = mixq_layer_dup_title (model, info->layer);

        g_assert_cmpuint (strlen (mixq_slot_kind (info->role)), >, 0);
        g_assert_true (g_hash_table_add (names, g_strdup_printf ("%s, %s, %s, %s", title, info->symbol,
                                                                 mixq_slot_kind (info->role),
                                                                 part != NULL ? part : "")));
      }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/bits-map/all", test_all);
  g_test_add_func ("/ui/bits-map/options", test_options);
  g_test_add_func ("/ui/bits-map/depths", test_depths);
  g_test_add_func ("/ui/bits-map/gcn-fits", test_gcn_fits);
  g_test_add_func ("/ui/bits-map/rows", test_rows);
  g_test_add_func ("/ui/bits-map/wiring", test_wiring);
  g_test_add_func ("/ui/bits-map/list", test_list);
  g_test_add_func ("/ui/bits-map/names", test_names);
  return g_test_run ();
}
