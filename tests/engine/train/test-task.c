/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loss, gradient, score and prediction over logits: against plain double formulas. */
#include <math.h>
#include <string.h>

#include "base/mixq-random.h"
#include "train/mixq-task.h"

#define CLASSES 5
/* Float formulas of numbers up to about 10 against double ones. */
#define FLOAT_TOLERANCE 2e-6
#define DOUBLE_TOLERANCE 1e-12
/* A difference quotient of the double loss over two steps of 1e-4, against a float gradient. */
#define DIFFERENCE 1e-4
#define DIFFERENCE_TOLERANCE 1e-6

static const MixqTask tasks[] = { MIXQ_TASK_NODES, MIXQ_TASK_NODE_TARGETS, MIXQ_TASK_GRAPHS };

/* --- data ---------------------------------------------------------------------------------------------------------- */

typedef struct
{
  MixqTask task;
  gsize items;
  double unknown;      /* share of unknown answers */
  gboolean all_yes;    /* no answer is no */
  gboolean only_train; /* the other parts are empty */
} Spec;

static guint8
draw_answer (const Spec *spec, MixqRandom *random)
{
  if (mixq_random_uniform (random) < spec->unknown)
    return MIXQ_TARGET_UNKNOWN;
  return spec->all_yes ? 1 : (guint8) mixq_random_below (random, 2);
}

/* An item whose answers are all unknown belongs to no part. */
static void
draw_targets (const Spec *spec, MixqDataset *dataset, MixqRandom *random)
{
  dataset->targets = g_malloc (spec->items * CLASSES);
  for (gsize i = 0; i < spec->items * CLASSES; i++)
    dataset->targets[i] = draw_answer (spec, random);
  for (gsize i = 0; i < spec->items; i++)
    if (mixq_dataset_item_class (dataset, i) < 0)
      dataset->item_part[i] = MIXQ_PART_NONE;
}

static void
draw_classes (gint32 *label, gsize n, MixqRandom *random)
{
  for (gsize i = 0; i < n; i++)
    label[i] = (gint32) mixq_random_below (random, CLASSES);
}

/* No edges and no features; graphs have two nodes each. */
static MixqDataset *
new_dataset (const Spec *spec, guint64 seed)
{
  MixqDataset *dataset = mixq_dataset_alloc ("task", "Task", "test");
  gboolean graphs = spec->task == MIXQ_TASK_GRAPHS;
  gsize n = graphs ? 2 * spec->items : spec->items;
  guint8 *part = g_malloc0 (spec->items);
  g_autoptr (GError) error = NULL;
  MixqRandom random;

  mixq_random_init (&random, seed, "task");
  dataset->task = spec->task;
  dataset->n_nodes = n;
  dataset->n_classes = CLASSES;
  dataset->graph = mixq_csr_new (n, n, 0, FALSE);
  dataset->features = mixq_csr_new (n, 1, 0, TRUE);
  dataset->labels = g_new (gint32, n);
  memset (dataset->labels, 0xff, n * sizeof *dataset->labels);
  for (gsize i = 0; i < spec->items; i++)
    part[i] = spec->only_train ? MIXQ_PART_TRAIN : (guint8) mixq_random_below (&random, 4);
  if (spec->task == MIXQ_TASK_NODES) {
    dataset->part = part;
    draw_classes (dataset->labels, n, &random);
  } else {
    dataset->part = g_malloc0 (n);
    dataset->item_part = part;
  }
  if (graphs) {
    dataset->n_graphs = spec->items;
    dataset->graph_ptr = g_new (gsize, spec->items + 1);
    for (gsize g = 0; g <= spec->items; g++)
      dataset->graph_ptr[g] = 2 * g;
    dataset->graph_labels = g_new (gint32, spec->items);
    draw_classes (dataset->graph_labels, spec->items, &random);
  }
  if (spec->task == MIXQ_TASK_NODE_TARGETS)
    draw_targets (spec, dataset, &random);
  mixq_dataset_seal (dataset, &error);
  g_assert_no_error (error);
  return dataset;
}

static MixqInputs *
new_inputs (const Spec *spec, guint64 seed)
{
  g_autoptr (MixqDataset) dataset = new_dataset (spec, seed);

  return mixq_inputs_new (dataset);
}

