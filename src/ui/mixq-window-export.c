/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results go out: the model folder, pictures, the command that repeats the run. */
#include "config.h"

#include <glib/gi18n.h>

#include "export/mixq-figures.h"
#include "mixq-plot-export.h"
#include "mixq-window-private.h"

MixqPoint *
mixq_window_export_point (MixqWindow *self)
{
  MixqPoint *point = mixq_run_model_peek_shown (self->run);

  if (point != NULL && point->kind != MIXQ_POINT_FLOAT)
    return point;
  point = mixq_run_model_peek_current (self->run);
  return point != NULL ? point : mixq_run_model_peek_recommended (self->run);
}

/* --- model ------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  MixqRunHold *hold; /* the session cannot go while it is being written from */
  MixqPoint *point;
  char *path;
} ModelJob;

static void
model_job_free (ModelJob *job)
{
  mixq_run_hold_unref (job->hold);
  mixq_point_unref (job->point);
  g_free (job->path);
  g_free (job);
}

static void
model_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ModelJob *job = task_data;
  g_autoptr (GError) error = NULL;

  if (mixq_session_export (mixq_run_hold_peek_session (job->hold), job->point, job->path, FALSE, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
model_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MixqWindow *self = MIXQ_WINDOW (source);
  ModelJob *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_path_get_basename (job->path), *text = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    mixq_window_toast (self, error->message);
    return;
  }
  text = g_strdup_printf (_ ("Model exported to “%s”"), name);
  mixq_window_toast (self, text);
}

void
mixq_window_export_model (MixqWindow *self, const char *path)
{
  MixqPoint *point = mixq_window_export_point (self);
  g_autoptr (GTask) task = NULL;
  ModelJob *job;

  if (point == NULL) {
    mixq_window_toast (self, _ ("No finished model yet; wait a moment or select a point"));
    return;
  }
  job = g_new0 (ModelJob, 1);
  job->hold = mixq_run_model_hold (self->run);
  job->point = mixq_point_ref (point);
  job->path = g_strdup (path);
  task = g_task_new (self, NULL, model_done_cb, NULL);
  g_task_set_task_data (task, job, (GDestroyNotify) model_job_free);
  g_task_run_in_thread (task, model_thread);
}

/* --- choosers --------------------------------------------------------------------------------------------------------- */

static char *
take_path (MixqWindow *self, GtkNativeDialog *dialog, int response)
{
  g_autoptr (GFile) file = NULL;
  char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    path = g_file_get_path (file);
  return path;
}

static void
model_chosen_cb (GtkNativeDialog *dialog, int response, MixqWindow *self)
{
  g_autofree char *path = take_path (self, dialog, response);

  g_clear_object (&self->chooser);
  if (path != NULL)
    mixq_window_export_model (self, path);
}

static void
plot_chosen_cb (GtkNativeDialog *dialog, int response, MixqWindow *self)
{
  g_autofree char *path = take_path (self, dialog, response);
  g_autofree char *figure = g_strdup (g_object_get_data (G_OBJECT (dialog), "figure"));

  g_clear_object (&self->chooser);
  if (path != NULL)
    mixq_window_export_plot (self, figure, path);
}

static void
show_save_chooser (MixqWindow *self, const char *title, const char *name, GCallback chosen)
{
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _ ("_Export"), _ ("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", chosen, self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
mixq_window_choose_export_model (MixqWindow *self)
{
  MixqDataset *dataset = mixq_run_model_peek_dataset (self->run);
  g_autofree char *name = g_strdup_printf ("%s-model", dataset != NULL ? dataset->name : "mixq");

  show_save_chooser (self, _ ("Export the Model as a Folder"), name, G_CALLBACK (model_chosen_cb));
}

void
mixq_window_choose_export_plot (MixqWindow *self, const char *figure)
{
  MixqDataset *dataset = mixq_run_model_peek_dataset (self->run);
  g_autofree char *name = NULL;

  if (mixq_figure_parse (figure) < 0)
    return;
  name = g_strdup_printf ("%s-%s.svg", dataset != NULL ? dataset->name : "mixq", figure);
  show_save_chooser (self, _ ("Export the Picture (.svg, .pdf, .png or .csv)"), name,
                     G_CALLBACK (plot_chosen_cb));
  g_object_set_data_full (G_OBJECT (self->chooser), "figure", g_strdup (figure), g_free);
}

/* --- pictures --------------------------------------------------------------------------------------------------------- */

static void
plot_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MixqWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (mixq_figure_save_finish (result, &error))
    mixq_window_toast (self, _ ("Picture exported"));
  else
    mixq_window_toast (self, error->message);
}

void
mixq_window_export_plot (MixqWindow *self, const char *figure, const char *path)
{
  int kind = mixq_figure_parse (figure);
  MixqPlotFormat format = MIXQ_PLOT_SVG;
  g_autofree char *full = NULL;

  if (kind < 0) {
    mixq_window_toast (self, _ ("There is no such view; choose bits, tradeoff or graph"));
    return;
  }
  (void) !mixq_plot_format_from_path (path, &format);
  full = mixq_plot_path_with_extension (path, format);
  mixq_figure_save_async ((MixqFigureKind) kind, self->run, self->graph, self->graphs_page, full,
                          plot_done_cb, g_object_ref (self));
}

/* --- command ---------------------------------------------------------------------------------------------------------- */

void
mixq_window_copy_command (MixqWindow *self)
{
  MixqSession *session = mixq_run_model_peek_session (self->run);
  g_autofree char *command = NULL;

  if (session == NULL)
    return;
  command = mixq_session_dup_command_line (session, mixq_run_model_peek_shown (self->run));
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), command);
  mixq_window_toast (self, _ ("Command copied; it repeats this on a terminal"));
}
