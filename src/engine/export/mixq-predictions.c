/* SPDX-License-Identifier: GPL-3.0-or-later */
/* predictions.csv: what the integer model says of every item, one line each, in the columns that suit the task. */
#include <string.h>

#include "export/mixq-model-folder-private.h"
#include "run/mixq-inference.h"

typedef struct
{
  GString *text;
  const MixqDataset *dataset;
  const MixqFinished *finished;
  const double *logits; /* (nullable): several answers a node: n_items x n_classes */
} Csv;

/* RFC 4180: quotes only where they are needed. */
static void
append_field (GString *csv, const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL) {
    g_string_append (csv, text);
    return;
  }
  g_string_append_c (csv, '"');
  for (; *text != '\0'; text++)
    g_string_append_printf (csv, *text == '"' ? "\"%c" : "%c", *text);
  g_string_append_c (csv, '"');
}

static void
append_number (GString *csv, gsize number)
{
  g_string_append_printf (csv, "%" G_GSIZE_FORMAT ",", number);
}

static void
append_part (const Csv *csv, gsize item)
{
  static const char *const names[] = { "none", "train", "val", "test" };

  g_string_append_printf (csv->text, "%s,", names[mixq_dataset_peek_item_part (csv->dataset)[item]]);
}

/* The class, or the likeliest answer, and how sure the model is of it. */
static void
append_prediction (const Csv *csv, gsize item)
{
  char confidence[G_ASCII_DTOSTR_BUF_SIZE];

  append_field (csv->text, csv->dataset->class_names[csv->finished->prediction[item]]);
  g_ascii_formatd (confidence, sizeof confidence, "%.3f", csv->finished->confidence[item] / 255.0);
  g_string_append_printf (csv->text, ",%s", confidence);
}

static void
append_name (const Csv *csv, gsize node)
{
  append_number (csv->text, node);
  if (csv->dataset->node_names != NULL)
    append_field (csv->text, csv->dataset->node_names[node]);
  g_string_append_c (csv->text, ',');
}

static void
append_truth (const Csv *csv, gsize item)
{
  gint32 truth = mixq_dataset_item_class (csv->dataset, item);

  if (truth >= 0)
    append_field (csv->text, csv->dataset->class_names[truth]);
  g_string_append_c (csv->text, ',');
}

static void
append_node (const Csv *csv, gsize node)
{
  append_name (csv, node);
  append_truth (csv, node);
  append_part (csv, node);
  append_prediction (csv, node);
}

static void
append_graph (const Csv *csv, gsize graph)
{
  const gsize *first = csv->dataset->graph_ptr;

  append_number (csv->text, graph);
  append_number (csv->text, first != NULL ? first[graph + 1] - first[graph] : csv->dataset->n_nodes);
  append_truth (csv, graph);
  append_part (csv, graph);
  append_prediction (csv, graph);
}

static void
append_answers (const Csv *csv, gsize node)
{
  gsize n = csv->dataset->n_classes, known = 0, right = 0, yes = 0;
  const double *logit = csv->logits + node * n;
  const guint8 *target = csv->dataset->targets + node * n;

  for (gsize c = 0; c < n; c++) {
    yes += logit[c] > 0;
    known += target[c] != MIXQ_TARGET_UNKNOWN;
    right += target[c] != MIXQ_TARGET_UNKNOWN && target[c] == (logit[c] > 0);
  }
  append_name (csv, node);
  append_part (csv, node);
  append_number (csv->text, known);
  append_number (csv->text, right);
  append_number (csv->text, yes);
  append_prediction (csv, node);
  for (gsize c = 0; c < n; c++)
    g_string_append (csv->text, logit[c] > 0 ? ",1" : ",0");
}

static void
append_head (const Csv *csv)
{
  static const char *const heads[] = {
    [MIXQ_TASK_NODES] = "node,name,truth,part,prediction,confidence",
    [MIXQ_TASK_NODE_TARGETS] = "node,name,part,known,right,yes,prediction,confidence",
    [MIXQ_TASK_GRAPHS] = "graph,nodes,truth,part,prediction,confidence",
  };

  g_string_append (csv->text, heads[csv->dataset->task]);
  for (gsize c = 0; csv->logits != NULL && c < csv->dataset->n_classes; c++) {
    g_string_append_c (csv->text, ',');
    append_field (csv->text, csv->dataset->class_names[c]);
  }
  g_string_append_c (csv->text, '\n');
}

char *
mixq_predictions_to_csv (const MixqRunResult *result, GError **error)
{
  static void (*const append[]) (const Csv *, gsize) = {
    [MIXQ_TASK_NODES] = append_node,
    [MIXQ_TASK_NODE_TARGETS] = append_answers,
    [MIXQ_TASK_GRAPHS] = append_graph,
  };
  Csv csv = { .dataset = result->inputs->dataset, .finished = result->finished };
  g_autoptr (MixqInference) said = NULL;

  if (csv.dataset->task == MIXQ_TASK_NODE_TARGETS) {
    said = mixq_infer (result->finished->frozen, result->inputs, MIXQ_ENGINE_INTEGER, FALSE, 1, NULL, error);
    if (said == NULL)
      return NULL;
    csv.logits = said->logits;
  }
  csv.text = g_string_new (NULL);
  append_head (&csv);
  for (gsize item = 0; item < result->finished->n_items; item++) {
    append[csv.dataset->task](&csv, item);
    g_string_append_c (csv.text, '\n');
  }
  return g_string_free (csv.text, FALSE);
}
