/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "export/mixq-pack.h"

gboolean
mixq_pack_size (gsize n, guint width, gsize *size)
{
  gsize bits;

  if (!g_size_checked_mul (&bits, n, width) || !g_size_checked_add (&bits, bits, 7))
    return FALSE;
  *size = bits / 8;
  return TRUE;
}

void
mixq_pack (const gint32 *code, gsize n, guint width, guint8 *out)
{
  guint32 mask = (1u << width) - 1, pending = 0;
  guint n_pending = 0;

  for (gsize i = 0; i < n; i++) {
    pending |= (width == 1 ? code[i] > 0 : (guint32) code[i] & mask) << n_pending;
    for (n_pending += width; n_pending >= 8; n_pending -= 8) {
      *out++ = (guint8) pending;
      pending >>= 8;
    }
  }
  if (n_pending > 0)
    *out = (guint8) pending;
}

gboolean
mixq_unpack (const guint8 *in, gsize n, guint width, gboolean is_signed, gint32 *code)
{
  guint32 mask = (1u << width) - 1, sign = is_signed ? 1u << (width - 1) : 0, pending = 0;
  guint n_pending = 0;

  for (gsize i = 0; i < n; i++) {
    for (; n_pending < width; n_pending += 8)
      pending |= (guint32) *in++ << n_pending;
    code[i] = width == 1 && is_signed ? ((pending & 1) != 0 ? 1 : -1)
                                      : (gint32) ((pending & mask) ^ sign) - (gint32) sign;
    pending >>= width;
    n_pending -= width;
  }
  return pending == 0;
}
