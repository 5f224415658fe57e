/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the forces start from. They settle fast but only into the nearest picture, so the start decides whether the
   great parts of a graph lie untangled: igraph finds the communities and lays out the small graph of those. */
#include <math.h>

#include "base/mixq-igraph.h"
#include "base/mixq-random.h"
#include "layout/mixq-layout-private.h"

#define MAX_COARSE 400        /* the slow, exact layout is instant up to here */
#define COARSE_STEPS 500      /* igraph's own default */
#define COMMUNITY_SPREAD 0.7f /* of the radius a community's share of the nodes would fill */

typedef struct
{
  const MixqCsr *graph;
  guint64 seed;
  float *at;           /* result: n×2, of the communities' middles */
  guint32 *community;  /* result: n */
  gsize n_communities; /* result */
} Start;

/* The edges between communities, each once; with the identity as map, the graph itself. */
static igraph_error_t
make_coarse (const Start *start, igraph_t *coarse)
{
  const MixqCsr *graph = start->graph;
  igraph_vector_int_t ends;

  IGRAPH_CHECK (igraph_vector_int_init (&ends, 0));
  IGRAPH_FINALLY (igraph_vector_int_destroy, &ends);
  IGRAPH_CHECK (igraph_vector_int_reserve (&ends, (igraph_integer_t) graph->nnz));
  for (gsize r = 0; r < graph->n_rows; r++)
    for (gsize e = graph->row_ptr[r]; e < graph->row_ptr[r + 1]; e++)
      if (graph->col[e] > r && start->community[r] != start->community[graph->col[e]]) {
        IGRAPH_CHECK (igraph_vector_int_push_back (&ends, start->community[r]));
        IGRAPH_CHECK (igraph_vector_int_push_back (&ends, start->community[graph->col[e]]));
      }
  IGRAPH_CHECK (igraph_create (coarse, &ends, (igraph_integer_t) start->n_communities, IGRAPH_UNDIRECTED));
  igraph_vector_int_destroy (&ends);
  IGRAPH_FINALLY_CLEAN (1);
  IGRAPH_FINALLY (igraph_destroy, coarse);
  IGRAPH_CHECK (igraph_simplify (coarse, TRUE, FALSE, NULL));
  IGRAPH_FINALLY_CLEAN (1);
  return IGRAPH_SUCCESS;
}

/* Takes the first level that is small enough, else the last. */
static void
take_level (Start *start, const igraph_matrix_int_t *levels)
{
  igraph_integer_t n_levels = igraph_matrix_int_nrow (levels);

  for (igraph_integer_t level = 0; level < n_levels; level++) {
    start->n_communities = 0;
    for (gsize i = 0; i < start->graph->n_rows; i++) {
      start->community[i] = (guint32) MATRIX (*levels, level, i);
      start->n_communities = MAX (start->n_communities, start->community[i] + 1);
    }
    if (start->n_communities <= MAX_COARSE)
      break;
  }
}

static igraph_error_t
find_communities (Start *start)
{
  igraph_t whole;
  igraph_matrix_int_t levels;

  IGRAPH_CHECK (make_coarse (start, &whole));
  IGRAPH_FINALLY (igraph_destroy, &whole);
  IGRAPH_CHECK (igraph_matrix_int_init (&levels, 0, 0));
  IGRAPH_FINALLY (igraph_matrix_int_destroy, &levels);
  IGRAPH_CHECK (igraph_community_multilevel (&whole, NULL, 1, NULL, &levels, NULL));
  take_level (start, &levels);
  igraph_matrix_int_destroy (&levels);
  igraph_destroy (&whole);
  IGRAPH_FINALLY_CLEAN (2);
  return IGRAPH_SUCCESS;
}

static igraph_error_t
place_communities (Start *start)
{
  igraph_t coarse;
  igraph_matrix_t at;
  double heat = sqrt ((double) start->n_communities);

  IGRAPH_CHECK (make_coarse (start, &coarse));
  IGRAPH_FINALLY (igraph_destroy, &coarse);
  IGRAPH_CHECK (igraph_matrix_init (&at, 0, 0));
  IGRAPH_FINALLY (igraph_matrix_destroy, &at);
  IGRAPH_CHECK (igraph_layout_fruchterman_reingold (&coarse, &at, FALSE, COARSE_STEPS, heat,
                                                    IGRAPH_LAYOUT_AUTOGRID, NULL, NULL, NULL, NULL, NULL));
  for (gsize i = 0; i < start->graph->n_rows; i++)
    for (int k = 0; k < 2; k++)
      start->at[2 * i + k] = (float) MATRIX (at, start->community[i], k);
  igraph_matrix_destroy (&at);
  igraph_destroy (&coarse);
  IGRAPH_FINALLY_CLEAN (2);
  return IGRAPH_SUCCESS;
}

static igraph_error_t
start_inside (gpointer data)
{
  Start *start = data;

  IGRAPH_CHECK (mixq_igraph_seed (start->seed));
  if (start->n_communities > MAX_COARSE)
    IGRAPH_CHECK (find_communities (start));
  return place_communities (start);
}

/* Moves the middle to 0 and turns the axis of most spread level. Returns: the root mean square distance from there. */
static float
level_out (float *at, gsize n)
{
  double x = 0, y = 0, xx = 0, xy = 0, yy = 0, angle;

  for (gsize i = 0; i < n; i++) {
    x += (double) at[2 * i] / (double) n;
    y += (double) at[2 * i + 1] / (double) n;
  }
  for (gsize i = 0; i < n; i++) {
    double dx = (double) at[2 * i] - x, dy = (double) at[2 * i + 1] - y;

    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  angle = 0.5 * atan2 (2 * xy, xx - yy);
  for (gsize i = 0; i < n; i++) {
    double dx = (double) at[2 * i] - x, dy = (double) at[2 * i + 1] - y;

    at[2 * i] = (float) (cos (angle) * dx + sin (angle) * dy);
    at[2 * i + 1] = (float) (cos (angle) * dy - sin (angle) * dx);
  }
  return (float) sqrt ((xx + yy) / (double) n);
}

/* The members of a community have one position until here: spreads them over a disc by their number. */
static void
scatter (const Start *start, float radius)
{
  gsize n = start->graph->n_rows;
  g_autofree guint32 *members = g_new0 (guint32, start->n_communities);
  float scale = level_out (start->at, n);
  MixqRandom random;

  scale = scale > 0 ? radius / (scale * (float) G_SQRT2) : 1;
  mixq_random_init (&random, start->seed, "layout");
  for (gsize i = 0; i < n; i++)
    members[start->community[i]]++;
  for (gsize i = 0; i < n; i++) {
    double share = members[start->community[i]] / (double) n;
    double r = COMMUNITY_SPREAD * radius * sqrt (share * mixq_random_uniform (&random));
    double angle = 2 * G_PI * mixq_random_uniform (&random);

    start->at[2 * i] = start->at[2 * i] * scale + (float) (r * cos (angle));
    start->at[2 * i + 1] = start->at[2 * i + 1] * scale + (float) (r * sin (angle));
  }
}

gboolean
mixq_layout_start (const MixqCsr *graph, guint64 seed, GCancellable *cancellable, float *at, GError **error)
{
  g_autofree guint32 *community = g_new (guint32, graph->n_rows);
  Start start = { graph, seed, at, community, graph->n_rows };

  for (gsize i = 0; i < graph->n_rows; i++)
    community[i] = (guint32) i;
  if (!mixq_igraph_call (start_inside, &start, cancellable, error))
    return FALSE;
  scatter (&start, mixq_layout_radius (graph));
  return TRUE;
}
