/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "reproduce/mixq-reproduce.h"

/* The same weights with one width a slot, then back. Ranges are calibrated, so nothing but the choice changes. */
static void
look_rounded (MixqTrainer *trainer, const guint8 *bits, MixqProbe *probe)
{
  MixqNet *net = mixq_trainer_peek_net (trainer);
  MixqEpoch figures;

  for (guint s = 0; s < net->n_slots; s++)
    mixq_net_pin (net, s, bits[s]);
  mixq_trainer_evaluate (trainer, &figures);
  probe->rounded_val = figures.accuracy[MIXQ_PART_VAL];
  probe->rounded_test = figures.accuracy[MIXQ_PART_TEST];
  for (guint s = 0; s < net->n_slots; s++)
    mixq_net_pin (net, s, 0);
  mixq_trainer_evaluate (trainer, NULL);
}

/* Widths that were finished before are the same model once more. */
static gboolean
look_finished (const MixqFloatModel *float_model,
               const MixqRunConfig *config,
               const guint8 *bits,
               const MixqPhaseControl *control,
               MixqRecord *record,
               MixqProbe *probe,
               GError **error)
{
  guint n = float_model->model->n_slots;
  g_autoptr (MixqFinished) finished = NULL;

  if (record->probes->len > 0 && memcmp (record->bits, bits, n) == 0) {
    const MixqProbe *last = &g_array_index (record->probes, MixqProbe, record->probes->len - 1);

    probe->finished_val = last->finished_val;
    probe->finished_test = last->finished_test;
    return TRUE;
  }
  finished = mixq_finish (float_model, config, bits, control, error);
  if (finished == NULL)
    return FALSE;
  probe->finished_val = finished->integer.part[MIXQ_PART_VAL];
  probe->finished_test = finished->integer.part[MIXQ_PART_TEST];
  record->n_slots = n;
  memcpy (record->bits, bits, n);
  return TRUE;
}

static gboolean
look (MixqTrainer *trainer,
      const MixqFloatModel *float_model,
      const MixqRunConfig *config,
      const MixqEpoch *figures,
      const MixqPhaseControl *control,
      MixqRecord *record,
      GError **error)
{
  MixqNet *net = mixq_trainer_peek_net (trainer);
  MixqProbe probe = { .epoch = figures->step,
                      .relaxed_val = figures->accuracy[MIXQ_PART_VAL],
                      .relaxed_test = figures->accuracy[MIXQ_PART_TEST] };
  guint8 bits[MIXQ_MAX_SLOTS] = { 0 };

  for (guint s = 0; s < net->n_slots; s++)
    bits[s] = mixq_net_selected (net, s);
  look_rounded (trainer, bits, &probe);
  if (!look_finished (float_model, config, bits, control, record, &probe, error))
    return FALSE;
  g_array_append_val (record->probes, probe);
  return TRUE;
}

gboolean
mixq_probe_search (const MixqFloatModel *float_model,
                   const MixqRunConfig *config,
                   guint every,
                   const MixqPhaseControl *control,
                   MixqRecord *record,
                   GError **error)
{
  g_autoptr (MixqCostModel) cost = mixq_cost_model_new_for (float_model->model, config->cost, &config->ms);
  g_autoptr (MixqTrainer) trainer = mixq_search_trainer_new (float_model, config, cost);
  MixqEpoch figures = { 0 };

  record->probes = g_array_new (FALSE, FALSE, sizeof (MixqProbe));
  for (guint step = 1; step <= config->epochs_search; step++) {
    if (g_cancellable_is_cancelled (control->cancellable)) {
      g_set_error_literal (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED, "search: stopped");
      return FALSE;
    }
    if (!mixq_trainer_step (trainer, config->lambda, &figures, error))
      return FALSE;
    if (control->progress != NULL)
      control->progress ("search", step, config->epochs_search, &figures, control->user_data);
    if ((step == 1 || step % every == 0 || step == config->epochs_search) &&
        !look (trainer, float_model, config, &figures, control, record, error))
      return FALSE;
  }
  return TRUE;
}
