/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-cli.h"

G_BEGIN_DECLS

/**
 * MixqProgress: how far a long job is, on standard error: a bar that is redrawn on a terminal, lines elsewhere,
 * nothing with --quiet. Every function may be called from any thread.
 */
typedef struct _MixqProgress MixqProgress;

/** mixq_progress_new: @total: steps (epochs) of the whole job; 0 where they are not known. */
MixqProgress *mixq_progress_new (const MixqCli *cli, guint64 total);
/** mixq_progress_free: takes the bar away. */
void mixq_progress_free (MixqProgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqProgress, mixq_progress_free)

/** mixq_progress_advance: one step is done; @format says of what. Redraws at most ten times a second. */
void mixq_progress_advance (MixqProgress *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** mixq_progress_say: a line that stays. */
void mixq_progress_say (MixqProgress *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** mixq_progress_has_bar: phases need no line of their own: the bar shows them. */
gboolean mixq_progress_has_bar (const MixqProgress *self);

G_END_DECLS
