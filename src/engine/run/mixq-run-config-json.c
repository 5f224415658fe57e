/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The configuration as JSON. One table of members drives writing, reading and the refusal of unknown members, so a
 * new option is one row. Member names are the names of the command line's options.
 */
#include <string.h>

#include "base/mixq-error.h"
#include "run/mixq-run-config.h"

/* What a row reads into and writes from. */
typedef struct
{
  MixqRunConfig *config;
  MixqModelSpec *spec;
  const MixqModel *model; /* NULL while only the model's members are read */
} Target;

typedef struct
{
  const char *name;
  JsonNode *(*write) (const Target *target);
  gboolean (*read) (const char *name, JsonNode *node, Target *target, GError **error);
  gboolean of_model; /* a member of MixqModelSpec */
} Member;

static gboolean
fail (GError **error, MixqErrorCode code, const char *name, const char *what)
{
  g_set_error (error, MIXQ_ERROR, code, "configuration: member '%s' %s", name, what);
  return FALSE;
}

static gboolean
read_double (const char *name, JsonNode *node, double *value, GError **error)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
    return fail (error, MIXQ_ERROR_PARSE, name, "is not a number; give it one");
  *value = json_node_get_double (node);
  return TRUE;
}

static gboolean
read_integer (const char *name, JsonNode *node, gint64 max, gint64 *value, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return fail (error, MIXQ_ERROR_PARSE, name, "is not a whole number; give it one");
  *value = json_node_get_int (node);
  if (*value < 0 || *value > max)
    return fail (error, MIXQ_ERROR_VALUE, name, "is out of range; use what `mixq run --help` allows");
  return TRUE;
}

static gboolean
read_uint (const char *name, JsonNode *node, guint *value, GError **error)
{
  gint64 number;

  if (!read_integer (name, node, G_MAXINT32, &number, error))
    return FALSE;
  *value = (guint) number;
  return TRUE;
}

static gboolean
read_string (const char *name, JsonNode *node, const char **text, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return fail (error, MIXQ_ERROR_PARSE, name, "is not a text; put it in quotes");
  *text = json_node_get_string (node);
  return TRUE;
}

static gboolean
read_boolean (const char *name, JsonNode *node, gboolean *value, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return fail (error, MIXQ_ERROR_PARSE, name, "is not true or false; give it one of them");
  *value = json_node_get_boolean (node);
  return TRUE;
}

static JsonNode *
node_string (const char *text)
{
  return json_node_init_string (json_node_alloc (), text);
}

static JsonNode *
node_integer (gint64 value)
{
  return json_node_init_int (json_node_alloc (), value);
}

static JsonNode *
node_double (double value)
{
  return json_node_init_double (json_node_alloc (), value);
}

static JsonNode *
node_integers (const guint *value, guint n)
{
  g_autoptr (JsonArray) array = json_array_sized_new (n);

  for (guint i = 0; i < n; i++)
    json_array_add_int_element (array, value[i]);
  return json_node_init_array (json_node_alloc (), array);
}

/* Members that are one number, one whole number or one name: the accessors differ in the field alone. */
#define DOUBLE_MEMBER(id, field)                                                                             \
  static JsonNode *write_##id (const Target *t)                                                              \
  {                                                                                                          \
    return node_double (t->field);                                                                           \
  }                                                                                                          \
  static gboolean read_##id (const char *name, JsonNode *node, Target *t, GError **error)                    \
  {                                                                                                          \
    return read_double (name, node, &t->field, error);                                                       \
  }
#define UINT_MEMBER(id, field)                                                                               \
  static JsonNode *write_##id (const Target *t)                                                              \
  {                                                                                                          \
    return node_integer (t->field);                                                                          \
  }                                                                                                          \
  static gboolean read_##id (const char *name, JsonNode *node, Target *t, GError **error)                    \
  {                                                                                                          \
    return read_uint (name, node, &t->field, error);                                                         \
  }
