/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include <gio/gio.h>

/* The real program, started as people start it. */

/** Ended: what a call of mixq left behind. Free with ended_clear(). */
typedef struct
{
  int status;
  char *out, *err; /* owned */
} Ended;
void ended_clear (Ended *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ended, ended_clear)

/** mixq_start: @line: arguments as in a shell. */
GSubprocess *mixq_start (const char *line);
/** mixq_end: waits for it. */
void mixq_end (GSubprocess *process, Ended *ended);
/** mixq_call: both. @format: arguments as in a shell. */
void mixq_call (Ended *ended, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** mixq_call_json: a call with --json that must succeed; standard output must be one document and nothing else. */
JsonNode *mixq_call_json (const char *format, ...) G_GNUC_PRINTF (1, 2);
/** parse_document: the same check for a call that was made by hand. */
JsonNode *parse_document (const Ended *ended);

/** Refusal: a call and how it must be refused. */
typedef struct
{
  const char *line;
  int status;
  const char *part;
} Refusal;
void assert_all_refused (const Refusal *refusals, gsize n);
/** assert_refused: exit status and one line "mixq: ..." that holds @part; nothing on standard output. */
void assert_refused (const Ended *ended, int status, const char *part);

JsonObject *object_of (JsonNode *node);
/** assert_keys: @object has all members of the NULL-terminated list. */
void assert_keys (JsonObject *object, ...) G_GNUC_NULL_TERMINATED;
/** member: @path: "accuracy.integer.test". */
JsonNode *member (JsonNode *node, const char *path);
double number (JsonNode *node, const char *path);
/** text_without_times: a document without what differs from run to run: seconds, epoch_ms, peak_mib, machine, jobs. */
char *text_without_times (JsonNode *node);

/** shared_data: a file of the shared data, or NULL after g_test_skip(). */
char *shared_data (const char *name);

/** make_folder, remove_tree: a folder of the test's own. */
char *make_folder (void);
void remove_tree (const char *path);