/* @steps: so many values only, so that there are ties; 0: any. */
static float *
draw_logits (const MixqInputs *in, guint64 seed, double size, guint steps)
{
  float *logits = g_new (float, in->n_items *CLASSES);
  MixqRandom random;

  mixq_random_init (&random, seed, "logits");
  for (gsize i = 0; i < in->n_items * CLASSES; i++)
    logits[i] = (float) (size * (steps > 0 ? (double) mixq_random_below (&random, steps) / steps - 0.5
                                           : 2 * mixq_random_uniform (&random) - 1));
  return logits;
}

static double *
as_double (const MixqInputs *in, const float *logits)
{
  double *wide = g_new (double, in->n_items *CLASSES);

  for (gsize i = 0; i < in->n_items * CLASSES; i++)
    wide[i] = (double) logits[i];
  return wide;
}

/* --- naive formulas ------------------------------------------------------------------------------------------------ */

/* -log of the probability of answer or class @c being @yes, by the definition: only for small logits. */
static double
surprise (MixqTask task, const double *x, gsize c, gboolean yes)
{
  double sum = 0;

  if (task == MIXQ_TASK_NODE_TARGETS)
    return -log (yes ? 1 / (1 + exp (-x[c])) : 1 - 1 / (1 + exp (-x[c])));
  for (gsize k = 0; k < CLASSES; k++)
    sum += exp (x[k]);
  return -log (exp (x[c]) / sum);
}

static double
naive_loss (const MixqInputs *in, MixqPart part, const double *logits)
{
  double sum = 0, n = 0;

  for (gsize i = 0; i < in->n_item[part]; i++) {
    gsize r = in->item[part][i];
    const double *x = logits + r * CLASSES;

    if (in->task != MIXQ_TASK_NODE_TARGETS) {
      sum += surprise (in->task, x, (gsize) in->label[r], TRUE);
      n++;
      continue;
    }
    for (gsize c = 0; c < CLASSES; c++)
      if (in->target[r * CLASSES + c] != MIXQ_TARGET_UNKNOWN) {
        sum += surprise (in->task, x, c, in->target[r * CLASSES + c] == 1);
        n++;
      }
  }
  return sum / n;
}

static double
naive_teacher_loss (const MixqInputs *in, const float *teacher, const double *logits)
{
  gboolean answers = in->task == MIXQ_TASK_NODE_TARGETS;
  double sum = 0;

  for (gsize r = 0; r < in->n_items; r++)
    for (gsize c = 0; c < CLASSES; c++) {
      double t = (double) teacher[r * CLASSES + c];

      sum += t * surprise (in->task, logits + r * CLASSES, c, TRUE);
      sum += answers ? (1 - t) * surprise (in->task, logits + r * CLASSES, c, FALSE) : 0;
    }
  return sum / (double) (answers ? in->n_items * CLASSES : in->n_items);
}

/* Every pair of a yes and a no: the definition. NaN without pairs. */
static double
naive_area (const MixqInputs *in, MixqPart part, const float *logits, gsize c)
{
  double in_order = 0, pairs = 0;

  for (gsize i = 0; i < in->n_item[part]; i++)
    for (gsize j = 0; j < in->n_item[part]; j++) {
      gsize a = in->item[part][i] * CLASSES + c, b = in->item[part][j] * CLASSES + c;

      if (in->target[a] != 1 || in->target[b] != 0)
        continue;
      pairs++;
      in_order += logits[a] > logits[b] ? 1 : logits[a] == logits[b] ? 0.5 : 0;
    }
  return pairs > 0 ? in_order / pairs : (double) NAN;
}

static double
naive_score (const MixqInputs *in, MixqPart part, const float *logits)
{
  double sum = 0, n = 0;

  if (in->task == MIXQ_TASK_NODE_TARGETS) {
    for (gsize c = 0; c < CLASSES; c++) {
      double area = naive_area (in, part, logits, c);
      sum += isnan (area) ? 0 : area;
      n += !isnan (area);
    }
    return sum / n;
  }
  for (gsize i = 0; i < in->n_item[part]; i++) {
    const float *x = logits + in->item[part][i] * CLASSES;
    gint32 best = 0;

    for (gint32 c = CLASSES - 1; c >= 0; c--)
      best = x[c] >= x[best] ? c : best;
    sum += best == in->label[in->item[part][i]];
    n++;
  }
  return sum / n;
}

static void
assert_same_number (double a, double b, double tolerance)
{
  if (isnan (a) || isnan (b))
    g_assert_true (isnan (a) && isnan (b));
  else
    g_assert_cmpfloat_with_epsilon (a, b, tolerance);
}

