/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole run, phase by phase. */
#include <math.h>
#include <string.h>

#include "run/mixq-memory.h"
#include "run/mixq-ms-table.h"
#include "run/mixq-phase.h"
#include "run/mixq-run-diagnose.h"

static void
warn_about (MixqRunResult *self, const char *warning)
{
  g_ptr_array_add (self->warnings, g_strdup (warning));
}

static void
collect_warnings (MixqRunResult *self)
{
  mixq_run_diagnose (self);
  if (self->config.distill == MIXQ_DISTILL_TRANSDUCTIVE)
    warn_about (
        self,
        "distilled: trained against the float32 model's predictions on all nodes or graphs; compare only "
        "with float32 trained the same way");
  if (self->config.reference)
    warn_about (self,
                "reference: the published arithmetic has scales on summed indices and broken zero-points, so "
                "this model cannot be frozen to integers; run without --reference for an integer model");
}

static gboolean
run_phases (MixqRunResult *self, const MixqPhaseControl *control, GError **error)
{
  if (self->float_model == NULL)
    self->float_model = mixq_float_model_train (self->model, self->inputs, &self->config, control, error);
  if (self->float_model == NULL)
    return FALSE;
  if (self->config.method == MIXQ_METHOD_FIXED) {
    memcpy (self->selection.bits, self->config.fixed, self->model->n_slots);
    for (int part = 0; part < 4; part++)
      self->selection.accuracy.part[part] = NAN;
  } else if (!mixq_search_run (self->float_model, &self->config, self->commands, control, &self->selection,
                               error)) {
    return FALSE;
  }
  self->finished = mixq_finish (self->float_model, &self->config, self->selection.bits, control, error);
  return self->finished != NULL;
}

static void
describe_plan (MixqRunResult *self)
{
  const MixqPlanOptions options = mixq_run_config_get_plan (&self->config);
  g_autoptr (MixqPlan) plan = mixq_plan_new (self->inputs, self->model, &options);

  self->plan = mixq_plan_describe (plan);
}

MixqRunResult *
mixq_run (MixqModel *model,
          MixqInputs *inputs,
          const MixqRunConfig *config,
          MixqFloatModel *float_model,
          const GArray *commands,
          const MixqPhaseControl *control,
          GError **error)
{
  g_autoptr (MixqRunResult) self = g_new0 (MixqRunResult, 1);
  gint64 start = g_get_monotonic_time ();
  double rss = mixq_memory_start_peak ();

  self->model = mixq_model_ref (model);
  self->inputs = mixq_inputs_ref (inputs);
  self->config = *config;
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  if (float_model != NULL)
    self->float_model = mixq_float_model_ref (float_model);
  if (commands != NULL && commands->len > 0) {
    self->commands = g_array_new (FALSE, FALSE, sizeof (MixqCommand));
    g_array_append_vals (self->commands, commands->data, commands->len);
  }
  if (!mixq_run_config_check (config, model, error))
    return NULL;
  if (config->cost == MIXQ_COST_MS && !config->ms.measured)
    mixq_ms_table_measure (&self->config.ms, model, inputs, config->n_choices, config->choices);
  if (!run_phases (self, control, error))
    return NULL;
  describe_plan (self);
  mixq_cost_count (model, NULL, &self->cost_float);
  mixq_finished_cost (self->finished, model, self->selection.bits, &self->cost);
  collect_warnings (self);
  self->seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  self->peak_mib = mixq_memory_peak_mib () - rss;
  return g_steal_pointer (&self);
}

void
mixq_run_result_free (MixqRunResult *self)
{
  g_clear_pointer (&self->finished, mixq_finished_unref);
  g_clear_pointer (&self->float_model, mixq_float_model_unref);
  g_clear_pointer (&self->commands, g_array_unref);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  g_free (self->plan);
  g_clear_pointer (&self->inputs, mixq_inputs_unref);
  g_clear_pointer (&self->model, mixq_model_unref);
  g_free (self);
}
