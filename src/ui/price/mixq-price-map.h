/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The scale of prices: signed and logarithmic with a linear notch round zero. It has six equal segments,
 *   -0.1 .. -0.01 .. 0 .. 0.01 .. 0.1 .. 1 .. 10,
 * and each segment has MIXQ_PRICE_STEPS keyboard steps of MIXQ_PRICE_FINE fine steps. A *notch* is a fine step
 * counted from the left end: integers, so that keys forth and back end where they began.
 */
#define MIXQ_PRICE_SEGMENTS 6
#define MIXQ_PRICE_STEPS 10
#define MIXQ_PRICE_FINE 10
#define MIXQ_PRICE_NOTCHES (MIXQ_PRICE_SEGMENTS * MIXQ_PRICE_STEPS * MIXQ_PRICE_FINE)
#define MIXQ_PRICE_MIN (-0.1)
#define MIXQ_PRICE_MAX 10.0

/** mixq_price_position: place of @price on the scale, 0 (left) to 1; prices outside are put at the ends. */
double mixq_price_position (double price);
/** mixq_price_at: the inverse of mixq_price_position(), for 0 <= @position <= 1. */
double mixq_price_at (double position);
/** mixq_price_at_notch: the price of notch 0 .. MIXQ_PRICE_NOTCHES. Segment borders are exact (0, 0.01, 0.1, ...). */
double mixq_price_at_notch (int notch);
/** mixq_price_notch: the nearest notch; mixq_price_notch (mixq_price_at_notch (n)) == n for every n. */
int mixq_price_notch (double price);
/** mixq_price_tick: the price at the left border of segment @i, 0 .. MIXQ_PRICE_SEGMENTS. */
double mixq_price_tick (int i);

G_END_DECLS
