/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/mixq-buffers.h"

#include <string.h>
#include <sys/mman.h>

#define ALIGNMENT 64
#define HUGE_PAGE ((gsize) 2 << 20)
#define HUGE_FROM ((gsize) 8 << 20)

float *
mixq_buffer_new (gsize n)
{
  gsize bytes = (MAX (n, 1) * sizeof (float) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  gboolean huge = bytes >= HUGE_FROM;
  float *buffer = g_aligned_alloc (1, bytes, huge ? HUGE_PAGE : ALIGNMENT);

#ifdef MADV_HUGEPAGE
  if (huge)
    madvise (buffer, bytes, MADV_HUGEPAGE); /* a hint: nothing is lost where it fails */
#endif
  memset (buffer, 0, bytes);
  return buffer;
}

void
mixq_buffer_free (float *buffer)
{
  if (buffer != NULL)
    g_aligned_free (buffer);
}

/* --- what shares a block ------------------------------------------------------------------------------------------- */

/* @n floats that are needed from step @from to step @to; @where: the pointer that gets them. */
typedef struct
{
  float **where;
  gsize n;
  int from, to;
} Need;

/* @memory: (nullable): what is there already and becomes free behind step @free_after. */
typedef struct
{
  gsize n;
  int free_after;
  float *memory;
} Block;

static int
compare_needs (const void *a, const void *b)
{
  const Need *x = a, *y = b;

  if (x->from != y->from)
    return x->from < y->from ? -1 : 1;
  return (x->n < y->n) - (x->n > y->n);
}

/*
 * The smallest free block that holds @need; else the largest free one that may still grow; else a new one. What is there
 * already does not grow.
 */
static guint
find_block (GArray *blocks, const Need *need)
{
  int best = -1;

  for (guint b = 0; b < blocks->len; b++) {
    const Block *block = &g_array_index (blocks, Block, b);
    gsize held = best >= 0 ? g_array_index (blocks, Block, best).n : 0;

    if (block->free_after >= need->from || (block->memory != NULL && block->n < need->n))
      continue;
    if (best < 0 || (held < need->n ? block->n > held : block->n >= need->n && block->n < held))
      best = (int) b;
  }
  if (best < 0) {
    g_array_append_vals (blocks, &(Block){ 0 }, 1);
    best = (int) blocks->len - 1;
  }
  return (guint) best;
}

static void
take (MixqNet *self, float **where, gsize n)
{
  *where = mixq_buffer_new (n);
  self->buffer_bytes += n * sizeof (float);
  g_ptr_array_add (self->blocks, *where);
}

/* Gives each of @needs memory: of @blocks, and of new ones. */
static void
share (MixqNet *self, GArray *needs, GArray *blocks)
{
  g_autofree guint *block_of = g_new (guint, MAX (needs->len, 1));

  g_array_sort (needs, compare_needs);
  for (guint i = 0; i < needs->len; i++) {
    const Need *need = &g_array_index (needs, Need, i);
    guint b = find_block (blocks, need);

    g_array_index (blocks, Block, b).n = MAX (g_array_index (blocks, Block, b).n, need->n);
    g_array_index (blocks, Block, b).free_after = need->to;
    block_of[i] = b;
  }
  for (guint b = 0; b < blocks->len; b++) {
    Block *block = &g_array_index (blocks, Block, b);

    if (block->memory == NULL)
      take (self, &block->memory, block->n);
  }
  for (guint i = 0; i < needs->len; i++)
    *g_array_index (needs, Need, i).where = g_array_index (blocks, Block, block_of[i]).memory;
}

/* --- values -------------------------------------------------------------------------------------------------------- */

static gsize
floats_of (const MixqNet *self, int v)
{
  gsize rows = self->model->value_of_graphs[v] ? self->capacity.graphs : self->capacity.nodes;

  return rows * self->model->value_cols[v];
}

/* The unit changes its input in place, or hands it on as it is. */
static gboolean
is_in_place (const MixqNet *self, guint u)
{
  const MixqUnit *unit = &self->model->units[u];

  switch (unit->kind) {
  case MIXQ_UNIT_RELU:
    return self->n_readers[unit->input] == 1;
  case MIXQ_UNIT_DROPOUT:
    return self->lean || unit->drop <= 0;
  case MIXQ_UNIT_PROPAGATE:
    return (int) u == self->gathers_first;
  default:
    return FALSE;
  }
}

/* Full features are read where they are: only what is quantized of them has a buffer. */
static gboolean
is_full (const MixqNet *self, guint u)
{
  return self->model->units[u].kind == MIXQ_UNIT_FEATURES && mixq_model_features_are_full (self->model);
}

static gboolean
has_value (const MixqNet *self, guint u)
{
  return !is_in_place (self, u) && (self->quantized || !is_full (self, u));
}

/* The logits are for whoever asks. */
static int
last_reader (const MixqNet *self, int v)
{
  return self->n_readers[v] > 0 ? self->last_reader[v] : (int) self->model->n_units;
}

/* Lean: from the unit that writes a value to the last one that reads it, or what was made of it in place. */
static void
share_values (MixqNet *self)
{
  const MixqModel *model = self->model;
  g_autoptr (GArray) needs = g_array_new (FALSE, FALSE, sizeof (Need));
  g_autoptr (GArray) blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  g_autofree int *last = g_new (int, model->n_values);

  for (guint v = 0; v < model->n_values; v++)
    last[v] = last_reader (self, (int) v);
  for (guint u = model->n_units; u-- > 0;)
    if (is_in_place (self, u))
      last[model->units[u].input] = MAX (last[model->units[u].input], last[model->units[u].output]);
  for (guint u = 0; u < model->n_units; u++) {
    int v = model->units[u].output;

    if (has_value (self, u))
      g_array_append_vals (needs, &(Need){ &self->value[v], floats_of (self, v), (int) u, last[v] }, 1);
  }
  if (self->gathers_first >= 0) {
    const MixqUnit *linear = &model
                                  ->units[mixq_model_writer (model, model->units[self->gathers_first].input)];
    int at = (int) (linear - model->units);

    g_array_append_vals (needs, &(Need){ &self->gathered, floats_of (self, linear->input), at, at }, 1);
  }
  share (self, needs, blocks);
}

/* Training: backward reads most of them, the next step's training pass the others. */
static void
keep_values (MixqNet *self)
{
  const MixqModel *model = self->model;

  for (guint u = 0; u < model->n_units; u++) {
    int v = model->units[u].output;

    if (has_value (self, u))
      take (self, &self->value[v], floats_of (self, v));
    if (self->quantized && model->units[u].slot_output >= 0 && !is_full (self, u))
      take (self, &self->pre[v], floats_of (self, v));
    if ((int) u == self->gathers_first) {
      int linear = mixq_model_writer (model, model->units[u].input);

      take (self, &self->gathered, floats_of (self, model->units[linear].input));
    }
  }
}

/* --- gradients ----------------------------------------------------------------------------------------------------- */

/* Whether the unit or anything before it may learn: slots may be switched on and off, so any slot counts. */
static gboolean
may_learn (const MixqNet *self, guint u, const gboolean *learning)
{
  const MixqUnit *unit = &self->model->units[u];

  if (self->weights[u].rows > 0 || self->vectors[u].n > 0)
    return TRUE;
  if (self->quantized && (unit->slot_input >= 0 || unit->slot_operand >= 0 || unit->slot_output >= 0))
    return TRUE;
  for (guint i = 0; i < unit->n_inputs; i++)
    if (learning[mixq_unit_input (unit, i)])
      return TRUE;
  return FALSE;
}

/*
 * Whether unit @u may turn the gradient of its output into that of its input in place: elementwise, and both have the same
 * rows. Those of a batch norm's output are all, whatever is read of it, and those of the logits are what the loss says.
 */
static gboolean
shares_gradient (const MixqNet *self, guint u)
{
  const MixqModel *model = self->model;
  const MixqUnit *unit = &model->units[u];
  int writer = mixq_model_writer (model, unit->input);

  if (unit->kind != MIXQ_UNIT_RELU && unit->kind != MIXQ_UNIT_DROPOUT && (int) u != self->gathers_first)
    return FALSE;
  return self->n_readers[unit->input] == 1 && u + 1 < model->n_units && writer >= 0 &&
         model->units[writer].kind != MIXQ_UNIT_BATCH_NORM;
}

/* Wide products read all of their input before they write its gradient. */
static gboolean
is_wide_product (const MixqUnit *unit)
{
  return unit->kind == MIXQ_UNIT_LINEAR && unit->out_cols > MIXQ_NARROW;
}

/* The last step of backward that reads value @v, in the order of share_gradients(). */
static int
last_use (const MixqNet *self, int v)
{
  const MixqModel *model = self->model;
  int n = (int) model->n_units, writer = mixq_model_writer (model, v);

  switch (model->units[writer].kind) {
  case MIXQ_UNIT_DROPOUT: /* draws its mask again */
    if (self->n_readers[v] == 1 && is_wide_product (&model->units[self->last_reader[v]]))
      return n - 2 - self->last_reader[v];
    return n - 2 - writer;
  case MIXQ_UNIT_LINEAR:
  case MIXQ_UNIT_PROPAGATE: /* read their input and the gradient of their output */
    return n - 2 - writer;
  default:
    return n;
  }
}

/* Memory of values that backward has read for the last time; the forward pass writes them anew. Logits are kept. */
static GArray *
values_done_with (const MixqNet *self)
{
  const MixqModel *model = self->model;
  GArray *blocks = g_array_new (FALSE, FALSE, sizeof (Block));

  for (guint u = 0; u + 1 < model->n_units; u++) {
    int v = model->units[u].output;

    if (self->value[v] != NULL && !self->constant[v])
      g_array_append_vals (blocks, &(Block){ floats_of (self, v), last_use (self, v), self->value[v] }, 1);
  }
  return blocks;
}

/*
 * Backward goes through the units from the last to the first: a gradient is needed from the last reader of its value to its
 * writer. That of the logits stays: the loss writes it, and whoever wants to reads it.
 */
static void
share_gradients (MixqNet *self)
{
  const MixqModel *model = self->model;
  int n = (int) model->n_units;
  g_autoptr (GArray) needs = g_array_new (FALSE, FALSE, sizeof (Need)), blocks = NULL;
  g_autofree gboolean *learning = g_new0 (gboolean, model->n_values);
  g_autofree int *same = g_new (int, model->n_values), *until = g_new0 (int, model->n_values);

  for (int u = 0; u < n; u++) {
    learning[model->units[u].output] = may_learn (self, (guint) u, learning);
    until[model->units[u].output] = n - 1 - u;
  }
  until[model->units[n - 1].output] = n;
  for (guint v = 0; v < model->n_values; v++)
    same[v] = (int) v;
  for (int u = n - 1; u >= 0; u--) {
    const MixqUnit *unit = &model->units[u];

    if (learning[unit->input] && shares_gradient (self, (guint) u)) {
      same[unit->input] = same[unit->output];
      until[same[unit->output]] = until[unit->input];
    }
  }
  for (guint v = 1; v < model->n_values; v++)
    if (learning[v] && same[v] == (int) v)
      g_array_append_vals (
          needs,
          &(Need){ &self->grad[v], floats_of (self, (int) v), n - 1 - last_reader (self, (int) v), until[v] },
          1);
  blocks = values_done_with (self);
  share (self, needs, blocks);
  for (guint v = 1; v < model->n_values; v++)
    if (learning[v])
      self->grad[v] = self->grad[same[v]];
}

/* What one of several readers adds. */
static void
take_part (MixqNet *self)
{
  gsize n = 0;

  for (guint v = 1; v < self->model->n_values; v++)
    if (self->n_readers[v] > 1 && self->grad[v] != NULL)
      n = MAX (n, floats_of (self, (int) v));
  if (n > 0)
    take (self, &self->grad_part, n);
}

/* --- all ------------------------------------------------------------------------------------------------------------- */

static void
take_edges (MixqNet *self)
{
  for (guint u = 0; u < self->model->n_units; u++) {
    const MixqUnit *unit = &self->model->units[u];

    if (unit->slot_operand >= 0 && unit->kind == MIXQ_UNIT_PROPAGATE && self->quantized)
      take (self, &self->edge_value[u], self->capacity.edges);
    if (unit->kind != MIXQ_UNIT_ATTEND)
      continue;
    take (self, &self->edge_value[u], self->capacity.edges * unit->heads);
    take (self, &self->score[u], 3 * self->capacity.nodes * 2 * unit->heads);
    if (!self->lean && (self->quantized || self->keep < 1))
      take (self, &self->attention[u], self->capacity.edges * unit->heads);
  }
  if (self->quantized && !self->lean)
    take (self, &self->edge_grad, self->capacity.edges);
}

static void
take_features (MixqNet *self)
{
  gboolean sparse = FALSE, drops = FALSE;

  for (guint u = 0; u < self->model->n_units; u++)
    if (self->model->units[u].slot_input >= 0) {
      sparse = TRUE;
      drops = drops || (self->model->units[u].drop > 0 && !self->lean);
    }
  if (!sparse || !(self->quantized || drops))
    return;
  take (self, &self->feature_value, self->capacity.entries);
  if (self->quantized && !self->lean)
    take (self, &self->feature_grad, self->capacity.entries);
}

void
mixq_buffers_build (MixqNet *self)
{
  mixq_buffers_clear (self);
  if (self->lean) {
    share_values (self);
  } else {
    keep_values (self);
    share_gradients (self);
    take_part (self);
  }
  take_edges (self);
  take_features (self);
  for (guint v = 1; v < self->model->n_values; v++)
    self->read[v] = self->value[v];
}

void
mixq_buffers_clear (MixqNet *self)
{
  for (guint v = 0; v < self->model->n_values; v++)
    self->value[v] = self->pre[v] = self->grad[v] = self->read[v] = NULL;
  for (guint u = 0; u < self->model->n_units; u++)
    self->edge_value[u] = self->attention[u] = self->score[u] = NULL;
  self->feature_value = self->feature_grad = self->edge_grad = self->grad_part = self->gathered = NULL;
  g_ptr_array_set_size (self->blocks, 0);
  for (guint i = 0; i < G_N_ELEMENTS (self->scratch); i++) {
    g_clear_pointer (&self->scratch[i], mixq_buffer_free);
    self->scratch_room[i] = 0;
  }
  self->buffer_bytes = 0;
}

float *
mixq_net_scratch (MixqNet *self, guint i, gsize n)
{
  if (self->scratch[i] == NULL || self->scratch_room[i] < n) {
    mixq_buffer_free (self->scratch[i]);
    self->scratch[i] = mixq_buffer_new (n);
    self->scratch_room[i] = n;
  }
  return self->scratch[i];
}
