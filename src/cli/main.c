/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `mixq`: the engine on the command line. The contract is spec/cli.md; a command is one row and one file. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/mixq-engine.h"
#include "mixq-cli.h"

static const struct
{
  const char *name;
  const char *summary;
  MixqCliFunc run;
} commands[] = {
  { "datasets", "List the built-in and the known public data sets", mixq_command_datasets },
  { "inspect", "Show what is in a data set", mixq_command_inspect },
  { "cost", "Count operations, BitOPs and bytes of a model", mixq_command_cost },
  { "run", "Train float32, search widths, quantize, make integers", mixq_command_run },
  { "sweep", "Run many prices and seeds side by side", mixq_command_sweep },
  { "front", "Find the models no other is cheaper and better than", mixq_command_front },
  { "reproduce", "Repeat published figures and open questions", mixq_command_reproduce },
  { "predict", "Let an exported model predict", mixq_command_predict },
  { "export", "Write an exported model in another format", mixq_command_export },
  { "bench", "Measure speed beside references", mixq_command_bench },
  { "verify", "Check the method on a data set, with evidence", mixq_command_verify },
};

static void
print_commands (FILE *file)
{
  fputs ("Usage:\n  mixq COMMAND [OPTION...]\n\n"
         "Trains, quantizes and measures graph neural networks of mixed bit-widths.\n\nCommands:\n",
         file);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (file, "  %-10s %s\n", commands[i].name, commands[i].summary);
  fputs ("\n`mixq COMMAND --help` explains a command, `mixq --version` says which mixq this is.\n", file);
}

static MixqCliFunc
find_command (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, name) == 0)
      return commands[i].run;
  return NULL;
}

static gboolean
run_command (MixqCli *cli, int argc, char **argv, GError **error)
{
  MixqCliFunc run = find_command (argv[1]);
  g_autofree char *program = NULL;

  if (run == NULL)
    return mixq_cli_usage (error, "there is no command \"%s\"; `mixq --help` lists them", argv[1]);
  program = g_strdup_printf ("mixq %s", argv[1]);
  g_set_prgname (program);
  cli->command = argv[1];
  return run (cli, argc - 1, argv + 1, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  MixqCli cli = { .command = "", .cancellable = cancellable };
  MixqCliStatus status;

  if (argc < 2) {
    print_commands (stderr);
    return MIXQ_CLI_WRONG_USAGE;
  }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0) {
    print_commands (stdout);
  } else if (strcmp (argv[1], "--version") == 0) {
    puts ("mixq " MIXQ_VERSION);
  } else {
    mixq_engine_init ();
    mixq_cli_catch_interrupts (cancellable);
    run_command (&cli, argc, argv, &error);
  }
  status = mixq_cli_report (&cli, error);
  if (fflush (stdout) != 0 || ferror (stdout)) {
    mixq_cli_warn ("standard output could not be written to; check the disk or the program behind the pipe");
    return status == MIXQ_CLI_DONE ? MIXQ_CLI_FAILED : status;
  }
  return status;
}