/* --- loss ---------------------------------------------------------------------------------------------------------- */

static void
test_loss (void)
{
  for (guint t = 0; t < G_N_ELEMENTS (tasks); t++)
    for (guint64 seed = 0; seed < 10; seed++) {
      const Spec spec = { tasks[t], 23, .unknown = 0.3 };
      g_autoptr (MixqInputs) in = new_inputs (&spec, seed);
      g_autofree float *logits = draw_logits (in, seed, 6, 0), *grad = g_new0 (float, 23 * CLASSES);
      g_autofree double *wide = as_double (in, logits);

      for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++) {
        double naive = naive_loss (in, (MixqPart) part, wide), loss = mixq_task_loss (in, part, logits, grad);

        g_assert_cmpuint (in->n_item[part], >, 0);
        g_assert_cmpfloat_with_epsilon (loss, naive, FLOAT_TOLERANCE);
        g_assert_cmpfloat (loss, ==, mixq_task_loss (in, part, logits, NULL));
      }
      for (gsize i = 0; i < 23 * CLASSES; i++)
        wide[i] /= 3; /* no floats any more */
      for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++)
        g_assert_cmpfloat_with_epsilon (mixq_task_loss_double (in, part, wide),
                                        naive_loss (in, (MixqPart) part, wide), DOUBLE_TOLERANCE);
    }
}

/* Slope of a loss by one logit; the teacher's where there is one. */
static double
slope (const MixqInputs *in, const float *teacher, double *logits, gsize i)
{
  double x = logits[i], up, down;

  logits[i] = x + DIFFERENCE;
  up = teacher ? naive_teacher_loss (in, teacher, logits) : naive_loss (in, MIXQ_PART_VAL, logits);
  logits[i] = x - DIFFERENCE;
  down = teacher ? naive_teacher_loss (in, teacher, logits) : naive_loss (in, MIXQ_PART_VAL, logits);
  logits[i] = x;
  return (up - down) / (2 * DIFFERENCE);
}

#define UNTOUCHED 77.0f

static void
test_gradient (void)
{
  for (guint t = 0; t < G_N_ELEMENTS (tasks); t++) {
    const Spec spec = { tasks[t], 31, .unknown = 0.3 };
    g_autoptr (MixqDataset) dataset = new_dataset (&spec, 3);
    g_autoptr (MixqInputs) in = mixq_inputs_new (dataset);
    g_autofree float *logits = draw_logits (in, 3, 4, 0), *grad = g_new (float, 31 * CLASSES);
    g_autofree double *wide = as_double (in, logits);

    for (gsize i = 0; i < 31 * CLASSES; i++)
      grad[i] = UNTOUCHED;
    mixq_task_loss (in, MIXQ_PART_VAL, logits, grad);
    for (gsize i = 0; i < 31 * CLASSES; i++) {
      if (mixq_dataset_peek_item_part (dataset)[i / CLASSES] != MIXQ_PART_VAL)
        g_assert_cmpfloat (grad[i], ==, UNTOUCHED);
      else
        g_assert_cmpfloat_with_epsilon ((double) grad[i], slope (in, NULL, wide, i), DIFFERENCE_TOLERANCE);
      if (in->target != NULL && in->target[i] == MIXQ_TARGET_UNKNOWN && grad[i] != UNTOUCHED)
        g_assert_cmpfloat (grad[i], ==, 0);
    }
  }
}

static void
test_teacher (void)
{
  for (guint t = 0; t < G_N_ELEMENTS (tasks); t++) {
    const Spec spec = { tasks[t], 19, .unknown = 0.3 };
    g_autoptr (MixqInputs) in = new_inputs (&spec, 4);
    g_autofree float *logits = draw_logits (in, 4, 4, 0), *other = draw_logits (in, 5, 4, 0);
    g_autofree float *teacher = g_new (float, 19 * CLASSES), *grad = g_new (float, 19 * CLASSES);
    g_autofree double *wide = as_double (in, logits);
    double loss;

    mixq_task_predict (in, other, NULL, NULL, teacher);
    loss = mixq_task_teacher_loss (in, teacher, logits, grad);
    g_assert_cmpfloat_with_epsilon (loss, naive_teacher_loss (in, teacher, wide), FLOAT_TOLERANCE);
    g_assert_cmpfloat (loss, ==, mixq_task_teacher_loss (in, teacher, logits, NULL));
    for (gsize i = 0; i < 19 * CLASSES; i++)
      g_assert_cmpfloat_with_epsilon ((double) grad[i], slope (in, teacher, wide, i), DIFFERENCE_TOLERANCE);
    /* nothing is left to learn where the pupil says what the teacher says */
    g_assert_cmpfloat (mixq_task_teacher_loss (in, teacher, other, grad), <, loss);
    for (gsize i = 0; i < 19 * CLASSES; i++)
      g_assert_cmpfloat_with_epsilon ((double) grad[i], 0, DIFFERENCE_TOLERANCE);
  }
}

