/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "train/mixq-task.h"

#include <math.h>
#include <string.h>

/* A teacher's probability where ours has become 0: its logarithm is a number. */
#define LEAST_PROBABILITY 1e-30f
#define RADIX_BITS 8
#define RADIX (1u << RADIX_BITS)
#define N_DIGITS (64 / RADIX_BITS)

const char *
mixq_task_name (MixqTask task)
{
  static const char *const names[] = { "nodes", "node-targets", "graphs" };

  return names[task];
}

const char *
mixq_task_metric_name (MixqTask task)
{
  return task == MIXQ_TASK_NODE_TARGETS ? "roc-auc" : "accuracy";
}

/* --- one row of logits --------------------------------------------------------------------------------------------- */

/* Fills @p (nullable); returns the logarithm of the sum of the exponentials. */
static float
softmax (const float *logits, gsize n, float *p)
{
  float top = logits[0], sum = 0;

  for (gsize c = 1; c < n; c++)
    top = logits[c] > top ? logits[c] : top;
  if (p == NULL) {
    for (gsize c = 0; c < n; c++)
      sum += expf (logits[c] - top);
    return logf (sum) + top;
  }
  for (gsize c = 0; c < n; c++)
    sum += p[c] = expf (logits[c] - top);
  for (gsize c = 0; c < n; c++)
    p[c] /= sum;
  return logf (sum) + top;
}

static double
log_sum_double (const double *logits, gsize n)
{
  double top = logits[0], sum = 0;

  for (gsize c = 1; c < n; c++)
    top = fmax (top, logits[c]);
  for (gsize c = 0; c < n; c++)
    sum += exp (logits[c] - top);
  return log (sum) + top;
}

/* The exponential of a negative number never overflows. */
static float
sigmoid (float x)
{
  float e = expf (-fabsf (x));

  return (x >= 0 ? 1.0f : e) / (1.0f + e);
}

/* log (1 + exp x): the loss of a logit x whose answer is no; -x: yes. */
static float
softplus (float x)
{
  return fmaxf (x, 0) + log1pf (expf (-fabsf (x)));
}

static double
softplus_double (double x)
{
  return fmax (x, 0) + log1p (exp (-fabs (x)));
}

static gsize
argmax (const float *x, gsize n)
{
  gsize best = 0;

  for (gsize c = 1; c < n; c++)
    if (x[c] > x[best])
      best = c;
  return best;
}

static gsize
argmax_double (const double *x, gsize n)
{
  gsize best = 0;

  for (gsize c = 1; c < n; c++)
    if (x[c] > x[best])
      best = c;
  return best;
}

/* --- loss ---------------------------------------------------------------------------------------------------------- */

static gsize
count_known (const MixqInputs *in, MixqPart part)
{
  gsize known = 0;

  for (gsize i = 0; i < in->n_item[part]; i++) {
    const guint8 *target = in->target + in->item[part][i] * in->n_classes;

    for (gsize c = 0; c < in->n_classes; c++)
      known += target[c] != MIXQ_TARGET_UNKNOWN;
  }
  return known;
}

static double
loss_of_classes (const MixqInputs *in, MixqPart part, const float *logits, float *grad)
{
  gsize n = in->n_item[part], classes = in->n_classes;
  float share = 1.0f / (float) MAX (n, 1);
  double loss = 0;

  for (gsize i = 0; i < n; i++) {
    gsize r = in->item[part][i], label = (gsize) in->label[r];
    const float *x = logits + r * classes;
    float *g = grad != NULL ? grad + r * classes : NULL;

    loss += (double) (softmax (x, classes, g) - x[label]);
    if (g == NULL)
      continue;
    g[label] -= 1;
    for (gsize c = 0; c < classes; c++)
      g[c] *= share;
  }
  return n > 0 ? loss / (double) n : (double) NAN;
}

