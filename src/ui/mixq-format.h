/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "run/mixq-session.h"

G_BEGIN_DECLS

/* Numbers as people read them, in the locale of the user. All return a new string. */

/** mixq_format_price: "0.60", "0.012", "−0.02", "0"; two digits that matter. */
char *mixq_format_price (double lambda);
/** mixq_format_times: @share of float32's cost as "15.5". */
char *mixq_format_times (double share);
/** mixq_format_percent: a fraction as "82.0", without the sign; "–" for NaN. */
char *mixq_format_percent (double fraction);
/** mixq_format_points: a difference of fractions in percentage points, signed: "−0.6", "+0.2", "±0.0". */
char *mixq_format_points (double difference);
/** mixq_format_count: "370 M", "5.9 G", "812". */
char *mixq_format_count (double count);
char *mixq_format_bytes (double bytes);
char *mixq_format_ms (double milliseconds);
/** mixq_format_bits: widths in slot order, "2 2 2 8 4"; @max 0: all, else an ellipsis after @max. */
char *mixq_format_bits (const guint8 *bits, guint n, guint max);
/** mixq_format_share: a share of the whole as "31.7 %", "0 %". */
char *mixq_format_share (double share);

/** mixq_axis_title: "BitOPs", "Bytes", ...: the name of a cost axis on a button. */
const char *mixq_axis_title (MixqCostAxis axis);
/** mixq_axis_fewer: "fewer BitOPs": what a factor on this axis means. */
const char *mixq_axis_fewer (MixqCostAxis axis);

/** mixq_slot_kind: one word for people: "features", "weights", "product", "adjacency", "gathered". */
const char *mixq_slot_kind (MixqSlotRole role);
/** mixq_slot_dup_part: (nullable) (transfer full): which of several alike in its layer: "neighbours", "2 hops", translated. */
char *mixq_slot_dup_part (const MixqSlotInfo *slot);
/** mixq_layer_dup_title: (transfer full): @layer from 1: "Layer 2", "Input map", "Head", translated. */
char *mixq_layer_dup_title (const MixqModel *model, guint layer);
/** mixq_pool_title: translated, in a word. */
const char *mixq_pool_title (MixqPool pool);
/** mixq_arch_title: as papers write it: "GraphSAGE". */
const char *mixq_arch_title (MixqArch arch);
/** mixq_format_model: (transfer full): architecture, layers and channels: "GIN 5×64". */
char *mixq_format_model (const MixqModelSpec *spec);

G_END_DECLS