/* The largest loss of one item is known: the distance of its logits. */
static void
test_huge (void)
{
  for (guint t = 0; t < G_N_ELEMENTS (tasks); t++) {
    const Spec spec = { tasks[t], 40, .only_train = TRUE };
    g_autoptr (MixqInputs) in = new_inputs (&spec, 6);
    g_autofree float *logits = g_new (float, 40 * CLASSES), *grad = g_new (float, 40 * CLASSES);
    g_autofree float *p = g_new (float, 40 * CLASSES);
    g_autofree double *wide = NULL;
    double wrong = 0, n = tasks[t] == MIXQ_TASK_NODE_TARGETS ? 40 * CLASSES : 40;

    for (gsize i = 0; i < 40 * CLASSES; i++) {
      logits[i] = i % CLASSES == 2 ? 1e4f : -1e4f;
      if (in->target != NULL)
        wrong += (in->target[i] == 1) != (i % CLASSES == 2) ? 1e4 : 0;
      else if (i % CLASSES == 0)
        wrong += in->label[i / CLASSES] != 2 ? 2e4 : 0;
    }
    wide = as_double (in, logits);
    g_assert_cmpfloat (wrong, >, 0);
    g_assert_cmpfloat_with_epsilon (mixq_task_loss (in, MIXQ_PART_TRAIN, logits, grad), wrong / n, 1e-9);
    g_assert_cmpfloat_with_epsilon (mixq_task_loss_double (in, MIXQ_PART_TRAIN, wide), wrong / n, 1e-9);
    mixq_task_predict (in, logits, NULL, NULL, p);
    for (gsize i = 0; i < 40 * CLASSES; i++) {
      g_assert_cmpfloat (p[i], ==, i % CLASSES == 2 ? 1 : 0);
      g_assert_true (fabsf (grad[i]) <= 1.01f / (float) n);
    }
    mixq_task_teacher_loss (in, p, logits, grad);
    for (gsize i = 0; i < 40 * CLASSES; i++)
      g_assert_cmpfloat (grad[i], ==, 0);
    logits[7] = NAN; /* is not hidden */
    g_assert_true (isnan (mixq_task_loss (in, MIXQ_PART_TRAIN, logits, NULL)));
  }
}

/* --- score --------------------------------------------------------------------------------------------------------- */

static void
test_score (void)
{
  const double unknown[] = { 0, 0.3, 0.9 };

  for (guint t = 0; t < G_N_ELEMENTS (tasks); t++)
    for (guint64 seed = 0; seed < 60; seed++) {
      const Spec spec = { tasks[t], 2 + 3 * seed, .unknown = unknown[seed % 3] };
      g_autoptr (MixqInputs) in = new_inputs (&spec, seed);
      /* few values, both signs of 0 among them, or all different */
      g_autofree float *logits = draw_logits (in, seed, 3, seed % 4 ? 2 + 3 * (guint) (seed % 4) : 0);
      g_autofree double *wide = NULL;

      for (gsize i = 0; i < in->n_items * CLASSES; i += 2)
        logits[i] = logits[i] == 0 ? -0.0f : logits[i];
      wide = as_double (in, logits);
      for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++) {
        double score = mixq_task_score (in, part, logits);

        assert_same_number (score, naive_score (in, part, logits), DOUBLE_TOLERANCE);
        assert_same_number (score, mixq_task_score_double (in, part, wide), DOUBLE_TOLERANCE);
      }
    }
}

