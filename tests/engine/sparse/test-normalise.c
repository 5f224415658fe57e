/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mixq_csr_normalise_symmetric() against the published normalisation (golden/05) and by its definition. */
#include <math.h>

#include "../golden.h"
#include "sparse/mixq-csr.h"

#define FLOAT_TOLERANCE 1e-6 /* weights are below 2 and were computed in float32 there */

/* A golden case as a CSR without its self loops: rows are the nodes that receive, as in our forward. */
typedef struct
{
  gsize n;
  float dense[8][8]; /* [receiver][sender] */
  gboolean has_loop[8];
  float loop[8];
} Graph;

static void
read_graph (JsonObject *c, Graph *graph)
{
  JsonArray *index = json_object_get_array_member (c, "edge_index");
  JsonArray *from = json_array_get_array_element (index, 0), *to = json_array_get_array_element (index, 1);
  gboolean forward = g_str_equal (json_object_get_string_member (c, "flow"), "source_to_target");
  gboolean weighted = !json_object_get_null_member (c, "edge_weight");

  *graph = (Graph){ 0 };
  if (!json_object_get_null_member (c, "num_nodes"))
    graph->n = golden_size (c, "num_nodes");
  for (guint e = 0; e < json_array_get_length (from); e++) {
    gsize i = (gsize) json_array_get_int_element (forward ? to : from, e);
    gsize j = (gsize) json_array_get_int_element (forward ? from : to, e);
    float w = weighted
                  ? (float) json_array_get_double_element (json_object_get_array_member (c, "edge_weight"), e)
                  : 1;

    g_assert_cmpuint (MAX (i, j), <, 8);
    graph->n = MAX (graph->n, MAX (i, j) + 1);
    if (i != j)
      graph->dense[i][j] = w;
    else
      graph->has_loop[i] = TRUE;
    if (i == j)
      graph->loop[i] = w;
  }
}

static MixqCsr *
to_csr (const Graph *graph)
{
  MixqCsr *csr;
  gsize nnz = 0;

  for (gsize i = 0; i < graph->n; i++)
    for (gsize j = 0; j < graph->n; j++)
      nnz += graph->dense[i][j] != 0;
  csr = mixq_csr_new (graph->n, graph->n, nnz, TRUE);
  nnz = 0;
  for (gsize i = 0; i < graph->n; i++) {
    for (gsize j = 0; j < graph->n; j++)
      if (graph->dense[i][j] != 0) {
        csr->col[nnz] = (guint32) j;
        csr->value[nnz++] = graph->dense[i][j];
      }
    csr->row_ptr[i + 1] = nnz;
  }
  return csr;
}

static double
entry (const MixqCsr *csr, gsize i, gsize j)
{
  for (gsize e = csr->row_ptr[i]; e < csr->row_ptr[i + 1]; e++)
    if (csr->col[e] == j)
      return (double) csr->value[e];
  return (double) NAN;
}

/* The library behind the published code gives added loops the weight 2 of its "improved" form only where the edges
 * have weights; without, all weights are set to 1 after the loops were added. (Our loop weight is an argument.)
 * Our readers drop self loops, that code keeps their weight. Entries of a node that had one of another
 * weight than we add are therefore not comparable; all others are compared. Returns: how many were. */
static guint
compare_case (JsonObject *c)
{
  gboolean forward = g_str_equal (json_object_get_string_member (c, "flow"), "source_to_target");
  gboolean weighted = !json_object_get_null_member (c, "edge_weight");
  float loop = weighted && json_object_get_boolean_member (c, "improved") ? 2.0f : 1.0f;
  JsonArray *index = json_object_get_array_member (c, "out_edge_index");
  JsonArray *from = json_array_get_array_element (index, 0), *to = json_array_get_array_element (index, 1);
  JsonArray *weight = json_object_get_array_member (c, "out_edge_weight");
  guint compared = 0;
  Graph graph;

  read_graph (c, &graph);
  {
    g_autoptr (MixqCsr) csr = to_csr (&graph);
    g_autoptr (MixqCsr) ours = mixq_csr_normalise_symmetric (csr, loop);

    g_assert_cmpuint (ours->nnz, ==, json_array_get_length (weight));
    for (guint e = 0; e < json_array_get_length (weight); e++) {
      gsize i = (gsize) json_array_get_int_element (forward ? to : from, e);
      gsize j = (gsize) json_array_get_int_element (forward ? from : to, e);
      double difference = entry (ours, i, j) - json_array_get_double_element (weight, e);

      if ((graph.has_loop[i] && graph.loop[i] != loop) || (graph.has_loop[j] && graph.loop[j] != loop))
        continue;
      if (!(fabs (difference) <= FLOAT_TOLERANCE))
        g_test_message ("%s entry %zu,%zu: off by %g", json_object_get_string_member (c, "name"), i, j,
                        difference);
      g_assert_true (fabs (difference) <= FLOAT_TOLERANCE);
      compared++;
    }
  }
  return compared;
}

static void
test_golden (void)
{
  g_autoptr (JsonParser) parser = golden_load ("05-gcn-norm.json");
  JsonArray *cases;

  if (parser == NULL)
    return;
  cases = golden_cases (parser);
  g_assert_cmpuint (json_array_get_length (cases), ==, 17);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    g_assert_cmpuint (compare_case (json_array_get_object_element (cases, i)), >=, 7);
}

/* Rows stay sorted, the loop is in its place, and D^1/2 A^ D^1/2 gives the loops and edges back. */
static void
test_definition (void)
{
  const guint32 src[] = { 0, 0, 2, 4, 1 }, dst[] = { 1, 2, 3, 0, 4 };
  g_autoptr (MixqCsr) graph = mixq_csr_new_from_edges (6, src, dst, G_N_ELEMENTS (src), NULL);
  g_autoptr (MixqCsr) hat = mixq_csr_normalise_symmetric (graph, 2);

  g_assert_cmpuint (hat->nnz, ==, graph->nnz + 6);
  for (gsize i = 0; i < 6; i++) {
    double degree_i = 2 + (double) (graph->row_ptr[i + 1] - graph->row_ptr[i]);

    for (gsize e = hat->row_ptr[i]; e < hat->row_ptr[i + 1]; e++) {
      gsize j = hat->col[e];
      double degree_j = 2 + (double) (graph->row_ptr[j + 1] - graph->row_ptr[j]);
      double back = (double) hat->value[e] * sqrt (degree_i * degree_j);

      g_assert_true (e == hat->row_ptr[i] || hat->col[e - 1] < j);
      g_assert_cmpfloat_with_epsilon (back, i == j ? 2.0 : 1.0, FLOAT_TOLERANCE);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/sparse/normalise/golden", test_golden);
  g_test_add_func ("/engine/sparse/normalise/definition", test_definition);
  return g_test_run ();
}
