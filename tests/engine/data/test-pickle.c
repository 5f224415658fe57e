/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The restricted unpickler on programs written by hand, one table row each. */
#include <string.h>

#include "base/mixq-error.h"
#include "data/mixq-pickle-matrix.h"
#include "data/mixq-pickle.h"

static MixqPickle *
parse (const char *program, gsize length, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (program, length);

  return mixq_pickle_parse (bytes, NULL, error);
}

#define PARSE(program, error) parse (program, sizeof (program) - 1, error)

static void
test_integers (void)
{
  static const struct
  {
    const char *program;
    gsize length;
    gint64 value;
  } cases[] = {
    { "K\xff.", 3, 255 },
    { "M\xfe\xff.", 4, 65534 },
    { "J\xff\xff\xff\xff.", 6, -1 },
    { "J\x00\x00\x00\x80.", 6, G_MININT32 },
    { "\x8a\x00.", 3, 0 },
    { "\x8a\x01\xff.", 4, -1 },
    { "\x8a\x02\xff\x00.", 5, 255 },
    { "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f.", 11, G_MAXINT64 },
    { "\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80.", 11, G_MININT64 },
    { "\x8b\x03\x00\x00\x00\x01\x02\x03.", 9, 0x030201 },
    { "\x88.", 2, 1 },
    { "\x89.", 2, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MixqPickle) pickle = parse (cases[i].program, cases[i].length, &error);

    g_assert_no_error (error);
    g_assert_cmpint (mixq_pickle_root (pickle)->as.integer, ==, cases[i].value);
  }
}

static void
test_float_and_strings (void)
{
  g_autoptr (MixqPickle) real = PARSE ("G\xbf\xf8\x00\x00\x00\x00\x00\x00.", NULL);
  g_autoptr (MixqPickle) text = PARSE ("\x80\x04\x8c\x03"
                                       "abc.",
                                       NULL);
  g_autoptr (MixqPickle) bytes = PARSE ("\x8e\x02\x00\x00\x00\x00\x00\x00\x00\x00z.", NULL);

  g_assert_cmpint (mixq_pickle_root (real)->kind, ==, MIXQ_PICKLE_FLOAT);
  g_assert_true (mixq_pickle_root (real)->as.real == -1.5);
  g_assert_cmpint (mixq_pickle_root (text)->kind, ==, MIXQ_PICKLE_TEXT);
  g_assert_cmpmem (mixq_pickle_root (text)->as.bytes->data, mixq_pickle_root (text)->as.bytes->length, "abc",
                   3);
  g_assert_cmpint (mixq_pickle_root (bytes)->kind, ==, MIXQ_PICKLE_BYTES);
  g_assert_cmpmem (mixq_pickle_root (bytes)->as.bytes->data, mixq_pickle_root (bytes)->as.bytes->length,
                   "\0z", 2);
}

static void
test_containers (void)
{
  /* {1: [2, 3], 4: ()} with a list that grows in three steps and comes back from the memo */
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqPickle) pickle = PARSE ("}(K\x01]q\x07K\x02"
                                         "a(K\x03"
                                         "eK\x04)uq\x08h\x07K\x09"
                                         "a\x85.",
                                         &error);
  const MixqPickleValue *dict;

  g_assert_null (pickle); /* two values are left at the end */
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE);
  g_clear_error (&error);
  pickle = PARSE ("}(K\x01]q\x07K\x02"
                  "a(K\x03"
                  "eK\x04)uh\x07K\x09"
                  "a\x86.",
                  &error);
  g_assert_no_error (error);
  g_assert_cmpint (mixq_pickle_root (pickle)->kind, ==, MIXQ_PICKLE_TUPLE);
  dict = &mixq_pickle_root (pickle)->as.sequence->items[0];
  g_assert_cmpint (dict->kind, ==, MIXQ_PICKLE_DICT);
  g_assert_cmpuint (dict->as.sequence->length, ==, 4);
  g_assert_cmpint (dict->as.sequence->items[1].kind, ==, MIXQ_PICKLE_LIST);
  g_assert_cmpuint (dict->as.sequence->items[1].as.sequence->length, ==, 3);
  g_assert_cmpint (dict->as.sequence->items[1].as.sequence->items[2].as.integer, ==, 9);
  g_assert_cmpint (dict->as.sequence->items[3].kind, ==, MIXQ_PICKLE_TUPLE);
}

