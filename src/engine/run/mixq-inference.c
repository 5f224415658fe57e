/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/mixq-inference.h"

#include <string.h>

#include "base/mixq-clock.h"
#include "run/mixq-phase.h"
#include "train/mixq-plan.h"
#include "train/mixq-task.h"

static void
copy_logits (const MixqExec *exec, gsize at, double *logits)
{
  gsize classes = exec->frozen->model->n_classes;
  g_autofree double *part = mixq_exec_dup_logits (exec);

  memcpy (logits + at * classes, part, exec->inputs->n_items * classes * sizeof *logits);
}

/* One chunk: the engine, its times, and the other one beside it. */
static gboolean
infer_chunk (MixqInference *self,
             MixqFrozen *frozen,
             MixqInputs *chunk,
             gsize at,
             MixqEngine engine,
             guint repeats,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (MixqExec) exec = NULL, other = NULL;
  g_autofree double *seconds = g_new (double, repeats);

  for (guint i = 0; i < repeats; i++) {
    double start = mixq_clock_ms ();

    g_clear_pointer (&exec, mixq_exec_free);
    exec = mixq_exec_new (frozen, chunk, engine, cancellable, error);
    if (exec == NULL)
      return FALSE;
    seconds[i] = (mixq_clock_ms () - start) / 1e3;
  }
  self->seconds += mixq_phase_median (seconds, repeats);
  copy_logits (exec, at, self->logits);
  if (self->simulated == NULL)
    return TRUE;
  other = mixq_exec_new (frozen, chunk, MIXQ_ENGINE_SIMULATED, cancellable, error);
  if (other == NULL)
    return FALSE;
  copy_logits (other, at, self->simulated);
  self->n_equal += mixq_exec_count_equal (exec, other, &self->n_codes);
  return TRUE;
}

MixqInference *
mixq_infer (MixqFrozen *frozen,
            MixqInputs *inputs,
            MixqEngine engine,
            gboolean prove,
            guint repeats,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (MixqInference) self = g_new0 (MixqInference, 1);
  g_autoptr (MixqPlan) plan = mixq_plan_new (inputs, frozen->model, NULL);
  gsize n = MAX (inputs->n_items * frozen->model->n_classes, 1), at = 0;

  self->logits = g_new0 (double, n);
  self->simulated = prove ? g_new0 (double, n) : NULL;
  for (guint i = 0; i < mixq_plan_n_chunks (plan); i++) {
    MixqInputs *chunk = mixq_plan_chunk (plan, i);

    if (!infer_chunk (self, frozen, chunk, at, engine, MAX (repeats, 1), cancellable, error))
      return NULL;
    at += chunk->n_items;
  }
  return g_steal_pointer (&self);
}

gboolean
mixq_infer_compare (MixqFrozen *a,
                    MixqFrozen *b,
                    MixqInputs *inputs,
                    GCancellable *cancellable,
                    double *codes,
                    double *predictions,
                    GError **error)
{
  g_autoptr (MixqPlan) plan = mixq_plan_new (inputs, a->model, NULL);
  gsize equal = 0, total = 0;
  double alike = 0;

  for (guint i = 0; i < mixq_plan_n_chunks (plan); i++) {
    MixqInputs *chunk = mixq_plan_chunk (plan, i);
    g_autoptr (MixqExec) first = mixq_exec_new (a, chunk, MIXQ_ENGINE_INTEGER, cancellable, error);
    g_autoptr (MixqExec)
        second = first != NULL ? mixq_exec_new (b, chunk, MIXQ_ENGINE_INTEGER, cancellable, error) : NULL;
    g_autofree double *p = NULL, *q = NULL;

    if (second == NULL)
      return FALSE;
    equal += mixq_exec_count_equal (first, second, &total);
    p = mixq_exec_dup_logits (first);
    q = mixq_exec_dup_logits (second);
    alike += mixq_task_agreement_double (chunk, p, q) * (double) chunk->n_items;
  }
  *codes = total > 0 ? (double) equal / (double) total : 1;
  *predictions = inputs->n_items > 0 ? alike / (double) inputs->n_items : 1;
  return TRUE;
}

void
mixq_inference_free (MixqInference *self)
{
  g_free (self->logits);
  g_free (self->simulated);
  g_free (self);
}
