/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packed codes and the safetensors file: bytes as the format has them, and damage that must not pass. */
#include <string.h>

#include "base/mixq-error.h"
#include "base/mixq-random.h"
#include "export/mixq-pack.h"
#include "export/mixq-safetensors.h"

#define SEED 20240917

/* --- packing ------------------------------------------------------------------------------------------------------- */

static void
test_pack_golden (void)
{
  const gint32 signs[] = { 1, -1, -1, 1, 1, -1, 1, 1, -1, 1 };
  const gint32 two[] = { 1, -2, 0, -1, 1 }, four[] = { 1, 2, 15 }, three[] = { 1, 2, 3 };
  guint8 out[2];

  mixq_pack (signs, 10, 1, out);
  g_assert_cmphex (out[0], ==, 0xd9);
  g_assert_cmphex (out[1], ==, 0x02);
  mixq_pack (two, 5, 2, out); /* 01 10 00 11, lowest first, then 01 */
  g_assert_cmphex (out[0], ==, 0xc9);
  g_assert_cmphex (out[1], ==, 0x01);
  mixq_pack (four, 3, 4, out);
  g_assert_cmphex (out[0], ==, 0x21);
  g_assert_cmphex (out[1], ==, 0x0f);
  mixq_pack (three, 3, 3, out); /* 001, 010, 011: the third crosses into the second byte */
  g_assert_cmphex (out[0], ==, 0xd1);
  g_assert_cmphex (out[1], ==, 0x00);
}

static void
check_round_trip (guint bits, gboolean is_signed, gsize n)
{
  guint width = bits;
  gint32 lo = is_signed ? -(1 << (width - 1)) : 0, span = 1 << width;
  g_autofree gint32 *code = g_new (gint32, n + 1), *back = g_new (gint32, n + 1);
  g_autofree guint8 *packed = NULL;
  MixqRandom random;
  gsize size;

  g_assert_true (mixq_pack_size (n, width, &size));
  g_assert_cmpuint (size, ==, (n * width + 7) / 8);
  mixq_random_init (&random, SEED + bits, "pack");
  for (gsize i = 0; i < n; i++)
    code[i] = lo + (gint32) mixq_random_below (&random, (guint32) span);
  if (n >= 2) { /* both ends of the range, always */
    code[0] = lo;
    code[n - 1] = lo + span - 1;
  }
  for (gsize i = 0; bits == 1 && is_signed && i < n; i++)
    code[i] = 2 * code[i] + 1; /* a sign: -1 and 0 stand for -1 and 1 */
  packed = g_malloc (size + 1);
  packed[size] = 0xa5; /* not to be touched */
  mixq_pack (code, n, width, packed);
  g_assert_cmphex (packed[size], ==, 0xa5);
  g_assert_true (mixq_unpack (packed, n, width, is_signed, back));
  g_assert_cmpmem (back, n * sizeof *back, code, n * sizeof *code);
}

static void
test_pack_every_width (void)
{
  static const guint widths[] = { 1, 2, 3, 4, 5, 6, 7, 8, 16 };
  static const gsize counts[] = { 0, 1, 2, 3, 7, 8, 9, 63, 64, 1001 };

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    for (guint c = 0; c < G_N_ELEMENTS (counts); c++)
      for (int is_signed = 0; is_signed <= 1; is_signed++)
        check_round_trip (widths[w], is_signed != 0, counts[c]);
}

static void
test_pack_rest_must_be_zero (void)
{
  guint8 packed[2] = { 0xff, 0x03 };
  gint32 code[5];

  g_assert_true (mixq_unpack (packed, 5, 2, FALSE, code));
  packed[1] = 0x07; /* a sixth code that is not there */
  g_assert_false (mixq_unpack (packed, 5, 2, FALSE, code));
}

static void
test_pack_size_overflow (void)
{
  gsize size;

  g_assert_false (mixq_pack_size (G_MAXSIZE / 2, 8, &size));
  g_assert_false (mixq_pack_size (G_MAXSIZE, 1, &size));
}

/* --- the file ------------------------------------------------------------------------------------------------------ */

static MixqSafetensors *
small_file (void)
{
  MixqSafetensors *file = mixq_safetensors_new ();
  const gsize three = 3, two = 2;
  const guint8 w[] = { 1, 2, 3 };
  const gint32 z[] = { 1, -2 };
  const float s = 1.5f;

  mixq_safetensors_set_metadata (file, "k", "v\"\n");
  mixq_safetensors_set_metadata (file, "a", "b");
  mixq_safetensors_add_u8 (file, "a.w", 1, &three, w);
  mixq_safetensors_add_i32 (file, "z", 1, &two, z);
  mixq_safetensors_add_f32 (file, "s", 0, NULL, &s);
  return file;
}

