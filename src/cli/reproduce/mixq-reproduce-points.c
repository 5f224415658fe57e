/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Published figures of the other architectures, as facts with their source: the logs in github.com/SamirMoustafa/MixQ.
 * TAG and GraphSAGE: sage_and_tagconv_extention and rebuttal_phase/experimental_logs; GIN: tasks_per_graph/tu_datasets;
 * CSL: tasks_per_graph/synthetic/logs (10 runs of 5 splits).
 */
#include "reproduce/mixq-reproduce-points.h"

static const MixqPublishedPoint sage[] = {
  { "cora", "lambda -1e-8", 0.7793, 0.0033, 3, 1952241104.0, 8 },
  { "cora", "lambda 0.1", 0.7810, 0.0028, 3, 1937114356.0, 6.909 },
  { "cora", "lambda 1", 0.7540, 0.0073, 3, 979506676.0, 4.909 },
  { "citeseer", "lambda -1e-8", 0.6530, 0.0014, 3, 4869214190.0, 8 },
  { "citeseer", "lambda 0.1", 0.6577, 0.0062, 3, 4238764686.0, 6.364 },
  { "citeseer", "lambda 1", 0.6660, 0.0086, 3, 2131330080.0, 4.727 },
};

static const MixqPublishedPoint tag[] = {
  { "cora", "lambda -1e-8", 0.8008, 0.0077, 10, 15.2489e9, 7.275 },
  { "cora", "lambda 0.1", 0.7671, 0.0073, 10, 8.9148e9, 5.508 },
  { "cora", "lambda 1", 0.7434, 0.0063, 10, 5.8902e9, 4.167 },
  { "citeseer", "lambda -1e-8", 0.7047, 0.0055, 10, 46.4360e9, 7.275 },
  { "citeseer", "lambda 0.1", 0.6912, 0.0105, 10, 22.9960e9, 4.833 },
  { "citeseer", "lambda 1", 0.6889, 0.0105, 10, 18.3589e9, 4.058 },
};

static const MixqPublishedPoint gin[] = {
  { "PROTEINS", "float32", 0.7046, 0.0424, 10, 7.6258e9, 32 },
  { "PROTEINS", "lambda -1e-8", 0.7159, 0.0465, 10, 1.7125e9, 7.7875 },
  { "PROTEINS", "lambda 0.125", 0.7272, 0.0413, 10, 1.3940e9, 6.125 },
  { "PROTEINS", "lambda 0.25", 0.7312, 0.0550, 10, 1.3532e9, 0 },
  { "PROTEINS", "lambda 0.5", 0.7108, 0.0594, 10, 1.3292e9, 0 },
  { "PROTEINS", "lambda 1", 0.7282, 0.0523, 10, 1.2594e9, 5.425 },
  { "IMDB-BINARY", "float32", 0.7525, 0.0397, 10, 5.4754e9, 32 },
  { "IMDB-BINARY", "lambda -1e-8", 0.7404, 0.0564, 10, 1.2764e9, 7.8375 },
  { "IMDB-BINARY", "lambda 0.25", 0.7305, 0.0726, 10, 1.2106e9, 0 },
  { "IMDB-BINARY", "lambda 0.5", 0.7160, 0.0407, 10, 1.1413e9, 0 },
  { "IMDB-BINARY", "lambda 1", 0.6961, 0.0735, 10, 1.0651e9, 5.9625 },
  { "DD", "float32", 0.7385, 0.0326, 10, 55.414e9, 32 },
  { "DD", "lambda -1e-8", 0.6672, 0.0975, 10, 12.027e9, 0 },
  { "DD", "lambda 0.25", 0.7013, 0.0490, 10, 8.742e9, 0 },
  { "DD", "lambda 1", 0.6962, 0.1081, 10, 9.026e9, 0 },
  { "REDDIT-BINARY", "lambda -1e-8", 0.9079, 0.0152, 10, 33.638e9, 0 },
  { "REDDIT-BINARY", "lambda 0.25", 0.8934, 0.0110, 10, 25.796e9, 0 },
  { "REDDIT-BINARY", "lambda 1", 0.8934, 0.0151, 10, 24.346e9, 0 },
};

static const MixqPublishedPoint csl[] = {
  { "csl", "float32", 0.9940, 0.0128, 50, 0, 32 },
  { "csl", "uniform 1", 0.1833, 0.0740, 50, 0, 1 },
  { "csl", "uniform 2", 0.2447, 0.0813, 50, 0, 2 },
  { "csl", "uniform 4", 0.9440, 0.0587, 50, 0, 4 },
  { "csl", "lambda -0.001 of 1, 2, 4", 0.9500, 0.0513, 50, 0, 3.95 },
  { "csl", "lambda 0 of 1, 2, 4", 0.9407, 0.0518, 50, 0, 3.54 },
  { "csl", "lambda 0.001 of 1, 2, 4", 0.6493, 0.2098, 50, 0, 3.25 },
};

#define DEFINE_POINTS(name)                                                                                  \
  const MixqPublishedPoint *mixq_points_##name (gsize *n)                                                    \
  {                                                                                                          \
    *n = G_N_ELEMENTS (name);                                                                                \
    return name;                                                                                             \
  }

DEFINE_POINTS (sage)
DEFINE_POINTS (tag)
DEFINE_POINTS (gin)
DEFINE_POINTS (csl)
