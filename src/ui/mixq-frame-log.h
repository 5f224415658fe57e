/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MixqFrameKind: who spent the time.
 * @MIXQ_FRAME_TICK: a tick callback of ours
 * @MIXQ_FRAME_SNAPSHOT: a snapshot() of one of our widgets
 * @MIXQ_FRAME_HANDLER: another handler of ours (signal, action, idle)
 * @MIXQ_FRAME_RENDER: a whole frame, ours and the renderer's together
 */
typedef enum {
  MIXQ_FRAME_TICK,
  MIXQ_FRAME_SNAPSHOT,
  MIXQ_FRAME_HANDLER,
  MIXQ_FRAME_RENDER,
} MixqFrameKind;

/*
 * The frame log: one TSV row (time in us since the log began, kind, name, microseconds by the clock,
 * microseconds of processor time) for every measured stretch of main-thread work. The two differ where other programs or
 * our own workers hold the processors. Off, and free but for one load, unless MIXQ_FRAME_LOG names a file. Main thread only.
 */

/** mixq_frame_log_open: (nullable) @path: as in MIXQ_FRAME_LOG; call once at start-up. */
void mixq_frame_log_open (const char *path);
/** mixq_frame_log_close: writes what is left. */
void mixq_frame_log_close (void);

/** MixqFrameMark: when a stretch began, by the clock and by the processor time of the main thread; 0 while the log is off. */
typedef struct
{
  gint64 wall, cpu;
} MixqFrameMark;

MixqFrameMark mixq_frame_log_begin (void);
/** mixq_frame_log_end: closes the stretch begun at @mark. @name: static string. */
void mixq_frame_log_end (MixqFrameMark mark, MixqFrameKind kind, const char *name);

G_END_DECLS