#define NAME_MEMBER(id, field, prefix)                                                                       \
  static JsonNode *write_##id (const Target *t)                                                              \
  {                                                                                                          \
    return node_string (prefix##_name (t->field));                                                           \
  }                                                                                                          \
  static gboolean read_##id (const char *name, JsonNode *node, Target *t, GError **error)                    \
  {                                                                                                          \
    const char *text;                                                                                        \
    return read_string (name, node, &text, error) && prefix##_parse (text, &t->field, error);                \
  }

#define BOOLEAN_MEMBER(id, field)                                                                            \
  static JsonNode *write_##id (const Target *t)                                                              \
  {                                                                                                          \
    return json_node_init_boolean (json_node_alloc (), t->field);                                            \
  }                                                                                                          \
  static gboolean read_##id (const char *name, JsonNode *node, Target *t, GError **error)                    \
  {                                                                                                          \
    return read_boolean (name, node, &t->field, error);                                                      \
  }

NAME_MEMBER (model, spec->arch, mixq_arch)
UINT_MEMBER (layers, spec->n_layers)
UINT_MEMBER (hidden, spec->hidden)
DOUBLE_MEMBER (dropout, spec->dropout)
DOUBLE_MEMBER (feature_dropout, spec->feature_dropout)
DOUBLE_MEMBER (lambda, config->lambda)
DOUBLE_MEMBER (lr, config->lr)
DOUBLE_MEMBER (lr_alpha, config->lr_alpha)
DOUBLE_MEMBER (lr_qat, config->lr_qat)
DOUBLE_MEMBER (weight_decay, config->weight_decay)
DOUBLE_MEMBER (weight_decay_qat, config->weight_decay_qat)
NAME_MEMBER (ranges, config->ranges, mixq_ranges)
NAME_MEMBER (granularity, config->granularity, mixq_fineness)
NAME_MEMBER (node_widths, config->node_widths, mixq_node_widths)
NAME_MEMBER (distill, config->distill, mixq_distill)
NAME_MEMBER (alpha_init, config->alpha_init, mixq_alpha_init)
DOUBLE_MEMBER (alpha_decay, config->alpha_decay)
DOUBLE_MEMBER (alpha_bound, config->alpha_bound)
DOUBLE_MEMBER (temperature, config->temperature)
UINT_MEMBER (recalibrate, config->recalibrate)
BOOLEAN_MEMBER (batch_norm, spec->batch_norm)
BOOLEAN_MEMBER (residual, spec->residual)
BOOLEAN_MEMBER (eps, spec->eps)
NAME_MEMBER (aggregator, spec->aggregator, mixq_aggregator)
NAME_MEMBER (pool, spec->pool, mixq_pool)
UINT_MEMBER (hops, spec->hops)
UINT_MEMBER (heads, spec->heads)
UINT_MEMBER (batch, config->batch)
BOOLEAN_MEMBER (sample, config->sample)
UINT_MEMBER (lr_every, config->lr_every)
DOUBLE_MEMBER (lr_factor, config->lr_factor)
BOOLEAN_MEMBER (reference, config->reference)
NAME_MEMBER (penalty, config->penalty, mixq_penalty)
NAME_MEMBER (cost, config->cost, mixq_cost_axis)

static JsonNode *
write_scheme (const Target *t)
{
  return node_string (mixq_scheme_name (t->config->scheme));
}

/* "ranges" is read after it. */
static gboolean
read_scheme (const char *name, JsonNode *node, Target *t, GError **error)
{
  MixqScheme scheme;
  const char *text;

  if (!read_string (name, node, &text, error) || !mixq_scheme_parse (text, &scheme, error))
    return FALSE;
  mixq_run_config_set_scheme (t->config, scheme);
  return TRUE;
}

static JsonNode *
write_bits (const Target *t)
{
  guint value[MIXQ_MAX_CHOICES];

  for (guint k = 0; k < t->config->n_choices; k++)
    value[k] = t->config->choices[k];
  return node_integers (value, t->config->n_choices);
}

static gboolean
read_bits (const char *name, JsonNode *node, Target *t, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (n < 1 || n > MIXQ_MAX_CHOICES)
    return fail (error, MIXQ_ERROR_PARSE, name, "is not a list of 1 to 9 widths; give it like [2, 4, 8]");
  memset (t->config->choices, 0, sizeof t->config->choices);
  for (guint k = 0; k < n; k++) {
    gint64 bits;

    if (!read_integer (name, json_array_get_element (array, k), 16, &bits, error))
      return FALSE;
    t->config->choices[k] = (guint8) bits;
  }
  t->config->n_choices = n;
  return TRUE;
}

static JsonNode *
write_seed (const Target *t)
{
  return node_integer ((gint64) t->config->seed);
}

static gboolean
read_seed (const char *name, JsonNode *node, Target *t, GError **error)
{
  gint64 seed;

  if (!read_integer (name, node, G_MAXINT64, &seed, error))
    return FALSE;
  t->config->seed = (guint64) seed;
  return TRUE;
}

static JsonNode *
write_epochs (const Target *t)
{
  guint value[] = { t->config->epochs_float, t->config->epochs_search, t->config->epochs_qat };

  return node_integers (value, G_N_ELEMENTS (value));
}

static gboolean
read_epochs (const char *name, JsonNode *node, Target *t, GError **error)
{
  guint *field[] = { &t->config->epochs_float, &t->config->epochs_search, &t->config->epochs_qat };
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || json_array_get_length (array) != G_N_ELEMENTS (field))
    return fail (error, MIXQ_ERROR_PARSE, name,
                 "is not a list of three numbers; give float32, search and QAT like [100, 50, 100]");
  for (guint i = 0; i < G_N_ELEMENTS (field); i++)
    if (!read_uint (name, json_array_get_element (array, i), field[i], error))
      return FALSE;
  return TRUE;
}

