/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/mixq-node-widths.h"

#include <string.h>

#include "base/mixq-names.h"

#define WIDEST_BELOW_16 8
#define WIDEST 16
/* One node in so many is a hub. */
#define HUB_SHARE 3

static const char *const names[] = {
  [MIXQ_NODE_WIDTHS_NONE] = "none",
  [MIXQ_NODE_WIDTHS_DEGREE] = "degree",
  [MIXQ_NODE_WIDTHS_HUBS] = "hubs",
};

const char *
mixq_node_widths_name (MixqNodeWidths how)
{
  g_return_val_if_fail (mixq_node_widths_is_valid (how), "");
  return names[how];
}

gboolean
mixq_node_widths_parse (const char *text, MixqNodeWidths *how, GError **error)
{
  guint index;

  if (!mixq_names_parse ("node-widths", names, G_N_ELEMENTS (names), text, &index, error))
    return FALSE;
  *how = (MixqNodeWidths) index;
  return TRUE;
}

gboolean
mixq_node_widths_is_valid (MixqNodeWidths how)
{
  return (guint) how < G_N_ELEMENTS (names);
}

static guint8
twice (guint8 bits)
{
  return bits >= WIDEST_BELOW_16 ? WIDEST : MIN (2 * bits, WIDEST_BELOW_16);
}

MixqNodeSplit
mixq_node_split (MixqNodeWidths how, guint8 bits, gsize n)
{
  MixqNodeSplit split = { bits, bits, 0 };

  if (bits <= 1 || how == MIXQ_NODE_WIDTHS_NONE)
    return split;
  if (how == MIXQ_NODE_WIDTHS_HUBS) {
    split.low = (guint8) ((bits + 1) / 2);
    split.n_hubs = n / HUB_SHARE;
  } else if (bits < WIDEST) {
    split.low = (guint8) (bits - 1);
    split.high = twice (bits);
    split.n_hubs = n / (gsize) (split.high - split.low);
  }
  return split;
}

typedef struct
{
  gsize degree;
  guint32 node;
} Candidate;

static int
compare (const void *a, const void *b)
{
  const Candidate *x = a, *y = b;

  if (x->degree != y->degree)
    return x->degree < y->degree ? 1 : -1;
  return (x->node > y->node) - (x->node < y->node);
}

void
mixq_node_widths_by_degree (MixqNodeWidths how, guint8 bits, gsize n, const gsize *row_ptr, guint8 *row_bits)
{
  MixqNodeSplit split = mixq_node_split (how, bits, n);
  g_autofree Candidate *order = g_new (Candidate, MAX (n, 1));

  memset (row_bits, split.low, n);
  for (gsize i = 0; i < n; i++)
    order[i] = (Candidate){ row_ptr[i + 1] - row_ptr[i], (guint32) i };
  qsort (order, n, sizeof *order, compare);
  for (gsize i = 0; i < split.n_hubs; i++)
    row_bits[order[i].node] = split.high;
}