/* numpy 2 module names, protocol 5, a Fortran-ordered big-endian uint16 matrix [[1, 2, 3], [4, 5, 6]]. */
static void
test_numpy2 (void)
{
  static const char program[] =
      "\x80\x05"
      "\x8c\x13numpy._core.numeric\x8c\x0b_frombuffer\x93("
      "\x96\x0c\0\0\0\0\0\0\0\0\x01\0\x04\0\x02\0\x05\0\x03\0\x06"
      "\x8c\x05numpy\x8c\x05"
      "dtype\x93\x8c\x02u2\x89\x88\x87R(K\x03\x8c\x01>NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
      "K\x02K\x03\x86\x8c\x01"
      "FtR.";
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqPickle) pickle = PARSE (program, &error);
  g_autoptr (MixqCsr) csr = NULL;
  const MixqPickleArray *array;

  g_assert_no_error (error);
  g_assert_cmpint (mixq_pickle_root (pickle)->kind, ==, MIXQ_PICKLE_ARRAY);
  array = mixq_pickle_root (pickle)->as.array;
  g_assert_cmpint (mixq_pickle_array_int (array, mixq_pickle_array_index (array, 0, 2)), ==, 3);
  g_assert_cmpint (mixq_pickle_array_int (array, mixq_pickle_array_index (array, 1, 0)), ==, 4);
  csr = mixq_pickle_to_matrix (mixq_pickle_root (pickle), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (csr->nnz, ==, 6);
  for (gsize e = 0; e < 6; e++)
    g_assert_true (csr->value[e] == (float) (e + 1));
}

static MixqPickleArray
array_of (const char *dtype, gboolean big_endian, const void *data, gsize length)
{
  return (MixqPickleArray){ .dtype = { dtype[0], (guint8) (dtype[1] - '0'), big_endian },
                            .rank = 1,
                            .shape = { length },
                            .length = length,
                            .data = data };
}

static void
test_elements (void)
{
  static const guint8 minus_two[] = { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  static const guint8 half_be[] = { 0x3f, 0xe0, 0, 0, 0, 0, 0, 0 };
  MixqPickleArray array = array_of ("i1", FALSE, minus_two, 1);

  g_assert_cmpint (mixq_pickle_array_int (&array, 0), ==, -2);
  array = array_of ("i2", FALSE, minus_two, 1);
  g_assert_cmpint (mixq_pickle_array_int (&array, 0), ==, -2);
  array = array_of ("i4", FALSE, minus_two, 1);
  g_assert_cmpint (mixq_pickle_array_int (&array, 0), ==, -2);
  array = array_of ("i8", FALSE, minus_two, 1);
  g_assert_cmpint (mixq_pickle_array_int (&array, 0), ==, -2);
  array = array_of ("u4", FALSE, minus_two, 1);
  g_assert_cmpint (mixq_pickle_array_int (&array, 0), ==, 4294967294);
  array = array_of ("u8", FALSE, minus_two, 1);
  g_assert_cmpint (mixq_pickle_array_int (&array, 0), ==, G_MAXINT64);
  array = array_of ("b1", FALSE, minus_two, 1);
  g_assert_cmpint (mixq_pickle_array_int (&array, 0), ==, 1);
  array = array_of ("f8", TRUE, half_be, 1);
  g_assert_true (mixq_pickle_array_real (&array, 0) == 0.5);
  array = array_of ("f4", TRUE, half_be, 1);
  g_assert_true (mixq_pickle_array_real (&array, 0) == 1.75);
}

/* Unsorted columns, repeats and stored zeros, as scipy allows them. */
static void
test_csr_canonical (void)
{
  static const gint32 indptr[] = { 0, 3, 3, 5 }, indices[] = { 4, 0, 4, 1, 2 };
  static const float data[] = { 1, 2, 0.5f, 0, 7 };
  MixqPickleArray parts[3] = { array_of ("i4", FALSE, indptr, 4), array_of ("i4", FALSE, indices, 5),
                               array_of ("f4", FALSE, data, 5) };
  MixqPickleCsr scipy = { TRUE, 3, 5, &parts[0], &parts[1], &parts[2] };
  MixqPickleValue value = { MIXQ_PICKLE_CSR, { .csr = &scipy } };
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqCsr) csr = mixq_pickle_to_matrix (&value, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (csr->row_ptr, 4 * sizeof (gsize), ((gsize[]){ 0, 2, 2, 3 }), 4 * sizeof (gsize));
  g_assert_cmpmem (csr->col, 3 * sizeof (guint32), ((guint32[]){ 0, 4, 2 }), 3 * sizeof (guint32));
  g_assert_true (csr->value[0] == 2 && csr->value[1] == 1.5f && csr->value[2] == 7);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *program;
    gsize length;
    const char *mentions;
  } cases[] = {
    { "", 0, "byte 0" },
    { "N", 1, "byte 1" },
    { "NN.", 3, "left over" },
    { "(N.", 3, "left over" },
    { ".", 1, "stack is empty" },
    { "K", 1, "ends in the middle" },
    { "\x8c\x05"
      "ab",
      4, "ends in the middle" },
    { "X\xff\xff\xff\xff"
      "ab",
      7, "ends in the middle" },
    { "T\xff\xff\xff\xff"
      "ab",
      7, "negative" },
    { "\x8a\x09\0\0\0\0\0\0\0\0\0.", 12, "64 bits" },
    { "cos\nsystem\n.", 12, "os.system" },
    { "cos\nsys\x1b[31m\n.", 15, "os.sys?[31m" },
    { "cos", 3, "ends in the middle" },
    { "I1\n.", 4, "protocol 0" },
    { "(i", 2, "never use" },
    { "h\x01.", 3, "never stored" },
    { "K\x01K\x02"
      "a.",
      6, "not a list" },
    { "}K\x01K\x02K\x03u.", 8, "MARK" },
    { "}(K\x01u.", 6, "without a value" },
    { "(K\x01"
      "a.",
      5, "stack is empty" }, /* the list would lie below a MARK */
    { "]b.", 3, "stack is empty" },
    { "]]b.", 4, "no" },
    { ")]R.", 4, "not a known function" },
    { "c__builtin__\nlist\n)R.", 22, "as if it were a function" },
    { "c__builtin__\nlist\n)\x81.", 22, "not a csr_matrix" },
    { "cscipy.sparse.csr\ncsr_matrix\n)\x81}b.", 36, "lacks" },
    { "c_codecs\nencode\nX\x02\0\0\0\xc4\x80X\x06\0\0\0latin1\x86R.", 38, "not Latin-1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MixqPickle) pickle = parse (cases[i].program, cases[i].length, &error);

    g_assert_null (pickle);
    g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE);
    if (strstr (error->message, cases[i].mentions) == NULL)
      g_error ("case %" G_GSIZE_FORMAT ": \"%s\" does not mention \"%s\"", i, error->message,
               cases[i].mentions);
  }
}