static JsonNode *
write_method (const Target *t)
{
  g_autofree char *text = mixq_run_config_dup_method (t->config, t->model);

  return node_string (text);
}

static gboolean
read_method (const char *name, JsonNode *node, Target *t, GError **error)
{
  const char *text;

  return read_string (name, node, &text, error) &&
         mixq_run_config_set_method (t->config, t->model, text, error);
}

static JsonNode *
write_pin (const Target *t)
{
  g_autoptr (JsonObject) object = json_object_new ();

  for (guint i = 0; i < t->model->n_slots; i++)
    if (t->config->pinned[i] != 0)
      json_object_set_int_member (object, t->model->slots[i].name, t->config->pinned[i]);
  return json_node_init_object (json_node_alloc (), object);
}

static gboolean
read_pin (const char *name, JsonNode *node, Target *t, GError **error)
{
  g_autoptr (GList) slots = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (error, MIXQ_ERROR_PARSE, name, "is not an object; give it like {\"conv1.input\": 8}");
  memset (t->config->pinned, 0, sizeof t->config->pinned);
  slots = json_object_get_members (json_node_get_object (node));
  for (GList *item = slots; item != NULL; item = item->next) {
    int slot = mixq_model_find_slot (t->model, item->data);
    gint64 bits;

    if (slot < 0)
      return fail (error, MIXQ_ERROR_VALUE, name,
                   "names a slot that the model does not have; see `mixq cost`");
    if (!read_integer (name, json_object_get_member (json_node_get_object (node), item->data), 16, &bits,
                       error))
      return FALSE;
    t->config->pinned[slot] = (guint8) bits;
  }
  return TRUE;
}

static JsonNode *
write_fanout (const Target *t)
{
  return node_integers (t->config->fanout, t->config->n_fanout);
}

static gboolean
read_fanout (const char *name, JsonNode *node, Target *t, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;

  if (array == NULL || n > MIXQ_PLAN_MAX_FANOUT)
    return fail (error, MIXQ_ERROR_PARSE, name, "is not a list of at most 8 numbers; give it like [25, 10]");
  for (guint i = 0; i < n; i++)
    if (!read_uint (name, json_array_get_element (array, i), &t->config->fanout[i], error))
      return FALSE;
  t->config->n_fanout = n;
  return TRUE;
}

/* [float32, constant, milliseconds a bit of every slot]; null where nothing was measured. */
static JsonNode *
write_ms_table (const Target *t)
{
  g_autoptr (JsonArray) array = json_array_new ();

  if (!t->config->ms.measured)
    return json_node_init_null (json_node_alloc ());
  json_array_add_double_element (array, t->config->ms.float_ms);
  json_array_add_double_element (array, t->config->ms.constant_ms);
  for (guint s = 0; s < t->model->n_slots; s++)
    json_array_add_double_element (array, t->config->ms.per_bit[s]);
  return json_node_init_array (json_node_alloc (), array);
}

