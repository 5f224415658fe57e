/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-cli.h"

#include <stdio.h>
#include <string.h>

#include <cblas.h>

#include "base/mixq-error.h"
#include "base/mixq-json.h"
#include "kernels/mixq-kernels.h"

G_DEFINE_QUARK (mixq - cli - error - quark, mixq_cli_error)

GOptionContext *
mixq_cli_context_new (MixqCli *cli, const char *arguments, const char *summary)
{
  GOptionContext *context = g_option_context_new (arguments);
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, "Print one JSON document, nothing else", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &cli->quiet, "Show no progress", NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &cli->help, "Show this help", NULL },
    G_OPTION_ENTRY_NULL,
  };

  /* GOption's own help would end the program and hide the groups. */
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, summary);
  return context;
}

void
mixq_cli_add_group (GOptionContext *context, const char *name, const char *title, const GOptionEntry *entries)
{
  GOptionGroup *group = g_option_group_new (name, title, title, NULL, NULL);

  g_option_group_add_entries (group, entries);
  g_option_context_add_group (context, group);
}

gboolean
mixq_cli_usage (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (MIXQ_CLI_ERROR, MIXQ_CLI_ERROR_USAGE, format, args));
  va_end (args);
  return FALSE;
}

gboolean
mixq_cli_is_usage (gboolean ok, GError **error)
{
  if (!ok && error != NULL && *error != NULL && (*error)->domain == MIXQ_ERROR) {
    (*error)->domain = MIXQ_CLI_ERROR;
    (*error)->code = MIXQ_CLI_ERROR_USAGE;
  }
  return ok;
}

static gboolean
print_help (GOptionContext *context, GError **error)
{
  g_autofree char *help = g_option_context_get_help (context, FALSE, NULL);

  fputs (help, stdout);
  g_set_error_literal (error, MIXQ_CLI_ERROR, MIXQ_CLI_ERROR_HELP, "help");
  return FALSE;
}

/* An option that begins with a minus sign may still be a number: `mixq run cora --lambda -1e-8` needs no care. */
gboolean
mixq_cli_parse (MixqCli *cli,
                GOptionContext *context,
                int argc,
                char **argv,
                guint min,
                guint max,
                GStrv *rest,
                GError **error)
{
  g_autofree char **left = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) own = NULL;
  GError *wrong = NULL;
  guint n = 0;

  for (int i = 0; i < argc; i++)
    g_strv_builder_add (builder, argv[i]);
  own = g_strv_builder_end (builder);
  left = g_memdup2 (own, sizeof *own * ((gsize) argc + 1)); /* the parser drops what it understood */
  if (!g_option_context_parse (context, &argc, &left, &wrong)) {
    mixq_cli_usage (error, "%s: %s; see `mixq %s --help`", cli->command, wrong->message, cli->command);
    g_error_free (wrong);
    return FALSE;
  }
  if (cli->help)
    return print_help (context, error);
  builder = (g_strv_builder_unref (builder), g_strv_builder_new ());
  for (int i = 1; i < argc; i++)
    if (strcmp (left[i], "--") != 0) {
      g_strv_builder_add (builder, left[i]);
      n++;
    }
  if (n < min)
    return mixq_cli_usage (error, "%s: an argument is missing; see `mixq %s --help`", cli->command,
                           cli->command);
  if (n > max)
    return mixq_cli_usage (error, "%s: there is an argument too many (\"%s\"); see `mixq %s --help`",
                           cli->command, left[argc - 1], cli->command);
  if (rest != NULL)
    *rest = g_strv_builder_end (builder);
  return TRUE;
}

/* Messages are one line whatever a file name holds. */
static void
say (const char *message)
{
  g_autofree char *line = g_strdup (message);

  g_strdelimit (line, "\n\r", ' ');
  fprintf (stderr, "mixq: %s\n", line);
  fflush (stderr);
}

void
mixq_cli_warn (const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  say (message);
}

MixqCliStatus
mixq_cli_report (const MixqCli *cli, const GError *error)
{
  if (error == NULL || g_error_matches (error, MIXQ_CLI_ERROR, MIXQ_CLI_ERROR_HELP))
    return MIXQ_CLI_DONE;
  if (g_error_matches (error, MIXQ_CLI_ERROR, MIXQ_CLI_ERROR_REPORTED))
    return MIXQ_CLI_FAILED;
  say (error->message);
  if (error->domain == MIXQ_CLI_ERROR)
    return MIXQ_CLI_WRONG_USAGE;
  return mixq_cli_is_stopped (cli) ? MIXQ_CLI_INTERRUPTED : MIXQ_CLI_FAILED;
}

void
mixq_cli_print_json (JsonNode *node)
{
  g_autofree char *text = mixq_json_to_text (node, TRUE);

  json_node_unref (node);
  fputs (text, stdout);
}

JsonObject *
mixq_cli_machine_to_json (void)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "kernels", mixq_kernels_get ()->name);
  json_object_set_string_member (object, "blas", openblas_get_config ());
  json_object_set_int_member (object, "blas_threads", openblas_get_num_threads ());
  return object;
}

gboolean
mixq_cli_is_stopped (const MixqCli *cli)
{
  return g_cancellable_is_cancelled (cli->cancellable);
}

gboolean
mixq_cli_stopped (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (MIXQ_ERROR, MIXQ_ERROR_CANCELLED, format, args));
  va_end (args);
  return FALSE;
}
