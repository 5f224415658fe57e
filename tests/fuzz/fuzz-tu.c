/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer target for TUDataset. The input is the files of a set one after another, each behind a line "=N" with N the
 * number of the file in MixqTuFile. Build as fuzz-pickle.c says:
 *   build-fuzz/tests/fuzz/fuzz-tu -max_total_time=60 -rss_limit_mb=1024 NEW_CORPUS SEEDS
 */
#include <string.h>

#include "data/mixq-tu-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Where the next "\n=N\n" begins, or the end. */
static gsize
find_mark (const guint8 *data, gsize size, gsize from)
{
  for (gsize at = from; at + 4 <= size; at++)
    if (data[at] == '\n' && data[at + 1] == '=' && data[at + 3] == '\n')
      return at;
  return size;
}

static gboolean
read_parts (MixqTuParts *parts, const guint8 *data, gsize size, GError **error)
{
  gsize at = find_mark (data, size, 0);

  while (at < size) {
    MixqTuFile id = (MixqTuFile) (data[at + 2] % MIXQ_TU_N_FILES);
    gsize from = at + 4, to = find_mark (data, size, from);
    g_autoptr (GBytes) bytes = g_bytes_new (data + from, to - from);

    if (!mixq_tu_parts_read (parts, id, mixq_source_new_bytes (bytes, "fuzz.txt"), error))
      return FALSE;
    at = to;
  }
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto (MixqTuParts) parts = { .name = "fuzz" };
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (GError) error = NULL;

  mixq_budget_add_file (&parts.budget, size);
  if (read_parts (&parts, data, size, &error) && mixq_tu_parts_check (&parts, &error))
    dataset = mixq_tu_parts_assemble (&parts, &error); /* sealed: its invariants hold */
  if ((dataset == NULL) != (error != NULL))
    __builtin_trap ();
  return 0;
}
