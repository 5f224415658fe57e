/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Codes of a few bits in bytes: one little-endian stream of bits without gaps. Code i is bits [i * width, (i + 1) * width),
 * lowest bit first; bit k of the stream is bit k % 8 of byte k / 8. So 2-bit codes lie four a byte, 4-bit codes two
 * (low half first), 8 and 16 bits as usual, and 3, 5, 6 or 7 bits cross bytes. Signed codes are two's complement, but of one
 * signed bit, which is a sign, 0 is -1 and 1 is +1. The
 * bits after the last code are 0.
 */

#define MIXQ_PACKING "little-endian-bits"

/** mixq_pack_size: bytes of @n codes, or %FALSE where they cannot be counted. */
gboolean mixq_pack_size (gsize n, guint width, gsize *size);
/** mixq_pack: @out: (out) mixq_pack_size() bytes. Codes outside @width bits lose their upper bits. */
void mixq_pack (const gint32 *code, gsize n, guint width, guint8 *out);
/** mixq_unpack: the way back. Returns: %FALSE if a bit after the last code is set (nothing this program wrote). */
gboolean mixq_unpack (const guint8 *in, gsize n, guint width, gboolean is_signed, gint32 *code)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
