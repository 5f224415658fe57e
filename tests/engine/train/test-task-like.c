/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a data set asks for has the very bits of the numbers that the trainer and integer inference give. */
#include <string.h>

#include "../net/toy.h"
#include "integer/mixq-frozen.h"
#include "train/mixq-task.h"
#include "train/mixq-trainer.h"

static const ToySpec toy = { .seed = 5, .nodes = 40, .homophilous = TRUE };

static MixqTrainer *
toy_trainer (MixqInputs *in, const guint8 *fixed, const float *teacher)
{
  g_autoptr (MixqModel) model = toy_model_new (&toy, in);
  MixqNet *net = mixq_net_new (model, in, 0, NULL, fixed, teacher != NULL, NULL);

  mixq_net_init_weights (net, 5);
  return mixq_trainer_new (
      net, &(MixqTrainerOptions){ .seed = 5, .stream = "test", .lr = 0.02, .teacher = teacher });
}

/* Without dropout the training pass has the logits of the evaluation before it. */
static void
test_like_trainer (void)
{
  g_autoptr (MixqInputs) in = toy_inputs_new (&toy);
  g_autoptr (MixqTrainer) trainer = toy_trainer (in, NULL, NULL);
  MixqNet *net = mixq_trainer_peek_net (trainer);
  gsize classes = in->n_classes, n = 40 * classes;
  g_autofree float *grad = g_new (float, n), *p = g_new (float, n), *q = g_new (float, n);
  guint16 prediction[40], theirs[40];
  guint8 confidence[40], their_confidence[40];
  MixqEpoch epoch;

  mixq_trainer_evaluate (trainer, &epoch);
  for (guint step = 0; step < 20; step++) {
    const float *logits = mixq_net_logits (net);
    double loss = mixq_task_loss (in, MIXQ_PART_TRAIN, logits, grad);

    for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++) {
      g_assert_cmpfloat (mixq_task_score (in, part, logits), ==, epoch.accuracy[part]);
      g_assert_cmpfloat (mixq_task_loss (in, part, logits, NULL), ==, mixq_trainer_part_loss (trainer, part));
    }
    mixq_task_predict (in, logits, prediction, confidence, p);
    mixq_trainer_predict (trainer, theirs, their_confidence, q);
    g_assert_cmpmem (prediction, sizeof prediction, theirs, sizeof theirs);
    g_assert_cmpmem (confidence, sizeof confidence, their_confidence, sizeof their_confidence);
    g_assert_cmpmem (p, n * sizeof *p, q, n * sizeof *q);
    g_assert_true (mixq_trainer_step (trainer, 0, &epoch, NULL));
    g_assert_cmpfloat (epoch.loss, ==, loss);
    for (gsize i = 0; i < in->n_item[MIXQ_PART_TRAIN]; i++) {
      gsize at = in->item[MIXQ_PART_TRAIN][i] * classes;
      g_assert_cmpmem (grad + at, classes * sizeof *grad, mixq_net_logits_grad (net) + at,
                       classes * sizeof *grad);
    }
  }
}

static void
test_like_trainer_with_teacher (void)
{
  g_autoptr (MixqInputs) in = toy_inputs_new (&toy);
  gsize n = 40 * in->n_classes;
  g_autofree float *teacher = g_new (float, n), *grad = g_new (float, n);
  g_autoptr (MixqTrainer) trainer = NULL;
  MixqEpoch epoch;

  for (gsize i = 0; i < n; i++)
    grad[i] = (float) (i * i % 7);
  mixq_task_predict (in, grad, NULL, NULL, teacher);
  trainer = toy_trainer (in, NULL, teacher);
  mixq_trainer_evaluate (trainer, NULL);
  for (guint step = 0; step < 20; step++) {
    MixqNet *net = mixq_trainer_peek_net (trainer);
    double loss = mixq_task_teacher_loss (in, teacher, mixq_net_logits (net), grad);

    g_assert_true (mixq_trainer_step (trainer, 0, &epoch, NULL));
    g_assert_cmpfloat (epoch.loss, ==, loss);
    g_assert_cmpmem (grad, n * sizeof *grad, mixq_net_logits_grad (net), n * sizeof *grad);
  }
}

static double *
dequantized_logits (const MixqExec *exec)
{
  const MixqModel *model = exec->frozen->model;
  int out = model->units[model->n_units - 1].output;
  const MixqFrozenSlot *slot = &exec->frozen->slots[exec->slot_of[out]];
  gsize classes = model->n_classes;
  double *logits = g_new (double, exec->inputs->n_items *classes);

  for (gsize r = 0; r < exec->inputs->n_items; r++)
    for (gsize c = 0; c < classes; c++)
      logits[r * classes + c] = mixq_frozen_slot_value (slot, mixq_frozen_slot_at (slot, r, c),
                                                        exec->code[out][r * classes + c]);
  return logits;
}

/* @bits: of the logits. */
static void
check_like_integers (guint8 bits)
{
  const guint8 fixed[] = { 4, 4, 4, 4, 4, 4, 4, 4, bits };
  g_autoptr (MixqInputs) in = toy_inputs_new (&toy);
  g_autoptr (MixqTrainer) trainer = toy_trainer (in, fixed, NULL);
  g_autoptr (MixqFrozen) frozen = NULL;
  g_autoptr (MixqExec) exec = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree double *logits = NULL;
  guint16 prediction[40], theirs[40];
  guint8 confidence[40], their_confidence[40];

  mixq_trainer_evaluate (trainer, NULL);
  frozen = mixq_net_freeze (mixq_trainer_peek_net (trainer), &error);
  g_assert_no_error (error);
  exec = mixq_exec_new (frozen, in, MIXQ_ENGINE_INTEGER, NULL, &error);
  g_assert_no_error (error);
  logits = dequantized_logits (exec);
  mixq_task_predict_double (in, logits, prediction, confidence);
  mixq_exec_predict (exec, theirs, their_confidence);
  g_assert_cmpmem (prediction, sizeof prediction, theirs, sizeof theirs);
  g_assert_cmpmem (confidence, sizeof confidence, their_confidence, sizeof their_confidence);
  for (int part = MIXQ_PART_TRAIN; part <= MIXQ_PART_TEST; part++) {
    gsize right = 0;

    for (gsize i = 0; i < in->n_item[part]; i++)
      right += theirs[in->item[part][i]] == in->dataset->labels[in->item[part][i]];
    g_assert_cmpfloat (mixq_task_loss_double (in, part, logits), ==, mixq_exec_loss (exec, part));
    g_assert_cmpfloat (mixq_task_score_double (in, part, logits), ==,
                       (double) right / (double) in->n_item[part]);
  }
}

static void
test_like_integers (void)
{
  check_like_integers (2); /* many ties */
  check_like_integers (8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/task/like-trainer", test_like_trainer);
  g_test_add_func ("/engine/task/like-trainer-with-teacher", test_like_trainer_with_teacher);
  g_test_add_func ("/engine/task/like-integers", test_like_integers);
  return g_test_run ();
}
