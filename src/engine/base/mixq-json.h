/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * mixq_json_parse:
 * @data: (array length=length): need not end in a NUL
 * @label: what is read, the first word of messages
 *
 * Reads untrusted JSON. Before json-glib sees it, the text must be UTF-8, use no character that JSON does not have,
 * nest at most 16 deep and hold at most 4 million values: json-glib (1.6) takes comments and other quotes, recurses as
 * deep as the text does and spends some 100 bytes a value. Of a repeated member the last one counts.
 *
 * Errors: MIXQ_ERROR_PARSE. Returns: (transfer full) (nullable)
 */
JsonNode *mixq_json_parse (const char *data, gsize length, const char *label, GError **error);

/**
 * mixq_json_to_text:
 * @pretty: an indented document that ends in a newline; short objects and lists of plain values stay on one line
 *
 * Numbers are written in the C locale with as few digits as read back to the same bits; a double keeps a point or an
 * exponent, so that it is read as one; NaN and infinity, which JSON does not have, become null.
 */
char *mixq_json_to_text (JsonNode *node, gboolean pretty);

/** mixq_json_number: a double, or null where @value is not finite. Returns: (transfer full). */
JsonNode *mixq_json_number (double value);
/** mixq_json_count: an integer where @value is one (up to 2^53), else as mixq_json_number(). Returns: (transfer full). */
JsonNode *mixq_json_count (double value);
/**
 * mixq_json_widen: the double of fewest decimal digits that is @value again as a float: 0.1f becomes 0.1, not
 * 0.100000001490116. For files that people read.
 */
double mixq_json_widen (float value);

G_END_DECLS
