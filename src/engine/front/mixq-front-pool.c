/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "front/mixq-front-pool.h"

#include <math.h>
#include <string.h>

#include "base/mixq-error.h"

struct _MixqFrontPool
{
  MixqModel *model;
  MixqInputs *inputs;
  MixqRunConfig config;
  guint n_seeds;
  MixqFloatModel *float_model[MIXQ_FRONT_SEEDS]; /* as trained */
  MixqFloatModel *taught[MIXQ_FRONT_SEEDS];      /* the same with the mean teacher; only under distillation */
  GHashTable *finished;                          /* key: seed and widths as text */
  gatomicrefcount ref_count;
};

MixqFrontPool *
mixq_front_pool_new (MixqModel *model,
                     MixqInputs *inputs,
                     const MixqRunConfig *config,
                     guint n_seeds,
                     GError **error)
{
  MixqFrontPool *self;

  if (n_seeds < 1 || n_seeds > MIXQ_FRONT_SEEDS) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE, "front: %u seeds are not possible; give 1 to %d",
                 n_seeds, MIXQ_FRONT_SEEDS);
    return NULL;
  }
  if (!mixq_run_config_check (config, model, error))
    return NULL;
  self = g_new0 (MixqFrontPool, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->model = mixq_model_ref (model);
  self->inputs = mixq_inputs_ref (inputs);
  self->config = *config;
  self->n_seeds = n_seeds;
  self->finished = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) mixq_finished_unref);
  return self;
}

MixqFrontPool *
mixq_front_pool_ref (MixqFrontPool *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mixq_front_pool_unref (MixqFrontPool *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint s = 0; s < self->n_seeds; s++) {
    g_clear_pointer (&self->float_model[s], mixq_float_model_unref);
    g_clear_pointer (&self->taught[s], mixq_float_model_unref);
  }
  g_hash_table_unref (self->finished);
  mixq_inputs_unref (self->inputs);
  mixq_model_unref (self->model);
  g_free (self);
}

MixqModel *
mixq_front_pool_peek_model (MixqFrontPool *self)
{
  return self->model;
}

const MixqRunConfig *
mixq_front_pool_peek_config (MixqFrontPool *self)
{
  return &self->config;
}

guint
mixq_front_pool_get_n_seeds (MixqFrontPool *self)
{
  return self->n_seeds;
}

gboolean
mixq_front_pool_can_judge (const MixqFrontPool *self)
{
  return self->inputs->n_item[MIXQ_PART_VAL] > 0;
}

/* --- float32 and the teacher --------------------------------------------------------------------------------------- */

void
mixq_front_pool_give_float (MixqFrontPool *self, guint seed, MixqFloatModel *float_model)
{
  if (self->float_model[seed] == NULL)
    self->float_model[seed] = mixq_float_model_ref (float_model);
}

static MixqFloatModel *
trained (MixqFrontPool *self, guint seed, const MixqPhaseControl *control, GError **error)
{
  MixqRunConfig config = self->config;

  config.seed += seed;
  if (self->float_model[seed] == NULL)
    self->float_model[seed] = mixq_float_model_train (self->model, self->inputs, &config, control, error);
  return self->float_model[seed];
}

static void
teach (MixqFrontPool *self)
{
  gsize n = mixq_model_n_items (self->model) * self->model->n_classes;
  g_autofree float *mean = g_new0 (float, MAX (n, 1));

  for (guint s = 0; s < self->n_seeds; s++)
    for (gsize i = 0; i < n; i++)
      mean[i] += self->float_model[s]->probability[i] / (float) self->n_seeds;
  for (guint s = 0; s < self->n_seeds; s++)
    self->taught[s] = mixq_float_model_new_taught (self->float_model[s], mean);
}

MixqFloatModel *
mixq_front_pool_float (MixqFrontPool *self, guint seed, const MixqPhaseControl *control, GError **error)
{
  if (self->config.distill == MIXQ_DISTILL_NONE)
    return trained (self, seed, control, error);
  if (self->taught[seed] == NULL) {
    for (guint s = 0; s < self->n_seeds; s++)
      if (trained (self, s, control, error) == NULL)
        return NULL;
    teach (self);
  }
  return self->taught[seed];
}

double
mixq_front_pool_float_accuracy (MixqFrontPool *self, MixqPart part)
{
  double sum = 0;
  guint n = 0;

  for (guint s = 0; s < self->n_seeds; s++)
    if (self->float_model[s] != NULL) {
      sum += self->float_model[s]->accuracy.part[part];
      n++;
    }
  return n > 0 ? sum / n : (double) NAN;
}

double
mixq_front_pool_seconds (MixqFrontPool *self)
{
  double sum = 0;

  for (guint s = 0; s < self->n_seeds; s++)
    sum += self->float_model[s] != NULL ? self->float_model[s]->seconds : 0;
  return sum;
}

/* --- finished models ----------------------------------------------------------------------------------------------- */

static char *
key_of (const MixqFrontPool *self, const guint8 *bits, guint seed)
{
  GString *key = g_string_new (NULL);

  g_string_append_printf (key, "%u", seed);
  for (guint s = 0; s < self->model->n_slots; s++)
    g_string_append_printf (key, ",%u", bits[s]);
  return g_string_free (key, FALSE);
}

const MixqFinished *
mixq_front_pool_finish (MixqFrontPool *self,
                        const guint8 *bits,
                        guint seed,
                        const MixqPhaseControl *control,
                        GError **error)
{
  g_autofree char *key = key_of (self, bits, seed);
  MixqFinished *finished = g_hash_table_lookup (self->finished, key);
  MixqRunConfig config = self->config;
  MixqFloatModel *float_model;

  if (finished != NULL)
    return finished;
  float_model = mixq_front_pool_float (self, seed, control, error);
  if (float_model == NULL)
    return NULL;
  config.seed += seed;
  finished = mixq_finish (float_model, &config, bits, control, error);
  if (finished != NULL)
    g_hash_table_insert (self->finished, g_steal_pointer (&key), finished);
  return finished;
}
