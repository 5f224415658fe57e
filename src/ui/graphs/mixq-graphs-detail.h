/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "graphs/mixq-graphs-page.h"

G_BEGIN_DECLS

/**
 * MixqGraphsDetail: one graph of a page, large, with all that is known of it. Its values are always those of now; left and
 * right go through the page's order, Escape closes. It closes by itself when the page gets other data.
 */
#define MIXQ_TYPE_GRAPHS_DETAIL (mixq_graphs_detail_get_type ())
G_DECLARE_FINAL_TYPE (MixqGraphsDetail, mixq_graphs_detail, MIXQ, GRAPHS_DETAIL, AdwWindow)

/** mixq_graphs_detail_new: @parent: (nullable): over which it lies. */
MixqGraphsDetail *mixq_graphs_detail_new (MixqGraphsPage *page, GtkWindow *parent, gint64 graph);
gint64 mixq_graphs_detail_get_graph (MixqGraphsDetail *self);

G_END_DECLS
