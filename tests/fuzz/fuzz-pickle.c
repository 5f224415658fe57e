/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer target for the unpickler and the matrix conversion behind it.
 *   CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false
 *   ninja -C build-fuzz tests/fuzz/fuzz-pickle
 *   build-fuzz/tests/fuzz/fuzz-pickle -max_total_time=60 -rss_limit_mb=1024 NEW_CORPUS SAMPLES
 */
#include "data/mixq-pickle-matrix.h"
#include "data/mixq-pickle.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  /* A copy of the exact size, so that reading one byte too far is seen. */
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqPickle) pickle = mixq_pickle_parse (bytes, NULL, &error);
  g_autoptr (MixqCsr) csr = NULL;

  if ((pickle == NULL) != (error != NULL))
    __builtin_trap ();
  if (pickle != NULL)
    csr = mixq_pickle_to_matrix (mixq_pickle_root (pickle), NULL);
  for (gsize r = 0; csr != NULL && r < csr->n_rows; r++)
    for (gsize e = csr->row_ptr[r]; e < csr->row_ptr[r + 1]; e++)
      if (csr->col[e] >= csr->n_cols || (e > csr->row_ptr[r] && csr->col[e] <= csr->col[e - 1]))
        __builtin_trap ();
  return 0;
}