static double
loss_of_answers (const MixqInputs *in, MixqPart part, const float *logits, float *grad)
{
  gsize known = count_known (in, part), classes = in->n_classes;
  float share = 1.0f / (float) MAX (known, 1);
  double loss = 0;

  for (gsize i = 0; i < in->n_item[part]; i++) {
    gsize at = in->item[part][i] * classes;

    for (gsize c = at; c < at + classes; c++) {
      gboolean unknown = in->target[c] == MIXQ_TARGET_UNKNOWN, yes = in->target[c] == 1;

      if (!unknown)
        loss += (double) softplus (yes ? -logits[c] : logits[c]);
      if (grad != NULL)
        grad[c] = unknown ? 0 : (sigmoid (logits[c]) - (float) yes) * share;
    }
  }
  return known > 0 ? loss / (double) known : (double) NAN;
}

double
mixq_task_loss (const MixqInputs *in, MixqPart part, const float *logits, float *grad)
{
  return in->task == MIXQ_TASK_NODE_TARGETS ? loss_of_answers (in, part, logits, grad)
                                            : loss_of_classes (in, part, logits, grad);
}

static double
loss_of_answers_double (const MixqInputs *in, MixqPart part, const double *logits)
{
  gsize known = count_known (in, part), classes = in->n_classes;
  double loss = 0;

  for (gsize i = 0; i < in->n_item[part]; i++) {
    gsize at = in->item[part][i] * classes;

    for (gsize c = at; c < at + classes; c++)
      if (in->target[c] != MIXQ_TARGET_UNKNOWN)
        loss += softplus_double (in->target[c] == 1 ? -logits[c] : logits[c]);
  }
  return known > 0 ? loss / (double) known : (double) NAN;
}

double
mixq_task_loss_double (const MixqInputs *in, MixqPart part, const double *logits)
{
  gsize n = in->n_item[part], classes = in->n_classes;
  double loss = 0;

  if (in->task == MIXQ_TASK_NODE_TARGETS)
    return loss_of_answers_double (in, part, logits);
  for (gsize i = 0; i < n; i++) {
    gsize r = in->item[part][i];
    const double *x = logits + r * classes;

    loss += log_sum_double (x, classes) - x[in->label[r]];
  }
  return n > 0 ? loss / (double) n : (double) NAN;
}

static double
teacher_of_classes (const MixqInputs *in, const float *teacher, const float *logits, float *grad)
{
  gsize n = in->n_items, classes = in->n_classes;
  g_autofree float *row = grad == NULL ? g_new (float, classes) : NULL;
  float share = 1.0f / (float) n;
  double loss = 0;

  for (gsize r = 0; r < n; r++) {
    float *g = grad != NULL ? grad + r * classes : row;

    softmax (logits + r * classes, classes, g);
    for (gsize c = 0; c < classes; c++) {
      loss -= (double) (teacher[r * classes + c] * logf (fmaxf (g[c], LEAST_PROBABILITY)));
      g[c] = (g[c] - teacher[r * classes + c]) * share;
    }
  }
  return loss / (double) n;
}

static double
teacher_of_answers (const MixqInputs *in, const float *teacher, const float *logits, float *grad)
{
  gsize n = in->n_items * in->n_classes;
  float share = 1.0f / (float) n;
  double loss = 0;

  for (gsize i = 0; i < n; i++) {
    loss += (double) (teacher[i] * softplus (-logits[i]) + (1 - teacher[i]) * softplus (logits[i]));
    if (grad != NULL)
      grad[i] = (sigmoid (logits[i]) - teacher[i]) * share;
  }
  return loss / (double) n;
}

double
mixq_task_teacher_loss (const MixqInputs *in, const float *teacher, const float *logits, float *grad)
{
  if (in->n_items == 0)
    return (double) NAN;
  return in->task == MIXQ_TASK_NODE_TARGETS ? teacher_of_answers (in, teacher, logits, grad)
                                            : teacher_of_classes (in, teacher, logits, grad);
}

/* --- score --------------------------------------------------------------------------------------------------------- */

/* Logits of either precision: a float is a double with the same order, so both are scored by the same code. */
typedef struct
{
  const float *f; /* one of the two is NULL */
  const double *d;
} Logits;

static inline double
logit_at (const Logits *self, gsize i)
{
  return self->f != NULL ? (double) self->f[i] : self->d[i];
}

