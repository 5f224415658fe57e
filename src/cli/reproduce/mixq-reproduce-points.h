/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** MixqPublishedPoint: a published accuracy of one setting: fractions, the population's standard deviation over @n runs. */
typedef struct
{
  const char *set;
  const char *setting; /* "float32", "uniform 4", "lambda 0.1" */
  double accuracy, std;
  guint n;
  double bitops; /* mean over the runs, in the publication's own count; 0: not published */
  double bits;   /* mean width; 0: not published */
} MixqPublishedPoint;

/** mixq_points_sage, ...: (array length=n): see mixq-reproduce-points.c for where they stand. */
const MixqPublishedPoint *mixq_points_sage (gsize *n);
const MixqPublishedPoint *mixq_points_tag (gsize *n);
const MixqPublishedPoint *mixq_points_gin (gsize *n);
const MixqPublishedPoint *mixq_points_csl (gsize *n);

G_END_DECLS