/* Values that differ by less than a float can say, and of any size: only the order matters. */
static void
test_score_double (void)
{
  const Spec spec = { MIXQ_TASK_NODE_TARGETS, 200, .unknown = 0.2, .only_train = TRUE };
  g_autoptr (MixqInputs) in = new_inputs (&spec, 9);
  g_autofree float *logits = draw_logits (in, 9, 1, 50);
  g_autofree double *close = as_double (in, logits), *wide = as_double (in, logits);

  for (gsize i = 0; i < 200 * CLASSES; i++) {
    close[i] = 1 + close[i] * 1e-12;
    wide[i] = sinh (1000 * wide[i]);
  }
  g_assert_cmpfloat (mixq_task_score_double (in, MIXQ_PART_TRAIN, close), ==,
                     mixq_task_score (in, MIXQ_PART_TRAIN, logits));
  g_assert_cmpfloat (mixq_task_score_double (in, MIXQ_PART_TRAIN, wide), ==,
                     mixq_task_score (in, MIXQ_PART_TRAIN, logits));
}

static void
test_nothing_to_score (void)
{
  const Spec all_yes = { MIXQ_TASK_NODE_TARGETS, 12, .unknown = 0.3, .all_yes = TRUE, .only_train = TRUE };
  g_autoptr (MixqInputs) yes = new_inputs (&all_yes, 7);
  g_autofree float *certain = draw_logits (yes, 7, 1, 0);

  g_assert_true (isnan (mixq_task_score (yes, MIXQ_PART_TRAIN, certain)));
  g_assert_true (isfinite (mixq_task_loss (yes, MIXQ_PART_TRAIN, certain, NULL)));
  for (guint t = 0; t < G_N_ELEMENTS (tasks); t++) {
    const Spec spec = { tasks[t], 12, .only_train = TRUE };
    g_autoptr (MixqInputs) in = new_inputs (&spec, 8);
    g_autofree float *logits = draw_logits (in, 8, 1, 0);
    g_autofree double *wide = as_double (in, logits);
    float grad = UNTOUCHED;

    g_assert_true (isnan (mixq_task_score (in, MIXQ_PART_VAL, logits)));
    g_assert_true (isnan (mixq_task_score_double (in, MIXQ_PART_VAL, wide)));
    g_assert_true (isnan (mixq_task_loss (in, MIXQ_PART_VAL, logits, &grad)));
    g_assert_true (isnan (mixq_task_loss_double (in, MIXQ_PART_VAL, wide)));
    g_assert_cmpfloat (grad, ==, UNTOUCHED);
    g_assert_true (isfinite (mixq_task_score (in, MIXQ_PART_TRAIN, logits)));
  }
}

/* --- prediction ---------------------------------------------------------------------------------------------------- */

static double
naive_probability (MixqTask task, const double *x, gsize c)
{
  return exp (-surprise (task, x, c, TRUE));
}

static void
assert_prediction (const MixqInputs *in, const double *x, guint16 prediction, guint8 confidence)
{
  for (gsize c = 0; c < CLASSES; c++)
    g_assert_true (c < prediction ? x[c] < x[prediction] : x[c] <= x[prediction]);
  g_assert_true (fabs (255 * naive_probability (in->task, x, prediction) - confidence) <= 0.5 + 1e-4);
}

static void
test_predict (void)
{
  for (guint t = 0; t < G_N_ELEMENTS (tasks); t++) {
    const Spec spec = { tasks[t], 90 };
    g_autoptr (MixqInputs) in = new_inputs (&spec, 10);
    g_autofree float *logits = draw_logits (in, 10, 8, 6), *p = g_new (float, 90 * CLASSES);
    g_autofree double *wide = as_double (in, logits);
    guint16 prediction[90], alone[90], exact[90];
    guint8 confidence[90], sure[90], exactly[90];

    mixq_task_predict (in, logits, prediction, confidence, p);
    mixq_task_predict (in, logits, alone, NULL, NULL);
    mixq_task_predict (in, logits, NULL, sure, NULL);
    mixq_task_predict_double (in, wide, exact, exactly);
    g_assert_cmpmem (prediction, sizeof prediction, alone, sizeof alone);
    g_assert_cmpmem (confidence, sizeof confidence, sure, sizeof sure);
    g_assert_cmpmem (prediction, sizeof prediction, exact, sizeof exact);
    for (gsize r = 0; r < 90; r++) {
      const double *x = wide + r * CLASSES;

      assert_prediction (in, x, prediction[r], confidence[r]);
      assert_prediction (in, x, exact[r], exactly[r]);
      for (gsize c = 0; c < CLASSES; c++)
        g_assert_cmpfloat_with_epsilon ((double) p[r * CLASSES + c], naive_probability (in->task, x, c),
                                        FLOAT_TOLERANCE);
    }
  }
}