/* Every single byte as a program, and every byte before a STOP: an answer, never a crash. */
static void
test_all_opcodes (void)
{
  for (guint code = 0; code < 256; code++) {
    char program[] = { (char) code, 1, 0, 0, 0, 0, 0, 0, 0, '.' };

    for (gsize length = 1; length <= sizeof program; length++) {
      g_autoptr (GError) error = NULL;
      g_autoptr (MixqPickle) pickle = parse (program, length, &error);

      g_assert_true ((pickle == NULL) == (error != NULL));
    }
  }
}

/* A text asked for again and again is decoded once: ten bytes a time must not cost its whole length. */
static void
test_encode_bomb (void)
{
  g_autoptr (GByteArray) program = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MixqPickle) pickle = NULL;
  g_autofree guint8 *text = g_malloc0 (1 << 20);
  const guint8 length[] = { 0, 0, 0x10, 0 };

#define ADD(literal) g_byte_array_append (program, (const guint8 *) (literal), sizeof (literal) - 1)
  ADD ("](c_codecs\nencode\nq\x01X");
  g_byte_array_append (program, length, 4);
  g_byte_array_append (program, text, 1 << 20);
  ADD ("q\x02X\x06\0\0\0latin1q\x03\x86R");
  for (gsize i = 0; i < 10000; i++)
    ADD ("h\x01h\x02h\x03\x86R");
  ADD ("e.");
#undef ADD
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&program));
  pickle = mixq_pickle_parse (bytes, NULL, &error); /* would need 10 GiB, and fail by its budget */
  g_assert_no_error (error);
  g_assert_cmpuint (mixq_pickle_root (pickle)->as.sequence->length, ==, 10001);
}

/* Four million of one opcode: refused by a limit, within memory that the file's size explains. */
static void
test_repeated (void)
{
  static const struct
  {
    const char *opcodes;
    gsize length;
  } cases[] = { { "]", 1 },   { "}", 1 },     { ")", 1 },      { "N", 1 },    { "(", 1 },
                { "K\1", 2 }, { "]\x94", 2 }, { "\x8c\0", 2 }, { "]q\0", 3 }, { "]a", 2 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize unit = cases[i].length, length = unit * (4 << 20);
    g_autofree char *program = g_malloc (length);
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (GError) error = NULL;

    for (gsize at = 0; at < length; at += unit)
      memcpy (program + at, cases[i].opcodes, unit);
    bytes = g_bytes_new_static (program, length);
    g_assert_null (mixq_pickle_parse (bytes, NULL, &error));
    g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE);
  }
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *program = g_malloc (100000);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  memset (program, 'N', 100000);
  bytes = g_bytes_new_static (program, 100000);
  g_cancellable_cancel (cancellable);
  g_assert_null (mixq_pickle_parse (bytes, cancellable, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/data/pickle/integers", test_integers);
  g_test_add_func ("/engine/data/pickle/float-and-strings", test_float_and_strings);
  g_test_add_func ("/engine/data/pickle/containers", test_containers);
  g_test_add_func ("/engine/data/pickle/numpy2", test_numpy2);
  g_test_add_func ("/engine/data/pickle/elements", test_elements);
  g_test_add_func ("/engine/data/pickle/csr-canonical", test_csr_canonical);
  g_test_add_func ("/engine/data/pickle/refused", test_refused);
  g_test_add_func ("/engine/data/pickle/all-opcodes", test_all_opcodes);
  g_test_add_func ("/engine/data/pickle/encode-bomb", test_encode_bomb);
  g_test_add_func ("/engine/data/pickle/repeated", test_repeated);
  g_test_add_func ("/engine/data/pickle/cancelled", test_cancelled);
  return g_test_run ();
}
