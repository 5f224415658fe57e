/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/mixq-error.h"
#include "data/mixq-source.h"

G_BEGIN_DECLS

/**
 * MixqText:
 * @line: the current line, ended by a NUL, without its line end; valid until the next one
 * @length: its bytes; more than strlen() where the file holds NULs
 * @number: which line of the file it is, from 1
 *
 * Lines of numbers. Lines end in LF or CRLF, the last may end without; blank lines and a byte order mark are passed
 * over. A line is at most MIXQ_TEXT_MAX_LINE bytes long.
 */
typedef struct
{
  char *line;
  gsize length;
  gsize number;
  /*< private >*/
  MixqSource *source;
  char *buffer;
  gsize from, to, capacity;
  gboolean at_end;
  const char *at; /* where the next number of the line is looked for */
} MixqText;

#define MIXQ_TEXT_MAX_LINE ((gsize) 4 << 20)

/** mixq_text_init: @source: (transfer full) */
void mixq_text_init (MixqText *self, MixqSource *source);
void mixq_text_clear (MixqText *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MixqText, mixq_text_clear)

/** mixq_text_next: goes to the next line. Returns: %FALSE at the end, or with @error. */
gboolean mixq_text_next (MixqText *self, GError **error);

/** mixq_text_finish: @stopped: (nullable) (transfer full): what mixq_text_next() left. Returns: whether it was the end. */
gboolean mixq_text_finish (GError *stopped, GError **error);

/**
 * mixq_text_int, mixq_text_float:
 *
 * The next number of the line. Between numbers stand a comma, blanks, or both. Floats are rounded once, to float32 by
 * way of a double; "nan" and "inf" are numbers here, and what they mean is for the caller to say.
 *
 * Returns: %FALSE where there is none, or one that is no integer or needs more than 64 bits.
 */
gboolean mixq_text_int (MixqText *self, gint64 *value);
gboolean mixq_text_float (MixqText *self, float *value);
/** mixq_text_at_line_end: nothing but blanks is left of the line. */
gboolean mixq_text_at_line_end (MixqText *self);

/** mixq_text_refuse: sets "LABEL: line N FORMAT" and returns %FALSE. */
gboolean mixq_text_refuse (const MixqText *self, MixqErrorCode code, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
/** mixq_text_refuse_file: the same without a line. */
gboolean
mixq_text_refuse_file (const MixqText *self, MixqErrorCode code, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

G_END_DECLS
