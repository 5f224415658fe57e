/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "price/mixq-price-map.h"

#include <math.h>

/* Borders as literals: pow (10, -2) is not 0.01 to the last bit, and 0 must be 0. */
static const double borders[MIXQ_PRICE_SEGMENTS + 1] = { -0.1, -0.01, 0.0, 0.01, 0.1, 1.0, 10.0 };

static gboolean
segment_is_linear (int segment)
{
  return borders[segment] == 0.0 || borders[segment + 1] == 0.0;
}

double
mixq_price_position (double price)
{
  int segment = 0;
  double low, high, part;

  if (!(price > borders[0])) /* also NaN */
    return 0.0;
  if (price >= borders[MIXQ_PRICE_SEGMENTS])
    return 1.0;
  while (price >= borders[segment + 1])
    segment++;
  low = borders[segment];
  high = borders[segment + 1];
  if (segment_is_linear (segment))
    part = (price - low) / (high - low);
  else
    part = log (price / low) / log (high / low);
  return (segment + part) / MIXQ_PRICE_SEGMENTS;
}

double
mixq_price_at (double position)
{
  double place = CLAMP (position, 0.0, 1.0) * MIXQ_PRICE_SEGMENTS;
  int segment = MIN ((int) place, MIXQ_PRICE_SEGMENTS - 1);
  double part = place - segment;
  double low = borders[segment], high = borders[segment + 1];

  if (part <= 0.0)
    return low;
  if (part >= 1.0)
    return high;
  if (segment_is_linear (segment))
    return low + part * (high - low);
  return low * pow (high / low, part);
}

double
mixq_price_at_notch (int notch)
{
  const int per_segment = MIXQ_PRICE_STEPS * MIXQ_PRICE_FINE;

  notch = CLAMP (notch, 0, MIXQ_PRICE_NOTCHES);
  if (notch % per_segment == 0)
    return borders[notch / per_segment];
  return mixq_price_at ((double) notch / MIXQ_PRICE_NOTCHES);
}

int
mixq_price_notch (double price)
{
  return (int) lround (mixq_price_position (price) * MIXQ_PRICE_NOTCHES);
}

double
mixq_price_tick (int i)
{
  return borders[CLAMP (i, 0, MIXQ_PRICE_SEGMENTS)];
}
