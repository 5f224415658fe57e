/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What leaves a session: snapshots, history, points. All immutable once out. */
#include <math.h>
#include <string.h>

#include "run/mixq-session-private.h"

#define HISTORY_ROWS 2048
/* A recommended point loses at most this much validation accuracy against float32. */
#define RECOMMENDED_LOSS 0.01

/* --- snapshots ----------------------------------------------------------------------------------------------------- */

MixqSnapshot *
mixq_snapshot_new (MixqSession *session, MixqPhase phase)
{
  const MixqModel *model = session->model;
  MixqSnapshot *self = g_new0 (MixqSnapshot, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->generation = session->generation;
  self->phase = phase;
  self->n_slots = model->n_slots;
  self->n_choices = session->config.n_choices;
  memcpy (self->choices, session->config.choices, sizeof self->choices);
  self->alpha = g_new0 (float, self->n_slots * self->n_choices);
  self->bits = g_new0 (guint8, self->n_slots);
  self->pinned = g_new0 (guint8, self->n_slots);
  self->share = g_new0 (double, self->n_slots);
  self->scale = g_new0 (float, self->n_slots);
  self->zero_point = g_new0 (int, self->n_slots);
  self->n_items = mixq_model_n_items (model);
  self->prediction = g_new0 (guint16, MAX (self->n_items, 1));
  self->confidence = g_new0 (guint8, MAX (self->n_items, 1));
  for (int part = 0; part < 4; part++)
    self->accuracy[part] = NAN;
  return self;
}

MixqSnapshot *
mixq_snapshot_ref (MixqSnapshot *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mixq_snapshot_unref (MixqSnapshot *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->message);
  g_free (self->alpha);
  g_free (self->bits);
  g_free (self->pinned);
  g_free (self->share);
  g_free (self->scale);
  g_free (self->zero_point);
  g_free (self->prediction);
  g_free (self->confidence);
  g_free (self);
}

static void
fill_slot (MixqSnapshot *self, const MixqSlot *slot, guint s, double *expected)
{
  const MixqQuantizer *q;

  expected[s] = 0;
  for (guint k = 0; k < self->n_choices; k++) {
    self->alpha[s * self->n_choices + k] = slot->p[k];
    expected[s] += (double) slot->p[k] * slot->bits[k];
    if (slot->bits[k] == self->bits[s]) {
      q = &slot->quantizer[k];
      self->scale[s] = q->scale[0];
      self->zero_point[s] = (int) lrintf (q->zero[0]);
    }
  }
  self->pinned[s] = slot->n_active == 1 && slot->n_choices > 1 ? self->bits[s] : 0;
}

void
mixq_snapshot_fill_search (MixqSnapshot *self, MixqSession *session, MixqTrainer *trainer, double lambda)
{
  MixqNet *net = mixq_trainer_peek_net (trainer);
  g_autofree double *expected = g_new (double, self->n_slots), *chosen = g_new (double, self->n_slots);

  for (guint s = 0; s < self->n_slots; s++) {
    self->bits[s] = mixq_net_selected (net, s);
    fill_slot (self, &net->slots[s], s, expected);
    chosen[s] = self->bits[s];
  }
  self->lambda = lambda;
  self->lambda_paper = mixq_penalty_paper_equivalent (
      session->config.penalty, session->model, session->cost_model, self->n_choices, self->choices, lambda);
  self->expected_cost = mixq_cost_model_eval (session->cost_model, expected, NULL);
  self->selected_share = mixq_cost_model_eval (session->cost_model, chosen, NULL);
  mixq_cost_model_shares (session->cost_model, expected, self->share);
  mixq_cost_count (session->model, self->bits, &self->selected);
  mixq_trainer_predict (trainer, self->prediction, self->confidence, NULL);
}

/* --- history ------------------------------------------------------------------------------------------------------- */

static void
history_allocate (MixqHistory *self, guint rows)
{
  self->step = g_renew (guint, self->step, rows);
  self->lambda = g_renew (float, self->lambda, rows);
  self->val_accuracy = g_renew (float, self->val_accuracy, rows);
  self->loss = g_renew (float, self->loss, rows);
  self->expected_cost = g_renew (float, self->expected_cost, rows);
  self->alpha = g_renew (float, self->alpha, (gsize) rows * self->n_slots * self->n_choices);
}

static void
history_move_row (MixqHistory *self, guint to, guint from)
{
  gsize width = (gsize) self->n_slots * self->n_choices;

  self->step[to] = self->step[from];
  self->lambda[to] = self->lambda[from];
  self->val_accuracy[to] = self->val_accuracy[from];
  self->loss[to] = self->loss[from];
  self->expected_cost[to] = self->expected_cost[from];
  memmove (self->alpha + to * width, self->alpha + from * width, width * sizeof (float));
}

void
mixq_history_log_append (MixqHistoryLog *self, const MixqSnapshot *figures)
{
  MixqHistory *rows = &self->rows;
  gsize width = (gsize) figures->n_slots * figures->n_choices;
  guint at;

  if (self->stride == 0) {
    self->stride = 1;
    rows->n_slots = figures->n_slots;
    rows->n_choices = figures->n_choices;
    history_allocate (rows, HISTORY_ROWS);
  }
  if (figures->step % self->stride != 0)
    return;
  if (rows->n_rows == HISTORY_ROWS) {
    for (guint r = 0; r < HISTORY_ROWS / 2; r++)
      history_move_row (rows, r, 2 * r + 1);
    rows->n_rows = HISTORY_ROWS / 2;
    self->stride *= 2;
    if (figures->step % self->stride != 0)
      return;
  }
  at = rows->n_rows++;
  rows->step[at] = figures->step;
  rows->lambda[at] = (float) figures->lambda;
  rows->val_accuracy[at] = (float) figures->accuracy[MIXQ_PART_VAL];
  rows->loss[at] = (float) figures->loss;
  rows->expected_cost[at] = (float) figures->expected_cost;
  memcpy (rows->alpha + at * width, figures->alpha, width * sizeof (float));
}

static void
history_clear (MixqHistory *self)
{
  g_free (self->step);
  g_free (self->lambda);
  g_free (self->val_accuracy);
  g_free (self->loss);
  g_free (self->expected_cost);
  g_free (self->alpha);
}

void
mixq_history_log_clear (MixqHistoryLog *self)
{
  history_clear (&self->rows);
}

MixqHistory *
mixq_history_copy (const MixqHistory *self)
{
  MixqHistory *copy = g_new0 (MixqHistory, 1);
  gsize n = self->n_rows, width = (gsize) self->n_slots * self->n_choices;

  *copy = (MixqHistory){ .n_rows = self->n_rows, .n_slots = self->n_slots, .n_choices = self->n_choices };
  if (n == 0)
    return copy;
  copy->step = g_memdup2 (self->step, n * sizeof *self->step);
  copy->lambda = g_memdup2 (self->lambda, n * sizeof (float));
  copy->val_accuracy = g_memdup2 (self->val_accuracy, n * sizeof (float));
  copy->loss = g_memdup2 (self->loss, n * sizeof (float));
  copy->expected_cost = g_memdup2 (self->expected_cost, n * sizeof (float));
  copy->alpha = g_memdup2 (self->alpha, n * width * sizeof (float));
  return copy;
}

void
mixq_history_free (MixqHistory *self)
{
  history_clear (self);
  g_free (self);
}

/* --- points -------------------------------------------------------------------------------------------------------- */

MixqRecord *
mixq_record_new (MixqPointKind kind, const guint8 *bits, guint n_slots)
{
  MixqRecord *self = g_new0 (MixqRecord, 1);

  self->kind = kind;
  self->lambda = NAN;
  self->agreement = 1;
  memcpy (self->bits, bits, n_slots);
  return self;
}

MixqRecord *
mixq_record_copy (const MixqRecord *self)
{
  MixqRecord *copy = g_memdup2 (self, sizeof *self);

  if (copy->finished != NULL)
    mixq_finished_ref (copy->finished);
  if (copy->float_model != NULL)
    mixq_float_model_ref (copy->float_model);
  return copy;
}

void
mixq_record_free (MixqRecord *self)
{
  g_clear_pointer (&self->finished, mixq_finished_unref);
  g_clear_pointer (&self->float_model, mixq_float_model_unref);
  g_free (self);
}

/* Mean and standard error over seeds; the error of one seed is unknown and shown as 0. */
static void
mean_and_error (const MixqRecord *record, MixqPart part, double *mean, double *standard_error)
{
  double sum = 0, squares = 0, n = record->n_seeds;

  for (guint i = 0; i < record->n_seeds; i++)
    sum += record->accuracy[i].part[part];
  *mean = sum / n;
  for (guint i = 0; i < record->n_seeds; i++)
    squares += pow (record->accuracy[i].part[part] - *mean, 2);
  if (standard_error != NULL)
    *standard_error = record->n_seeds > 1 ? sqrt (squares / (n - 1) / n) : 0;
}

static MixqPoint *
point_new (const MixqSession *session, MixqRecord *record)
{
  MixqPoint *self = g_new0 (MixqPoint, 1);
  guint n_slots = session->model->n_slots;
  g_autofree double *widths = g_new (double, n_slots);

  g_atomic_ref_count_init (&self->ref_count);
  self->id = record->id;
  self->kind = record->kind;
  self->n_slots = n_slots;
  self->bits = g_memdup2 (record->bits, n_slots);
  self->lambda = record->lambda;
  self->step = record->step;
  if (record->finished != NULL)
    mixq_finished_cost (record->finished, session->model, record->bits, &self->cost);
  else
    mixq_cost_count (session->model, record->kind == MIXQ_POINT_FLOAT ? NULL : record->bits, &self->cost);
  for (guint s = 0; s < n_slots; s++)
    widths[s] = record->bits[s];
  self->cost_share = record->kind == MIXQ_POINT_FLOAT
                         ? 1
                         : mixq_cost_model_eval (session->cost_model, widths, NULL);
  self->milliseconds = record->milliseconds;
  self->n_seeds = record->n_seeds;
  mean_and_error (record, MIXQ_PART_VAL, &self->val_mean, &self->val_stderr);
  mean_and_error (record, MIXQ_PART_TEST, &self->test_mean, &self->test_stderr);
  mean_and_error (record, MIXQ_PART_TRAIN, &self->train_mean, NULL);
  self->agreement = record->agreement;
  self->distilled = record->distilled;
  self->methods = record->methods;
  self->n_items = mixq_model_n_items (session->model);
  self->prediction = g_memdup2 (record->finished != NULL ? record->finished->prediction
                                                         : record->float_model->prediction,
                                self->n_items * sizeof (guint16));
  self->confidence = g_memdup2 (record->finished != NULL ? record->finished->confidence
                                                         : record->float_model->confidence,
                                self->n_items);
  if (record->finished != NULL && record->finished->frozen != NULL)
    self->frozen = mixq_frozen_ref (record->finished->frozen);
  return self;
}

MixqPoint *
mixq_point_ref (MixqPoint *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mixq_point_unref (MixqPoint *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->frozen != NULL)
    mixq_frozen_unref (self->frozen);
  g_free (self->bits);
  g_free (self->prediction);
  g_free (self->confidence);
  g_free (self);
}

static gboolean
dominates (const MixqPoint *a, const MixqPoint *b)
{
  return a->cost_share <= b->cost_share && a->val_mean >= b->val_mean &&
         (a->cost_share < b->cost_share || a->val_mean > b->val_mean);
}

static void
mark_front (GPtrArray *points)
{
  double float_val = NAN;
  MixqPoint *best = NULL;

  for (guint i = 0; i < points->len; i++) {
    MixqPoint *point = points->pdata[i];

    point->on_front = !isnan (point->val_mean);
    for (guint j = 0; j < points->len && point->on_front; j++)
      point->on_front = !dominates (points->pdata[j], point);
    if (point->kind == MIXQ_POINT_FLOAT)
      float_val = point->val_mean;
  }
  for (guint i = 0; i < points->len; i++) {
    MixqPoint *point = points->pdata[i];

    if (point->kind != MIXQ_POINT_FLOAT && point->val_mean >= float_val - RECOMMENDED_LOSS &&
        (best == NULL || point->cost_share < best->cost_share ||
         (point->cost_share == best->cost_share && point->val_mean > best->val_mean)))
      best = point;
  }
  if (best != NULL)
    best->recommended = TRUE;
}

GPtrArray *
mixq_points_build (const MixqSession *session)
{
  GPtrArray *points = g_ptr_array_new_with_free_func ((GDestroyNotify) mixq_point_unref);

  for (guint i = 0; i < session->records->len; i++)
    g_ptr_array_add (points, point_new (session, session->records->pdata[i]));
  mark_front (points);
  return points;
}