static gboolean
read_ms_table (const char *name, JsonNode *node, Target *t, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  double value[2 + G_N_ELEMENTS (t->config->ms.per_bit)] = { 0 };

  memset (&t->config->ms, 0, sizeof t->config->ms);
  if (JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (array == NULL || json_array_get_length (array) != 2 + t->model->n_slots)
    return fail (error, MIXQ_ERROR_PARSE, name,
                 "is not a list of two numbers and one a slot; leave it out to measure anew");
  for (guint i = 0; i < 2 + t->model->n_slots; i++) {
    if (!read_double (name, json_array_get_element (array, i), &value[i], error))
      return FALSE;
    if (!(value[i] >= 0 && value[i] < 1e9))
      return fail (error, MIXQ_ERROR_VALUE, name, "holds no milliseconds; leave it out to measure anew");
  }
  t->config->ms.measured = TRUE;
  t->config->ms.float_ms = value[0];
  t->config->ms.constant_ms = value[1];
  memcpy (t->config->ms.per_bit, value + 2, t->model->n_slots * sizeof *value);
  return TRUE;
}

static const Member members[] = {
  { "model", write_model, read_model, TRUE },
  { "layers", write_layers, read_layers, TRUE },
  { "hidden", write_hidden, read_hidden, TRUE },
  { "dropout", write_dropout, read_dropout, TRUE },
  { "feature-dropout", write_feature_dropout, read_feature_dropout, TRUE },
  { "batch-norm", write_batch_norm, read_batch_norm, TRUE },
  { "residual", write_residual, read_residual, TRUE },
  { "eps", write_eps, read_eps, TRUE },
  { "aggregator", write_aggregator, read_aggregator, TRUE },
  { "pool", write_pool, read_pool, TRUE },
  { "hops", write_hops, read_hops, TRUE },
  { "heads", write_heads, read_heads, TRUE },
  { "lambda", write_lambda, read_lambda },
  { "bits", write_bits, read_bits },
  { "seed", write_seed, read_seed },
  { "epochs", write_epochs, read_epochs },
  { "lr", write_lr, read_lr },
  { "lr-alpha", write_lr_alpha, read_lr_alpha },
  { "lr-qat", write_lr_qat, read_lr_qat },
  { "weight-decay", write_weight_decay, read_weight_decay },
  { "weight-decay-qat", write_weight_decay_qat, read_weight_decay_qat },
  { "lr-every", write_lr_every, read_lr_every },
  { "lr-factor", write_lr_factor, read_lr_factor },
  { "batch", write_batch, read_batch },
  { "fanout", write_fanout, read_fanout },
  { "sample", write_sample, read_sample },
  { "scheme", write_scheme, read_scheme },
  { "ranges", write_ranges, read_ranges },
  { "granularity", write_granularity, read_granularity },
  { "node-widths", write_node_widths, read_node_widths },
  { "method", write_method, read_method },
  { "distill", write_distill, read_distill },
  { "alpha-init", write_alpha_init, read_alpha_init },
  { "alpha-decay", write_alpha_decay, read_alpha_decay },
  { "alpha-bound", write_alpha_bound, read_alpha_bound },
  { "temperature", write_temperature, read_temperature },
  { "recalibrate", write_recalibrate, read_recalibrate },
  { "penalty", write_penalty, read_penalty },
  { "cost", write_cost, read_cost },
  { "ms-table", write_ms_table, read_ms_table },
  { "pin", write_pin, read_pin },
  { "reference", write_reference, read_reference },
};

static gboolean
is_member (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (strcmp (members[i].name, name) == 0)
      return TRUE;
  return FALSE;
}

JsonNode *
mixq_run_config_to_json (const MixqRunConfig *self, const MixqModel *model)
{
  g_autoptr (JsonObject) object = json_object_new ();
  MixqRunConfig config = *self;
  MixqModelSpec spec = model->spec;
  Target target = { &config, &spec, model };

  if (config.reference)
    config.alpha_decay = config.weight_decay; /* the logits are in the weights' Adam */
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    json_object_set_member (object, members[i].name, members[i].write (&target));
  return json_node_init_object (json_node_alloc (), object);
}

/* Reads the members that are, or are not, the model's, in the order of the table; refuses what no row knows. */
static gboolean
read_members (Target *target, JsonNode *node, gboolean of_model, GError **error)
{
  g_autoptr (GList) names = NULL;
  JsonObject *object;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE,
                 "configuration: it is not a JSON object; give the \"config\" of a run");
    return FALSE;
  }
  object = json_node_get_object (node);
  names = json_object_get_members (object);
  for (GList *item = names; item != NULL; item = item->next)
    if (!is_member (item->data))
      return fail (error, MIXQ_ERROR_PARSE, item->data, "is not known; remove it or use a newer mixq");
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (members[i].of_model == of_model && json_object_has_member (object, members[i].name) &&
        !members[i].read (members[i].name, json_object_get_member (object, members[i].name), target, error))
      return FALSE;
  return TRUE;
}

gboolean
mixq_model_spec_from_json (MixqModelSpec *spec, JsonNode *node, GError **error)
{
  MixqModelSpec read = *spec;
  Target target = { NULL, &read, NULL };

  if (!read_members (&target, node, TRUE, error) || !mixq_model_spec_check (&read, error))
    return FALSE;
  *spec = read;
  return TRUE;
}

static gboolean
says_reference (JsonNode *node)
{
  JsonNode *member = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                         ? json_object_get_member (json_node_get_object (node), "reference")
                         : NULL;

  return member != NULL && JSON_NODE_HOLDS_VALUE (member) &&
         json_node_get_value_type (member) == G_TYPE_BOOLEAN && json_node_get_boolean (member);
}

/* Reference runs from before these members were there had the values of the published method. */
static void
published_defaults (MixqRunConfig *config)
{
  MixqRunConfig published = *config;

  mixq_run_config_set_reference (&published);
  config->ranges = published.ranges;
  config->alpha_bound = published.alpha_bound;
  config->temperature = published.temperature;
  config->recalibrate = published.recalibrate;
}

gboolean
mixq_run_config_from_json (MixqRunConfig *self, JsonNode *node, const MixqModel *model, GError **error)
{
  MixqRunConfig read = *self;
  Target target = { &read, NULL, model };

  if (says_reference (node))
    published_defaults (&read);
  if (!read_members (&target, node, FALSE, error) || !mixq_run_config_check (&read, model, error))
    return FALSE;
  *self = read;
  return TRUE;
}
