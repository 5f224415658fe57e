/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MixqNodeWidths: how a tensor's width is spread over the nodes, where each may have its own (aggregates). Nodes with many
 * neighbours sum more and are read more often, so they get the wider codes.
 */
typedef enum {
  MIXQ_NODE_WIDTHS_NONE, /* the same for all */
  MIXQ_NODE_WIDTHS_DEGREE, /* one bit less for most, twice the width for few: the mean is the width that was chosen */
  MIXQ_NODE_WIDTHS_HUBS, /* the third with most neighbours keeps the width, the rest has half of it: the mean is lower */
} MixqNodeWidths;

/** MixqNodeSplit: one width for @n_hubs nodes, another for the rest. */
typedef struct
{
  guint8 low, high;
  gsize n_hubs;
} MixqNodeSplit;

/** mixq_node_split: how @how spreads @bits over @n nodes. Their mean is at most @bits. */
MixqNodeSplit mixq_node_split (MixqNodeWidths how, guint8 bits, gsize n);

/**
 * mixq_node_widths_by_degree:
 * @row_ptr: (array) n + 1 row offsets of the adjacency
 * @row_bits: (array) (out): n widths
 *
 * The hubs are the nodes with most entries, lower numbers first among equals. O(n log n).
 */
void
mixq_node_widths_by_degree (MixqNodeWidths how, guint8 bits, gsize n, const gsize *row_ptr, guint8 *row_bits);

/* Names as in options and JSON: "none", "degree", "hubs". */
const char *mixq_node_widths_name (MixqNodeWidths how);
gboolean mixq_node_widths_parse (const char *text, MixqNodeWidths *how, GError **error);
gboolean mixq_node_widths_is_valid (MixqNodeWidths how);

G_END_DECLS
