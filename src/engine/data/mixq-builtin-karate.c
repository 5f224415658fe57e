/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/mixq-builtin-karate.h"

#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-igraph.h"

#define MEMBERS 34
#define EDGES 78

/* Who went with whom, a fact from the 1977 paper: h with Mr Hi, o with the officer, from member 1 to 34. */
static const char clubs[MEMBERS + 1] = "hhhhhhhhho"
                                       "hhhhoohhoh"
                                       "ohoooooooo"
                                       "oooo";

typedef struct
{
  guint32 src[EDGES], dst[EDGES];
} Edges;

static igraph_error_t
copy_edges (gpointer data)
{
  Edges *edges = data;
  igraph_t graph;

  IGRAPH_CHECK (igraph_famous (&graph, "Zachary"));
  IGRAPH_FINALLY (igraph_destroy, &graph);
  if (igraph_vcount (&graph) != MEMBERS || igraph_ecount (&graph) != EDGES)
    IGRAPH_ERROR ("This igraph's Zachary graph does not have 34 nodes and 78 edges.", IGRAPH_FAILURE);
  for (igraph_integer_t e = 0; e < EDGES; e++) {
    edges->src[e] = (guint32) IGRAPH_FROM (&graph, e);
    edges->dst[e] = (guint32) IGRAPH_TO (&graph, e);
  }
  igraph_destroy (&graph);
  IGRAPH_FINALLY_CLEAN (1);
  return IGRAPH_SUCCESS;
}

static char **
member_names (const char *kind)
{
  char **names = g_new0 (char *, MEMBERS + 1);

  for (gsize i = 0; i < MEMBERS; i++)
    names[i] = g_strdup_printf ("%s %" G_GSIZE_FORMAT, kind, i + 1);
  return names;
}

static MixqCsr *
identity (void)
{
  MixqCsr *csr = mixq_csr_new (MEMBERS, MEMBERS, MEMBERS, FALSE);

  for (gsize i = 0; i < MEMBERS; i++) {
    csr->col[i] = (guint32) i;
    csr->row_ptr[i + 1] = i + 1;
  }
  return csr;
}

static void
set_clubs (MixqDataset *dataset)
{
  static const char *const names[] = { "Mr Hi", "Officer", NULL };

  dataset->n_classes = 2;
  dataset->class_names = g_strdupv ((char **) names);
  dataset->labels = g_new (gint32, MEMBERS);
  dataset->part = g_new (guint8, MEMBERS);
  memset (dataset->part, MIXQ_PART_TEST, MEMBERS);
  for (gsize i = 0; i < MEMBERS; i++)
    dataset->labels[i] = clubs[i] == 'o';
  dataset->part[0] = dataset->part[MEMBERS - 1] = MIXQ_PART_TRAIN;
  dataset->node_names = member_names ("member");
  g_free (dataset->node_names[0]);
  dataset->node_names[0] = g_strdup (names[0]);
  g_free (dataset->node_names[MEMBERS - 1]);
  dataset->node_names[MEMBERS - 1] = g_strdup (names[1]);
  dataset->feature_names = member_names ("is member");
}

MixqDataset *
mixq_builtin_karate_load (GError **error)
{
  g_autoptr (MixqDataset) dataset = mixq_dataset_alloc ("karate", "Zachary's karate club", "built-in");
  g_autofree Edges *edges = g_new0 (Edges, 1);

  if (!mixq_igraph_call (copy_edges, edges, NULL, error))
    return NULL;
  dataset->n_nodes = MEMBERS;
  dataset->graph = mixq_csr_new_from_edges (MEMBERS, edges->src, edges->dst, EDGES, NULL);
  dataset->features = identity ();
  set_clubs (dataset);
  if (!mixq_dataset_seal (dataset, error))
    return NULL;
  return g_steal_pointer (&dataset);
}
