/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions about the points of the run: one by id or by what it is, and the way along them. */
#include "config.h"

#include "mixq-run-model-private.h"

#include <string.h>

MixqPoint *
mixq_run_model_find_point (MixqRunModel *self, gint64 id)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);

  for (guint i = 0; self->points != NULL && id >= 0 && i < self->points->len; i++) {
    MixqPoint *point = self->points->pdata[i];

    if (point->id == id)
      return point;
  }
  return NULL;
}

MixqPoint *
mixq_run_model_peek_float (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);

  for (guint i = 0; self->points != NULL && i < self->points->len; i++) {
    MixqPoint *point = self->points->pdata[i];

    if (point->kind == MIXQ_POINT_FLOAT)
      return point;
  }
  return NULL;
}

MixqPoint *
mixq_run_model_peek_recommended (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);

  for (guint i = 0; self->points != NULL && i < self->points->len; i++) {
    MixqPoint *point = self->points->pdata[i];

    if (point->recommended && point->kind != MIXQ_POINT_FLOAT)
      return point;
  }
  return NULL;
}

MixqPoint *
mixq_run_model_peek_current (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);

  for (guint i = 0; self->snapshot != NULL && self->points != NULL && i < self->points->len; i++) {
    MixqPoint *point = self->points->pdata[i];

    if (point->kind != MIXQ_POINT_FLOAT && point->n_slots == self->snapshot->n_slots &&
        memcmp (point->bits, self->snapshot->bits, point->n_slots) == 0)
      return point;
  }
  return NULL;
}

MixqPoint *
mixq_run_model_peek_shown (MixqRunModel *self)
{
  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);
  return mixq_run_model_find_point (self, self->selected_point);
}

static int
compare_cost (gconstpointer a, gconstpointer b)
{
  const MixqPoint *left = *(MixqPoint *const *) a, *right = *(MixqPoint *const *) b;

  if (left->cost_share != right->cost_share)
    return left->cost_share < right->cost_share ? -1 : 1;
  return left->id < right->id ? -1 : 1;
}

gint64
mixq_run_model_walk_points (MixqRunModel *self, gint64 from, int delta)
{
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  int at = -1;

  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), MIXQ_NO_POINT);

  if (self->points == NULL || self->points->len == 0)
    return MIXQ_NO_POINT;
  g_ptr_array_extend (order, self->points, NULL, NULL);
  g_ptr_array_sort (order, compare_cost);
  for (guint i = 0; i < order->len; i++)
    if (((MixqPoint *) order->pdata[i])->id == from)
      at = (int) i;
  if (at < 0)
    at = delta > 0 ? 0 : (int) order->len - 1;
  else
    at = CLAMP (at + delta, 0, (int) order->len - 1);
  return ((MixqPoint *) order->pdata[at])->id;
}

const guint16 *
mixq_run_model_peek_prediction (MixqRunModel *self, const guint8 **confidence)
{
  MixqPoint *shown;
  gboolean live;

  g_return_val_if_fail (MIXQ_IS_RUN_MODEL (self), NULL);

  shown = mixq_run_model_peek_shown (self);
  if (shown != NULL && shown->prediction != NULL) {
    if (confidence != NULL)
      *confidence = shown->confidence;
    return shown->prediction;
  }
  live = self->snapshot != NULL &&
         self->snapshot->phase != MIXQ_PHASE_FLOAT; /* until then nothing is predicted */
  if (confidence != NULL)
    *confidence = live ? self->snapshot->confidence : NULL;
  return live ? self->snapshot->prediction : NULL;
}
