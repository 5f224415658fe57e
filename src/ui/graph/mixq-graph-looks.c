/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every node looks like in each mode, and the same in words. */
#include "config.h"

#include "graph/mixq-graph-canvas-private.h"

#include <glib/gi18n.h>
#include <string.h>

const char *
mixq_graph_mode_name (MixqGraphMode mode)
{
  static const char *const names[] = { "truth", "prediction", "correct", "confidence", "flips" };

  g_return_val_if_fail (mode < MIXQ_N_GRAPH_MODES, NULL);
  return names[mode];
}

const char *
mixq_graph_mode_title (MixqGraphMode mode)
{
  switch (mode) {
  case MIXQ_GRAPH_TRUTH:
    return _ ("Truth");
  case MIXQ_GRAPH_PREDICTION:
    return _ ("Prediction");
  case MIXQ_GRAPH_CORRECT:
    return _ ("Correct");
  case MIXQ_GRAPH_CONFIDENCE:
    return _ ("Confidence");
  case MIXQ_GRAPH_FLIPS:
    return _ ("Flips");
  case MIXQ_N_GRAPH_MODES:
  default:
    g_return_val_if_reached ("");
  }
}

int
mixq_graph_mode_parse (const char *name)
{
  for (int mode = 0; mode < MIXQ_N_GRAPH_MODES; mode++)
    if (g_strcmp0 (name, mixq_graph_mode_name ((MixqGraphMode) mode)) == 0)
      return mode;
  return -1;
}

/* --- what every node looks like ------------------------------------------------------------------------------------- */

static guint8
class_look (int class_number)
{
  return class_number < 0 ? MIXQ_CLASS_UNKNOWN : (guint8) MIN (class_number, MIXQ_N_CLASS_LOOKS - 1);
}

typedef struct
{
  const guint16 *prediction; /* nullable */
  const guint16 *float32;    /* nullable */
  const guint8 *confidence;  /* nullable */
  const gint32 *labels;
} Facts;

static void
node_look (MixqGraphCanvas *self, const Facts *facts, gsize i)
{
  int label = facts->labels[i], predicted = facts->prediction != NULL ? facts->prediction[i] : -1;
  gboolean flipped = facts->float32 != NULL && predicted >= 0 && facts->float32[i] != facts->prediction[i];
  guint8 flags = 0, strength = 255;
  int shown = predicted;

  self->n_flipped += flipped;
  switch (self->mode) {
  case MIXQ_GRAPH_TRUTH:
    shown = label;
    break;
  case MIXQ_GRAPH_CORRECT:
    if (label < 0 || predicted < 0)
      flags |= MIXQ_NODE_DIMMED;
    else if (label != predicted)
      flags |= MIXQ_NODE_WRONG;
    break;
  case MIXQ_GRAPH_CONFIDENCE:
    strength = facts->confidence != NULL ? facts->confidence[i] : 255;
    flags |= flipped ? MIXQ_NODE_FLIPPED : 0;
    break;
  case MIXQ_GRAPH_FLIPS:
    flags |= flipped ? MIXQ_NODE_FLIPPED : MIXQ_NODE_DIMMED;
    break;
  case MIXQ_GRAPH_PREDICTION:
  case MIXQ_N_GRAPH_MODES:
  default:
    flags |= flipped ? MIXQ_NODE_FLIPPED : 0;
    break;
  }
  self->classes[i] = class_look (shown);
  self->flags[i] = flags;
  self->strength[i] = strength;
}

