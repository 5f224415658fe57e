/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer target for NumPy files. The first byte says what the rest is: an even one a .npy array, an odd one a .npz
 * archive (whose checksums are not looked at here). Build as fuzz-pickle.c says:
 *   build-fuzz/tests/fuzz/fuzz-npz -max_total_time=60 -rss_limit_mb=1024 NEW_CORPUS SEEDS
 * where a seed is a sample with a byte before it: for f in *.npz; do (printf '\1'; cat $f) > seeds/$f; done
 */
#include "data/mixq-npy.h"
#include "data/mixq-npz.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
read_array (GBytes *bytes)
{
  MixqSource *source = mixq_source_new_bytes (bytes, "fuzz.npy");
  g_auto (MixqNpy) npy = { 0 };
  g_autoptr (GError) error = NULL;
  gint64 ints[100];
  double floats[100];
  char *texts[100];
  gssize n;

  if (!mixq_npy_init (&npy, source, &error)) {
    if (error == NULL)
      __builtin_trap ();
    return;
  }
  mixq_npy_read_ints (&npy, ints, G_N_ELEMENTS (ints), NULL);
  mixq_npy_read_floats (&npy, floats, G_N_ELEMENTS (floats), NULL);
  if ((npy.kind == MIXQ_NPY_TEXT || npy.kind == MIXQ_NPY_BYTES) && npy.n > 0) {
    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
      texts[i] = NULL;
    n = mixq_npy_read_texts (&npy, texts, G_N_ELEMENTS (texts), NULL);
    for (gssize i = 0; i < (gssize) G_N_ELEMENTS (texts); i++) {
      if (texts[i] != NULL && !g_utf8_validate (texts[i], -1, NULL))
        __builtin_trap ();
      if (i < n && texts[i] == NULL)
        __builtin_trap ();
      g_free (texts[i]);
    }
  }
  mixq_npy_finish (&npy, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (GError) error = NULL;

  if (size == 0)
    return 0;
  /* A copy of the exact size, so that reading one byte too far is seen. */
  bytes = g_bytes_new (data + 1, size - 1);
  if (data[0] % 2 == 0) {
    read_array (bytes);
    return 0;
  }
  dataset = mixq_npz_load_bytes (bytes, &error); /* what comes out is sealed: its invariants hold */
  if ((dataset == NULL) != (error != NULL))
    __builtin_trap ();
  return 0;
}
