/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help, versions and everything that is refused before work begins. */
#include <string.h>

#include <glib/gstdio.h>

#include "cli.h"

static const char *const commands[] = {
  "datasets", "inspect", "cost", "run", "sweep", "predict", "export", "bench", "verify",
};

static void
test_help (void)
{
  g_auto (Ended) whole = { 0 };

  mixq_call (&whole, "--help");
  g_assert_cmpint (whole.status, ==, 0);
  g_assert_cmpstr (whole.err, ==, "");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_auto (Ended) ended = { 0 };
    g_autofree char *usage = g_strdup_printf ("mixq %s [OPTION", commands[i]);

    g_assert_nonnull (strstr (whole.out, commands[i]));
    mixq_call (&ended, "%s --help", commands[i]);
    g_assert_cmpint (ended.status, ==, 0);
    g_assert_cmpstr (ended.err, ==, "");
    g_assert_nonnull (strstr (ended.out, usage));
    g_assert_nonnull (strstr (ended.out, "--json"));
  }
}

static void
test_version (void)
{
  g_auto (Ended) ended = { 0 };

  mixq_call (&ended, "--version");
  g_assert_cmpint (ended.status, ==, 0);
  g_assert_true (g_str_has_prefix (ended.out, "mixq 0."));
}

static void
test_nothing (void)
{
  g_auto (Ended) ended = { 0 };

  mixq_call (&ended, "%s", "");
  g_assert_cmpint (ended.status, ==, 2);
  g_assert_cmpstr (ended.out, ==, "");
  g_assert_nonnull (strstr (ended.err, "Usage:"));
}

/* Wrong usage is told from failed work by the exit status. */
static const Refusal refused[] = {
  { "frobnicate", 2, "there is no command \"frobnicate\"" },
  { "datasets karate", 2, "argument too many" },
  { "inspect", 2, "an argument is missing" },
  { "inspect karate karate", 2, "argument too many" },
  { "inspect karate --frobnicate", 2, "--frobnicate" },
  { "inspect karate --split random:x", 1, "random:7" },
  { "inspect /no/such/data", 1, "there is no such file" },
  { "inspect karate --format planetoid", 1, "karate" },
  { "cost karate --hidden 0", 2, "hidden" },
  { "cost karate --hidden many", 2, "--hidden: \"many\"" },
  { "cost karate --layers 9", 2, "layers" },
  { "cost karate --model gcm", 2, "gcm" },
  { "cost karate --dropout 1", 2, "dropout" },
  { "cost karate --dropout nan", 2, "--dropout: \"nan\"" },
  { "cost karate --method relaxed", 2, "relaxed has no widths" },
  { "cost karate --method fixed:2,2", 2, "9 slots" },
  { "cost karate --method uniform:9", 2, "'9' is not a width" },
  { "run", 2, "the data set is missing" },
  { "run karate --lambda", 2, "lambda" },
  { "run karate --lambda x", 2, "--lambda: \"x\"" },
  { "run karate --lambda 1,2", 2, "--lambda: \"1,2\"" },
  { "run karate --lambda inf", 2, "--lambda: \"inf\"" },
  { "run karate --lambda 1e300", 2, "lambda" },
  { "run karate --bits 2,2", 2, "given twice" },
  { "run karate --epochs 1,2", 2, "not three numbers" },
  { "run karate --epochs 0,1,1", 2, "float32" },
  { "run karate --epochs=-1,1,1", 2, "--epochs: \"-1\"" },
  { "run karate --seed -1", 2, "--seed: \"-1\"" },
  { "run karate --seeds 3..1", 2, "ends before it begins" },
  { "run karate --seeds 0..99999999", 2, "too many" },
  { "run karate --seed 1 --seeds 0..1", 2, "exclude each other" },
  { "run karate --pin conv9.weight=8", 2, "no slot 'conv9.weight'" },
  { "run karate --pin conv1.weight=3", 2, "not among the widths" },
  { "run karate --cost money", 2, "bitops" },
  { "run karate --scheme magic", 2, "scheme" },
  { "run karate --reference --distill transductive", 2, "reference" },
  { "run karate --reference --out /tmp/never", 2, "drop --out" },
  { "run --config x.json --lambda 1", 2, "drop --lambda" },
  { "run --config x.json --hidden 8", 2, "drop --hidden" },
  { "run --config x.json --split planetoid", 2, "drop --split" },
  { "run karate --config x.json", 2, "drop \"karate\"" },
  { "run --config /no/such/config.json", 1, "config.json" },
  { "run karate --out /proc/mixq-model", 1, "/proc/mixq-model" },
  { "run karate --out /no/such/folder/model", 1, "missing" },
  { "sweep karate", 2, "--lambda is missing" },
  { "sweep karate --lambda 1,x", 2, "--lambda: \"x\"" },
  { "sweep karate --lambda 1 --jobs 0", 2, "--jobs" },
  { "sweep karate --lambda 1 --seed 1", 2, "--seed" },
  { "sweep karate --lambda 1,1e300", 2, "lambda" },
  { "export /no/such/model", 2, "--to is missing" },
  { "export /no/such/model --to wax --out x", 2, "names no format" },
  { "export /no/such/model --to safetensors", 2, "--out is missing" },
  { "export /no/such/model --to safetensors --out x", 1, "/no/such/model" },
  { "bench speed", 2, "speed" },
  { "predict /no/such/model", 2, "an argument is missing" },
  { "predict /no/such/model karate", 1, "/no/such/model" },
  { "predict /no/such/model karate --engine quantum", 2, "--engine: \"quantum\"" },
};

static void
test_refused (void)
{
  assert_all_refused (refused, G_N_ELEMENTS (refused));
}

/* The work's epochs are not spent before a folder in the way is noticed: nothing but the one line is said. */
static void
test_out_in_the_way (void)
{
  g_autofree char *folder = make_folder (), *file = g_build_filename (folder, "file", NULL);
  g_auto (Ended) there = { 0 }, no_folder = { 0 }, no_model = { 0 };

  mixq_call (&there, "run karate --out %s", folder);
  assert_refused (&there, 1, "--force");
  g_assert_true (g_file_set_contents (file, "mine", -1, NULL));
  mixq_call (&no_folder, "run karate --out %s --force", file);
  assert_refused (&no_folder, 1, "is no folder");
  mixq_call (&no_model, "run karate --epochs 1,1,1 --quiet --out %s --force", folder);
  g_assert_cmpint (no_model.status, ==, 1); /* not ours: never replaced */
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  remove_tree (folder);
}

static void
test_full_disk (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_strdup_printf ("sh -c '%s inspect karate >/dev/full'", g_getenv ("MIXQ_BINARY"));
  g_autofree char *err = NULL;
  int status;

  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS)) {
    g_test_skip ("there is no /dev/full here");
    return;
  }
  g_assert_true (g_spawn_command_line_sync (line, NULL, &err, &status, &error));
  g_assert_no_error (error);
  g_assert_false (g_spawn_check_wait_status (status, &error));
  g_assert_nonnull (strstr (err, "standard output could not be written"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/usage/help", test_help);
  g_test_add_func ("/cli/usage/version", test_version);
  g_test_add_func ("/cli/usage/nothing", test_nothing);
  g_test_add_func ("/cli/usage/refused", test_refused);
  g_test_add_func ("/cli/usage/out-in-the-way", test_out_in_the_way);
  g_test_add_func ("/cli/usage/full-disk", test_full_disk);
  return g_test_run ();
}