char *
mixq_graph_canvas_dup_description (MixqGraphCanvas *self)
{
  MixqDataset *dataset;
  g_autofree char *flips = NULL;

  g_return_val_if_fail (MIXQ_IS_GRAPH_CANVAS (self), NULL);

  if (self->data == NULL)
    return g_strdup (_ ("No graph yet"));
  dataset = self->data->dataset;
  if (self->n_flipped == G_MAXUINT)
    flips = g_strdup (_ ("float32 is not finished yet"));
  else
    flips = g_strdup_printf (
        ngettext ("%u node differs from float32", "%u nodes differ from float32", self->n_flipped),
        self->n_flipped);
  /* Translators: the graph for a screen reader: title, nodes, edges, what the colours show, flips. */
  return g_strdup_printf (_ ("%s, %lu nodes, %lu edges, coloured by %s, %s"), dataset->title,
                          (gulong) dataset->n_nodes, (gulong) self->data->n_edges,
                          mixq_graph_mode_title (self->mode), flips);
}

/* Recomputes the looks; asks for a new picture only if something looks different. */
void
mixq_graph_canvas_update_looks (MixqGraphCanvas *self)
{
  MixqPoint *float32;
  Facts facts = { 0 };
  g_autofree guint8 *before = NULL;
  guint flipped_before = self->n_flipped;
  gsize n;

  if (self->data == NULL || self->run == NULL)
    return;
  n = self->data->dataset->n_nodes;
  float32 = mixq_run_model_peek_float (self->run);
  facts.labels = self->data->dataset->labels;
  facts.prediction = mixq_run_model_peek_prediction (self->run, &facts.confidence);
  facts.float32 = float32 != NULL && float32->n_items == n ? float32->prediction : NULL;
  before = g_malloc (3 * n + 1);
  memcpy (before, self->classes, n);
  memcpy (before + n, self->flags, n);
  memcpy (before + 2 * n, self->strength, n);
  self->n_flipped = 0;
  for (gsize i = 0; i < n; i++)
    node_look (self, &facts, i);
  if (facts.float32 == NULL)
    self->n_flipped = G_MAXUINT;
  if (mixq_run_model_get_selected_node (self->run) >= 0)
    self->flags[mixq_run_model_get_selected_node (self->run)] |= MIXQ_NODE_SELECTED;
  if (self->n_flipped != flipped_before)
    g_object_notify (G_OBJECT (self), "n-flipped");
  mixq_picture_describe (self->picture, NULL, FALSE);
  if (self->hovered >= 0)
    mixq_graph_canvas_update_card (self);
  if (memcmp (before, self->classes, n) != 0 || memcmp (before + n, self->flags, n) != 0 ||
      memcmp (before + 2 * n, self->strength, n) != 0 || mixq_picture_peek_texture (self->picture) == NULL)
    mixq_graph_canvas_request (self);
}

gint64
mixq_graph_canvas_next_flip (MixqGraphCanvas *self, int direction)
{
  MixqPoint *float32;
  const guint16 *prediction;
  gint64 n, at;

  g_return_val_if_fail (MIXQ_IS_GRAPH_CANVAS (self), MIXQ_NO_NODE);

  float32 = self->run != NULL ? mixq_run_model_peek_float (self->run) : NULL;
  prediction = self->run != NULL ? mixq_run_model_peek_prediction (self->run, NULL) : NULL;
  if (self->data == NULL || float32 == NULL || float32->prediction == NULL || prediction == NULL)
    return MIXQ_NO_NODE;
  n = (gint64) self->data->dataset->n_nodes;
  at = mixq_run_model_get_selected_node (self->run);
  for (gint64 i = 1; i <= n; i++) {
    gint64 node = ((at + direction * i) % n + n) % n;

    if (prediction[node] != float32->prediction[node])
      return node;
  }
  return MIXQ_NO_NODE;
}

void
mixq_graph_canvas_dup_looks (MixqGraphCanvas *self, guint8 **classes, guint8 **flags, guint8 **strength)
{
  gsize n;

  g_return_if_fail (MIXQ_IS_GRAPH_CANVAS (self));
  g_return_if_fail (self->data != NULL);

  n = self->data->dataset->n_nodes;
  *classes = g_memdup2 (self->classes, n);
  *flags = g_memdup2 (self->flags, n);
  *strength = g_memdup2 (self->strength, n);
}
