/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-settings.h"

#include <math.h>

#define MAX_RECENT 10
#define DEFAULT_DATA "debian"
#define DEFAULT_HIDDEN 64
#define DEFAULT_PACE 60.0

GSettings *
mixq_settings_new (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, MIXQ_APP_ID, TRUE);
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

static void
load_choices (GSettings *settings, MixqRunConfig *config)
{
  g_autoptr (GVariant) widths = g_settings_get_value (settings, "bits");
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (widths); i++) {
    gint32 bits;

    g_variant_get_child (widths, i, "i", &bits);
    g_string_append_printf (text, i > 0 ? ",%d" : "%d", bits);
  }
  /* A hand-edited list that makes no sense leaves the default. */
  (void) !mixq_run_config_set_choices (config, text->str, NULL);
}

/* Each value is in its bounds; those that do not go together leave what is usual for the architecture. */
static void
load_spec (GSettings *settings, MixqRunWish *wish)
{
  MixqModelSpec *spec = &wish->spec;

  wish->of_graphs = g_settings_get_boolean (settings, "model-of-graphs");
  spec->arch = (MixqArch) g_settings_get_enum (settings, "model-architecture");
  spec->n_layers = (guint) g_settings_get_int (settings, "model-layers");
  spec->hidden = (guint) g_settings_get_int (settings, "model-hidden");
  spec->dropout = g_settings_get_double (settings, "model-dropout");
  spec->feature_dropout = g_settings_get_double (settings, "model-feature-dropout");
  spec->batch_norm = g_settings_get_boolean (settings, "model-batch-norm");
  spec->residual = g_settings_get_boolean (settings, "model-residual");
  spec->eps = g_settings_get_boolean (settings, "model-eps");
  spec->aggregator = (MixqAggregator) g_settings_get_enum (settings, "model-aggregator");
  spec->pool = (MixqPool) g_settings_get_enum (settings, "model-pool");
  spec->hops = (guint) g_settings_get_int (settings, "model-hops");
  spec->heads = (guint) g_settings_get_int (settings, "model-heads");
  if (!mixq_model_spec_check (spec, NULL))
    mixq_model_spec_for (spec, spec->arch, wish->of_graphs ? MIXQ_TASK_GRAPHS : MIXQ_TASK_NODES);
  if (!mixq_model_spec_check (spec, NULL)) /* an architecture that this version does not build */
    mixq_model_spec_for (spec, MIXQ_ARCH_GCN, wish->of_graphs ? MIXQ_TASK_GRAPHS : MIXQ_TASK_NODES);
}

static void
save_spec (GSettings *settings, const MixqRunWish *wish)
{
  const MixqModelSpec *spec = &wish->spec;

  g_settings_set_boolean (settings, "model-of-graphs", wish->of_graphs);
  g_settings_set_enum (settings, "model-architecture", (int) spec->arch);
  g_settings_set_int (settings, "model-layers", (int) spec->n_layers);
  g_settings_set_int (settings, "model-hidden", (int) spec->hidden);
  g_settings_set_double (settings, "model-dropout", CLAMP (spec->dropout, 0.0, 0.95));
  g_settings_set_double (settings, "model-feature-dropout", CLAMP (spec->feature_dropout, 0.0, 0.95));
  g_settings_set_boolean (settings, "model-batch-norm", spec->batch_norm);
  g_settings_set_boolean (settings, "model-residual", spec->residual);
  g_settings_set_boolean (settings, "model-eps", spec->eps);
  g_settings_set_enum (settings, "model-aggregator", (int) spec->aggregator);
  g_settings_set_enum (settings, "model-pool", (int) spec->pool);
  g_settings_set_int (settings, "model-hops", (int) CLAMP (spec->hops, 1, MIXQ_MAX_HOPS));
  g_settings_set_int (settings, "model-heads", (int) CLAMP (spec->heads, 1, MIXQ_MAX_HEADS));
}

void
mixq_settings_load (GSettings *settings, MixqRunWish *wish, double *pace, double *cpu_share)
{
  wish->spec = MIXQ_MODEL_SPEC_DEFAULT;
  wish->spec.hidden = DEFAULT_HIDDEN;
  mixq_run_config_init (&wish->config);
  wish->split = NULL;
  wish->of_graphs = FALSE;
  *pace = DEFAULT_PACE;
  *cpu_share = 1.0;
  if (settings == NULL) {
    wish->what = g_strdup (DEFAULT_DATA);
    return;
  }
  wish->what = g_settings_get_string (settings, "data-source");
  load_spec (settings, wish);
  load_choices (settings, &wish->config);
  wish->config.cost = (MixqCostAxis) g_settings_get_enum (settings, "cost-axis");
  wish->config.lambda = g_settings_get_double (settings, "lambda");
  wish->config.seed = (guint64) g_settings_get_int64 (settings, "seed");
  *pace = g_settings_get_double (settings, "pace");
  *cpu_share = g_settings_get_int (settings, "cpu-share") / 100.0;
  if (*wish->what == '\0') {
    g_free (wish->what);
    wish->what = g_strdup (DEFAULT_DATA);
  }
}

void
mixq_settings_save (GSettings *settings, const MixqRunWish *wish, double pace, double cpu_share)
{
  GVariantBuilder widths;

  if (settings == NULL || wish->what == NULL)
    return;
  g_variant_builder_init (&widths, G_VARIANT_TYPE ("ai"));
  for (guint k = 0; k < wish->config.n_choices; k++)
    g_variant_builder_add (&widths, "i", (gint32) wish->config.choices[k]);
  g_settings_set_value (settings, "bits", g_variant_builder_end (&widths));
  g_settings_set_string (settings, "data-source", wish->what);
  save_spec (settings, wish);
  g_settings_set_enum (settings, "cost-axis", (int) wish->config.cost);
  g_settings_set_double (settings, "lambda", CLAMP (wish->config.lambda, -10.0, 10.0));
  g_settings_set_int64 (settings, "seed", (gint64) MIN (wish->config.seed, (guint64) G_MAXINT64));
  g_settings_set_double (settings, "pace", CLAMP (pace, 0.0, 100000.0));
  g_settings_set_int (settings, "cpu-share", (int) lround (100.0 * CLAMP (cpu_share, 0.1, 1.0)));
}

void
mixq_settings_add_recent (GSettings *settings, const char *path)
{
  g_auto (GStrv) old = mixq_settings_dup_recent (settings);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  if (settings == NULL)
    return;
  g_ptr_array_add (paths, (gpointer) path);
  for (guint i = 0; old[i] != NULL && paths->len < MAX_RECENT; i++)
    if (!g_str_equal (old[i], path))
      g_ptr_array_add (paths, old[i]);
  g_ptr_array_add (paths, NULL);
  g_settings_set_strv (settings, "recent-data", (const char *const *) paths->pdata);
}

char **
mixq_settings_dup_recent (GSettings *settings)
{
  return settings != NULL ? g_settings_get_strv (settings, "recent-data") : g_new0 (char *, 1);
}