static void
test_golden_bytes (void)
{
  /* Types by descending rank (F32, I32, U8), then names: the order that the reference writer's source has. */
  static const char header[] = "{\"__metadata__\":{\"a\":\"b\",\"k\":\"v\\\"\\n\"},"
                               "\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
                               "\"z\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[4,12]},"
                               "\"a.w\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[12,15]}}";
  static const guint8 data[] = { 0, 0, 0xc0, 0x3f, 1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 1, 2, 3 };
  g_autoptr (MixqSafetensors) file = small_file ();
  g_autoptr (GBytes) bytes = mixq_safetensors_to_bytes (file);
  gsize size, length = strlen (header), padded = (length + 7) / 8 * 8;
  const guint8 *at = g_bytes_get_data (bytes, &size);

  g_assert_cmpuint (size, ==, 8 + padded + sizeof data);
  g_assert_cmphex (at[0], ==, padded & 0xff);
  g_assert_cmphex (at[1], ==, padded >> 8);
  for (int i = 2; i < 8; i++)
    g_assert_cmphex (at[i], ==, 0);
  g_assert_cmpmem (at + 8, length, header, length);
  for (gsize i = length; i < padded; i++)
    g_assert_cmpint (at[8 + i], ==, ' ');
  g_assert_cmpmem (at + 8 + padded, sizeof data, data, sizeof data);
}

static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqSafetensors) file = small_file (), back = NULL;
  g_autoptr (GBytes) bytes = mixq_safetensors_to_bytes (file), again = NULL;
  const MixqTensor *tensor;
  g_autofree float *s = NULL;
  g_autofree gint32 *z = NULL;

  back = mixq_safetensors_parse (bytes, "small", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mixq_safetensors_get_n_tensors (back), ==, 3);
  g_assert_cmpstr (mixq_safetensors_peek_metadata (back, "k"), ==, "v\"\n");
  g_assert_null (mixq_safetensors_peek (back, "s", MIXQ_TENSOR_I32));
  tensor = mixq_safetensors_peek (back, "s", MIXQ_TENSOR_F32);
  g_assert_cmpuint (tensor->n_dims, ==, 0);
  s = mixq_tensor_dup_f32 (tensor);
  g_assert_cmpfloat (s[0], ==, 1.5);
  z = mixq_tensor_dup_i32 (mixq_safetensors_peek (back, "z", MIXQ_TENSOR_I32));
  g_assert_cmpint (z[1], ==, -2);
  again = mixq_safetensors_to_bytes (back);
  g_assert_true (g_bytes_equal (bytes, again));
}

/* --- damage -------------------------------------------------------------------------------------------------------- */

/* A file with this header and @size bytes of data. */
static GBytes *
file_of (const char *header, guint64 length, gsize size)
{
  GByteArray *out = g_byte_array_new ();
  guint64 prefix = GUINT64_TO_LE (length);

  g_byte_array_append (out, (const guint8 *) &prefix, sizeof prefix);
  g_byte_array_append (out, (const guint8 *) header, (guint) strlen (header));
  for (gsize i = 0; i < size; i++)
    g_byte_array_append (out, (const guint8 *) "\0", 1);
  return g_byte_array_free_to_bytes (out);
}

