/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/mixq-inputs.h"

G_BEGIN_DECLS

/*
 * What a data set asks for, over the logits of its items: n_items x n_classes, row by row (MixqInputs). Logits of a
 * network are float; those of integer inference, dequantized, are double, and the functions ending in _double keep every
 * bit of them. All are pure functions of what they are given, hold no state, and are safe in any thread.
 *
 * MIXQ_TASK_NODES, _GRAPHS: an item has one class, the softmax of its logits is the probability of each. Items of a part
 * have a class. MIXQ_TASK_NODE_TARGETS: each logit answers its own yes-or-no question, the probability of yes is its
 * sigmoid; unknown answers count nowhere.
 */

/** mixq_task_name: "nodes", "node-targets" or "graphs"; for files, not translated. */
const char *mixq_task_name (MixqTask task);
/** mixq_task_metric_name: what mixq_task_score() is: "accuracy" or "roc-auc"; for files, not translated. */
const char *mixq_task_metric_name (MixqTask task);

/**
 * mixq_task_loss:
 * @grad: (nullable) (out): d loss / d logits, n_items x n_classes, of which the rows of the part's items are written (0 at
 *   an unknown answer) and no others; must not alias @logits
 *
 * Mean over the part's items of the softmax cross-entropy, or over their known answers of the binary cross-entropy with
 * logits; in nats. Neither overflows: logits of any size give a number, NaN gives NaN.
 *
 * Returns: the loss; NaN where the part holds no item, or no known answer (a training loss of 0 is the caller's choice).
 * Cost: O(items x classes), no allocation.
 */
double mixq_task_loss (const MixqInputs *in, MixqPart part, const float *logits, float *grad);
double mixq_task_loss_double (const MixqInputs *in, MixqPart part, const double *logits);

/**
 * mixq_task_teacher_loss:
 * @teacher: n_items x n_classes probabilities as mixq_task_predict() gives them: rows of a softmax, or sigmoids
 * @grad: (nullable) (out): as in mixq_task_loss(), but of every row
 *
 * Cross-entropy against a teacher on all items, without labels: mean over the items, or over the items' answers, each of
 * which a teacher knows. Its minimum is the teacher's entropy, not 0.
 *
 * Returns: the loss; NaN without items. Cost: O(items x classes), no allocation with @grad.
 */
double mixq_task_teacher_loss (const MixqInputs *in, const float *teacher, const float *logits, float *grad);

/**
 * mixq_task_score:
 *
 * Share of the part's items whose largest logit (the first of equals) is that of their class; or the area under the ROC
 * curve, averaged over the answers that have both a yes and a no among the part's known ones. Equal logits count half, 0
 * and -0 are equal, NaN ranks below all numbers. Exact: integer counts, one division an answer.
 *
 * Returns: 0 .. 1; NaN where nothing can be scored. Cost: O(items x classes); ROC-AUC allocates 24 bytes an item of the part.
 */
double mixq_task_score (const MixqInputs *in, MixqPart part, const float *logits);
double mixq_task_score_double (const MixqInputs *in, MixqPart part, const double *logits);

/**
 * mixq_task_predict:
 * @prediction: (nullable) (out): n_items: the largest logit, the first of equals: the class, or the likeliest answer
 * @confidence: (nullable) (out): n_items: 255 times the probability of that, rounded
 * @probability: (nullable) (out): n_items x n_classes: softmax, or sigmoids
 */
void mixq_task_predict (const MixqInputs *in,
                        const float *logits,
                        guint16 *prediction,
                        guint8 *confidence,
                        float *probability);
void mixq_task_predict_double (const MixqInputs *in,
                               const double *logits,
                               guint16 *prediction,
                               guint8 *confidence);

/**
 * mixq_task_agreement:
 *
 * Share of predictions that two sets of logits have in common: over all items the class, or over all items' answers, known
 * or not, the sign (yes above 0).
 *
 * Returns: 0 .. 1; NaN without items.
 */
double mixq_task_agreement (const MixqInputs *in, const float *a, const float *b);
double mixq_task_agreement_double (const MixqInputs *in, const double *a, const double *b);

G_END_DECLS