static inline gsize
class_at (const Logits *self, gsize item, gsize classes)
{
  return self->f != NULL ? argmax (self->f + item * classes, classes)
                         : argmax_double (self->d + item * classes, classes);
}

/* Whether argmax() is @label, without a branch a class: no class before is as large, none behind larger. */
static gboolean
is_argmax (const float *x, gsize n, gsize label)
{
  guint32 larger = 0;

  for (gsize c = 0; c < label; c++)
    larger |= !(x[label] > x[c]);
  for (gsize c = label + 1; c < n; c++)
    larger |= x[c] > x[label];
  return larger == 0;
}

static gboolean
is_right (const Logits *self, gsize item, gsize classes, gint32 label)
{
  if (label < 0)
    return FALSE;
  return self->f != NULL ? is_argmax (self->f + item * classes, classes, (gsize) label)
                         : class_at (self, item, classes) == (gsize) label;
}

static double
accuracy (const MixqInputs *in, MixqPart part, const Logits *logits)
{
  gsize right = 0;

  for (gsize i = 0; i < in->n_item[part]; i++) {
    gsize r = in->item[part][i];
    right += (gsize) is_right (logits, r, in->n_classes, in->label[r]);
  }
  return in->n_item[part] > 0 ? (double) right / (double) in->n_item[part] : (double) NAN;
}

/* A whole number that orders as @x does; equal numbers have equal keys, NaN the least. */
static guint64
key_of (double x)
{
  guint64 bits;

  if (isnan (x))
    return 0;
  x += 0.0; /* -0 becomes 0 */
  memcpy (&bits, &x, sizeof bits);
  return bits >> 63 ? ~bits : bits | (guint64) 1 << 63;
}

/* Stable passes from the last digit to the first; a digit that all keys share needs none. Result in @key. */
static void
sort_keys (guint64 *key, guint64 *spare, gsize n)
{
  gsize count[N_DIGITS][RADIX] = { 0 };
  guint64 *from = key, *to = spare;

  for (gsize i = 0; i < n; i++)
    for (guint d = 0; d < N_DIGITS; d++)
      count[d][key[i] >> (d * RADIX_BITS) & (RADIX - 1)]++;
  for (guint d = 0; d < N_DIGITS; d++) {
    gsize at = 0;

    if (n == 0 || count[d][key[0] >> (d * RADIX_BITS) & (RADIX - 1)] == n)
      continue;
    for (guint v = 0; v < RADIX; v++) {
      gsize here = count[d][v];
      count[d][v] = at;
      at += here;
    }
    for (gsize i = 0; i < n; i++)
      to[count[d][from[i] >> (d * RADIX_BITS) & (RADIX - 1)]++] = from[i];
    to = from;
    from = from == key ? spare : key;
  }
  if (from != key)
    memcpy (key, from, n * sizeof *key);
}

/* Twice the number of pairs of a yes and a no that are in order, equal ones counting half: both lists sorted. */
static guint64
count_pairs (const guint64 *yes, gsize n_yes, const guint64 *no, gsize n_no)
{
  gsize below = 0, not_above = 0;
  guint64 twice = 0;

  for (gsize i = 0; i < n_yes; i++) {
    while (below < n_no && no[below] < yes[i])
      below++;
    while (not_above < n_no && no[not_above] <= yes[i])
      not_above++;
    twice += below + not_above;
  }
  return twice;
}

/* The area for answer @c, NaN where it is not both yes and no. @key: room for three times the part's items. */
static double
area_of (const MixqInputs *in, MixqPart part, const Logits *logits, gsize c, guint64 *key)
{
  gsize n = in->n_item[part], n_yes = 0, n_no = 0;
  guint64 *yes = key, *no = key + n, *spare = key + 2 * n;

  for (gsize i = 0; i < n; i++) {
    gsize at = in->item[part][i] * in->n_classes + c;

    if (in->target[at] == 1)
      yes[n_yes++] = key_of (logit_at (logits, at));
    else if (in->target[at] == 0)
      no[n_no++] = key_of (logit_at (logits, at));
  }
  if (n_yes == 0 || n_no == 0)
    return (double) NAN;
  sort_keys (yes, spare, n_yes);
  sort_keys (no, spare, n_no);
  return (double) count_pairs (yes, n_yes, no, n_no) / (2.0 * (double) n_yes * (double) n_no);
}