static void
test_agreement (void)
{
  for (guint t = 0; t < G_N_ELEMENTS (tasks); t++) {
    const Spec spec = { tasks[t], 50, .unknown = 0.3 };
    gboolean answers = tasks[t] == MIXQ_TASK_NODE_TARGETS;
    g_autoptr (MixqInputs) in = new_inputs (&spec, 11);
    g_autofree float *a = draw_logits (in, 11, 2, 0), *b = draw_logits (in, 12, 2, 0);
    g_autofree double *wide_a = as_double (in, a), *wide_b = as_double (in, b);
    guint16 class_a[50], class_b[50];
    double equal = 0, share;

    mixq_task_predict (in, a, class_a, NULL, NULL);
    mixq_task_predict (in, b, class_b, NULL, NULL);
    for (gsize i = 0; i < (answers ? 50 * CLASSES : 50); i++)
      equal += answers ? (a[i] > 0) == (b[i] > 0) : class_a[i] == class_b[i];
    share = equal / (answers ? 50 * CLASSES : 50);
    g_assert_cmpfloat (mixq_task_agreement (in, a, a), ==, 1);
    g_assert_cmpfloat (mixq_task_agreement (in, a, b), ==, share);
    g_assert_cmpfloat (mixq_task_agreement_double (in, wide_a, wide_b), ==, share);
    g_assert_cmpfloat (share, <, 1);
    g_assert_cmpfloat (share, >, 0);
  }
}

/* A part of a data set: its own items and answers, not those of the whole. */
static void
test_part_of_a_whole (void)
{
  for (guint t = 0; t < 2; t++) {
    const Spec spec = { tasks[t], 30, .unknown = 0.2, .only_train = TRUE };
    g_autoptr (MixqInputs) whole = new_inputs (&spec, 13);
    g_autoptr (MixqInputs) part = mixq_inputs_new_part (whole);
    g_autofree float *logits = draw_logits (whole, 13, 3, 0), *turned = g_new (float, 30 * CLASSES);

    part->n_nodes = 30;
    part->n_graphs = 1;
    part->features = mixq_csr_ref (whole->features);
    part->graph = mixq_csr_ref (whole->graph);
    part->origin_node = g_new (guint32, 30);
    part->origin_item = g_new (guint32, 30);
    for (guint32 i = 0; i < 30; i++) {
      part->origin_node[i] = part->origin_item[i] = 29 - i;
      memcpy (turned + i * CLASSES, logits + (29 - i) * CLASSES, CLASSES * sizeof *turned);
    }
    mixq_inputs_seal (part, NULL);
    g_assert_cmpfloat_with_epsilon (mixq_task_loss (whole, MIXQ_PART_TRAIN, logits, NULL),
                                    mixq_task_loss (part, MIXQ_PART_TRAIN, turned, NULL), DOUBLE_TOLERANCE);
    g_assert_cmpfloat (mixq_task_score (whole, MIXQ_PART_TRAIN, logits), ==,
                       mixq_task_score (part, MIXQ_PART_TRAIN, turned));
  }
}

static void
test_names (void)
{
  const char *names[] = { "nodes", "node-targets", "graphs" },
             *metrics[] = { "accuracy", "roc-auc", "accuracy" };

  for (guint t = 0; t < G_N_ELEMENTS (tasks); t++) {
    g_assert_cmpstr (mixq_task_name (tasks[t]), ==, names[tasks[t]]);
    g_assert_cmpstr (mixq_task_metric_name (tasks[t]), ==, metrics[tasks[t]]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/task/loss", test_loss);
  g_test_add_func ("/engine/task/gradient", test_gradient);
  g_test_add_func ("/engine/task/teacher", test_teacher);
  g_test_add_func ("/engine/task/huge", test_huge);
  g_test_add_func ("/engine/task/score", test_score);
  g_test_add_func ("/engine/task/score-double", test_score_double);
  g_test_add_func ("/engine/task/nothing-to-score", test_nothing_to_score);
  g_test_add_func ("/engine/task/predict", test_predict);
  g_test_add_func ("/engine/task/agreement", test_agreement);
  g_test_add_func ("/engine/task/part-of-a-whole", test_part_of_a_whole);
  g_test_add_func ("/engine/task/names", test_names);
  return g_test_run ();
}