#define T(shape, offsets) "{\"dtype\":\"U8\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static const struct
{
  const char *header;
  gsize size;
  int code; /* -1: is good */
} cases[] = {
  { "{}", 0, -1 },
  { "{\"a\":" T ("[4]", "[0,4]") "}", 4, -1 },
  { "{\"a\":" T ("[0]", "[0,0]") ",\"b\":" T ("[2,2]", "[0,4]") "}", 4, -1 },
  { "{}", 1, MIXQ_ERROR_PARSE }, /* data of nobody */
  { "[]", 0, MIXQ_ERROR_PARSE },
  { "{\"a\":1}", 0, MIXQ_ERROR_PARSE },
  { "{\"a\":" T ("[4]", "[0,4]") "}", 5, MIXQ_ERROR_PARSE }, /* a tail */
  { "{\"a\":" T ("[4]", "[1,5]") "}", 5, MIXQ_ERROR_PARSE }, /* a hole in front */
  { "{\"a\":" T ("[4]", "[0,4]") "}", 3, MIXQ_ERROR_PARSE }, /* past the end */
  { "{\"a\":" T ("[3]", "[0,4]") "}", 4, MIXQ_ERROR_PARSE }, /* shape and bytes differ */
  { "{\"a\":" T ("[4]", "[4,0]") "}", 4, MIXQ_ERROR_PARSE }, /* backwards */
  { "{\"a\":" T ("[2]", "[0,2]") ",\"b\":" T ("[2]", "[1,3]") "}", 3, MIXQ_ERROR_PARSE }, /* overlap */
  { "{\"a\":" T ("[2]", "[0,2]") ",\"b\":" T ("[2]", "[0,2]") "}", 4, MIXQ_ERROR_PARSE }, /* the same twice */
  { "{\"a\":" T ("[2]", "[0,2]") ",\"b\":" T ("[2]", "[3,5]") "}", 5, MIXQ_ERROR_PARSE }, /* a hole */
  { "{\"a\":" T ("[-4]", "[0,4]") "}", 4, MIXQ_ERROR_PARSE },
  { "{\"a\":" T ("[4.0]", "[0,4]") "}", 4, MIXQ_ERROR_PARSE },
  { "{\"a\":" T ("[4294967296,4294967296,4294967296]", "[0,4]") "}", 4,
    MIXQ_ERROR_PARSE }, /* product overflows */
  { "{\"a\":" T ("[1,1,1,1,4]", "[0,4]") "}", 4, MIXQ_ERROR_PARSE },
  { "{\"a\":" T ("[4]", "[0,4,8]") "}", 4, MIXQ_ERROR_PARSE },
  { "{\"a\":" T ("[4]", "[0,99999999999999999999]") "}", 4, MIXQ_ERROR_PARSE },
  { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],\"x\":0}}", 4, MIXQ_ERROR_PARSE },
  { "{\"a\":{\"shape\":[4],\"data_offsets\":[0,4],\"x\":0}}", 4, MIXQ_ERROR_PARSE },
  { "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8, MIXQ_ERROR_UNSUPPORTED },
  { "{\"__metadata__\":{\"a\":1}}", 0, MIXQ_ERROR_PARSE },
  { "{\"__metadata__\":[]}", 0, MIXQ_ERROR_PARSE },
  { "{\"a\":", 0, MIXQ_ERROR_PARSE },
  { "{\"a\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}", 0, MIXQ_ERROR_PARSE },
  { "{'a':" T ("[4]", "[0,4]") "}", 4, MIXQ_ERROR_PARSE },
  { "{\"\xff\":" T ("[4]", "[0,4]") "}", 4, MIXQ_ERROR_PARSE },
};

static void
test_hostile_headers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = file_of (cases[i].header, strlen (cases[i].header), cases[i].size);
    g_autoptr (GError) error = NULL;
    g_autoptr (MixqSafetensors) file = mixq_safetensors_parse (bytes, "case", &error);

    g_test_message ("case %u: %s", i, error != NULL ? error->message : "good");
    if (cases[i].code < 0) {
      g_assert_no_error (error);
      g_assert_nonnull (file);
    } else {
      g_assert_error (error, MIXQ_ERROR, cases[i].code);
      g_assert_null (file);
    }
  }
}

static void
test_hostile_lengths (void)
{
  static const guint64 lengths[] = { 0, 1, 3, 9, 1000, 10000001, G_MAXINT64, G_MAXUINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_autoptr (GBytes) bytes = file_of ("{}", lengths[i], 0);
    g_autoptr (GError) error = NULL;

    g_assert_null (mixq_safetensors_parse (bytes, "case", &error));
    g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE);
  }
}

/* Every truncation and every flipped bit ends in an error or in a file that can be written again. */
static void
test_damage (void)
{
  g_autoptr (MixqSafetensors) file = small_file ();
  g_autoptr (GBytes) bytes = mixq_safetensors_to_bytes (file);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize n = 0; n < size; n++) {
    g_autoptr (GBytes) part = g_bytes_new (data, n);
    g_autoptr (GError) error = NULL;

    g_assert_null (mixq_safetensors_parse (part, "part", &error));
    g_assert_nonnull (error);
  }
  for (gsize bit = 0; bit < 8 * size; bit++) {
    guint8 *copy = g_memdup2 (data, size);
    g_autoptr (GBytes) flipped = g_bytes_new_take (copy, size);
    g_autoptr (GError) error = NULL;
    g_autoptr (MixqSafetensors) back = NULL;

    copy[bit / 8] ^= (guint8) (1u << (bit % 8));
    back = mixq_safetensors_parse (flipped, "flipped", &error);
    g_assert_true ((back == NULL) == (error != NULL));
    if (back != NULL)
      g_bytes_unref (mixq_safetensors_to_bytes (back));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/export/pack/golden", test_pack_golden);
  g_test_add_func ("/engine/export/pack/every-width", test_pack_every_width);
  g_test_add_func ("/engine/export/pack/rest-must-be-zero", test_pack_rest_must_be_zero);
  g_test_add_func ("/engine/export/pack/size-overflow", test_pack_size_overflow);
  g_test_add_func ("/engine/export/safetensors/golden-bytes", test_golden_bytes);
  g_test_add_func ("/engine/export/safetensors/round-trip", test_round_trip);
  g_test_add_func ("/engine/export/safetensors/hostile-headers", test_hostile_headers);
  g_test_add_func ("/engine/export/safetensors/hostile-lengths", test_hostile_lengths);
  g_test_add_func ("/engine/export/safetensors/damage", test_damage);
  return g_test_run ();
}