static double
mean_area (const MixqInputs *in, MixqPart part, const Logits *logits)
{
  g_autofree guint64 *key = g_new (guint64, 3 * MAX (in->n_item[part], 1));
  gsize scored = 0;
  double sum = 0;

  for (gsize c = 0; c < in->n_classes; c++) {
    double area = area_of (in, part, logits, c, key);

    if (isnan (area))
      continue;
    sum += area;
    scored++;
  }
  return scored > 0 ? sum / (double) scored : (double) NAN;
}

static double
score (const MixqInputs *in, MixqPart part, const Logits *logits)
{
  return in->task == MIXQ_TASK_NODE_TARGETS ? mean_area (in, part, logits) : accuracy (in, part, logits);
}

double
mixq_task_score (const MixqInputs *in, MixqPart part, const float *logits)
{
  return score (in, part, &(Logits){ .f = logits });
}

double
mixq_task_score_double (const MixqInputs *in, MixqPart part, const double *logits)
{
  return score (in, part, &(Logits){ .d = logits });
}

/* --- prediction ---------------------------------------------------------------------------------------------------- */

static void
probabilities (MixqTask task, const float *logits, gsize n, float *p)
{
  if (task != MIXQ_TASK_NODE_TARGETS) {
    softmax (logits, n, p);
    return;
  }
  for (gsize c = 0; c < n; c++)
    p[c] = sigmoid (logits[c]);
}

void
mixq_task_predict (const MixqInputs *in,
                   const float *logits,
                   guint16 *prediction,
                   guint8 *confidence,
                   float *probability)
{
  gsize classes = in->n_classes;
  g_autofree float *row = probability == NULL ? g_new (float, classes) : NULL;

  for (gsize r = 0; r < in->n_items; r++) {
    gsize best = argmax (logits + r * classes, classes);
    float *p = probability != NULL ? probability + r * classes : row;

    if (prediction != NULL)
      prediction[r] = (guint16) best;
    if (confidence == NULL && probability == NULL)
      continue;
    probabilities (in->task, logits + r * classes, classes, p);
    if (confidence != NULL)
      confidence[r] = (guint8) lrintf (255.0f * p[best]);
  }
}

/* One over it is the probability of the largest logit, x[best]. */
static double
inverse_confidence (MixqTask task, const double *x, gsize n, gsize best)
{
  double sum = 0;

  if (task == MIXQ_TASK_NODE_TARGETS)
    return 1 + exp (-x[best]);
  for (gsize c = 0; c < n; c++)
    sum += exp (x[c] - x[best]);
  return sum;
}

void
mixq_task_predict_double (const MixqInputs *in, const double *logits, guint16 *prediction, guint8 *confidence)
{
  gsize classes = in->n_classes;

  for (gsize r = 0; r < in->n_items; r++) {
    const double *x = logits + r * classes;
    gsize best = argmax_double (x, classes);

    if (prediction != NULL)
      prediction[r] = (guint16) best;
    if (confidence != NULL)
      confidence[r] = (guint8) lrint (255.0 / inverse_confidence (in->task, x, classes, best));
  }
}

static double
agreement (const MixqInputs *in, const Logits *a, const Logits *b)
{
  gboolean answers = in->task == MIXQ_TASK_NODE_TARGETS;
  gsize classes = in->n_classes, n = answers ? in->n_items * classes : in->n_items, equal = 0;

  for (gsize i = 0; i < n; i++)
    equal += answers ? (logit_at (a, i) > 0) == (logit_at (b, i) > 0)
                     : class_at (a, i, classes) == class_at (b, i, classes);
  return n > 0 ? (double) equal / (double) n : (double) NAN;
}

double
mixq_task_agreement (const MixqInputs *in, const float *a, const float *b)
{
  return agreement (in, &(Logits){ .f = a }, &(Logits){ .f = b });
}

double
mixq_task_agreement_double (const MixqInputs *in, const double *a, const double *b)
{
  return agreement (in, &(Logits){ .d = a }, &(Logits){ .d = b });
}
