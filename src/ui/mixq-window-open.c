/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data comes in: chooser, drag and drop, recent files, config.json. */
#include "config.h"

#include <glib/gi18n.h>

#include "export/mixq-model-folder.h"
#include "mixq-window-private.h"

/* --- config.json ---------------------------------------------------------------------------------------------------- */

/* A config.json is read on a worker: it names data that must be read and checked too. */
static void
config_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const char *path = task_data;
  g_autoptr (MixqDataset) dataset = NULL;
  g_autoptr (MixqModel) model = NULL;
  g_autoptr (GError) error = NULL;
  MixqRunWish *wish = g_new0 (MixqRunWish, 1);

  if (!mixq_config_read (path, &dataset, &model, &wish->config, NULL, &error)) {
    g_free (wish);
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  wish->spec = model->spec;
  wish->of_graphs = dataset->task == MIXQ_TASK_GRAPHS;
  wish->what = g_strdup (dataset->source != NULL ? dataset->source : dataset->name);
  g_task_return_pointer (task, wish, NULL);
}

static void
config_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MixqWindow *self = MIXQ_WINDOW (source);
  g_autoptr (GError) error = NULL;
  MixqRunWish *wish = g_task_propagate_pointer (G_TASK (result), &error);

  if (wish == NULL) {
    mixq_window_toast (self, error->message);
    return;
  }
  /* The app searches; the widths that the file fixed stay as finished points to find again. */
  wish->config.method = MIXQ_METHOD_RELAXED;
  mixq_run_model_set_wish (self->run, wish);
  mixq_run_wish_clear (wish);
  g_free (wish);
}

static void
open_config (MixqWindow *self, const char *path)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, config_done_cb, NULL);

  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, config_thread);
}

/* --- opening -------------------------------------------------------------------------------------------------------- */

void
mixq_window_open_path (MixqWindow *self, const char *path)
{
  MixqRunWish wish;

  if (g_str_has_suffix (path, ".json")) {
    open_config (self, path);
    return;
  }
  mixq_run_wish_copy (mixq_run_model_peek_wish (self->run), &wish);
  g_free (wish.what);
  wish.what = g_strdup (path);
  g_clear_pointer (&wish.split, g_free);
  memset (wish.config.pinned, 0, sizeof wish.config.pinned);
  mixq_run_model_set_wish (self->run, &wish);
  mixq_run_wish_clear (&wish);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, MixqWindow *self)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    path = g_file_get_path (file);
  if (path != NULL)
    mixq_window_open_path (self, path);
  else if (file != NULL)
    mixq_window_toast (self, _ ("Only files on this computer can be opened"));
  g_clear_object (&self->chooser);
}

void
mixq_window_choose_open (MixqWindow *self, gboolean folder)
{
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (
      folder ? _ ("Open a Folder with Planetoid Files") : _ ("Open a Planetoid File or config.json"),
      GTK_WINDOW (self), folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN,
      _ ("_Open"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* --- drag and drop --------------------------------------------------------------------------------------------------- */

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, MixqWindow *self)
{
  GSList *files = g_value_get_boxed (value);
  g_autofree char *path = files != NULL ? g_file_get_path (files->data) : NULL;

  if (path == NULL)
    return FALSE;
  /* Several files dropped at once are the eight of one Planetoid set: any of them names it. */
  mixq_window_open_path (self, path);
  return TRUE;
}

void
mixq_window_init_drop (MixqWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/* --- recent --------------------------------------------------------------------------------------------------------- */

static void
append_open (GMenu *menu, const char *label, const char *what)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "win.open-path", "s", what);
  g_menu_append_item (menu, item);
}

void
mixq_window_update_recent (MixqWindow *self)
{
  g_autoptr (GMenu) builtin = g_menu_new (), recent = g_menu_new (), files = g_menu_new ();
  g_auto (GStrv) paths = mixq_settings_dup_recent (self->settings);
  const MixqKnownDataset *known;
  gsize n;

  known = mixq_dataset_known (&n);
  for (gsize i = 0; i < n; i++)
    if (known[i].builtin)
      append_open (builtin, known[i].title, known[i].name);
  for (guint i = 0; paths[i] != NULL; i++) {
    g_autofree char *name = g_path_get_basename (paths[i]);

    append_open (recent, name, paths[i]);
  }
  g_menu_append (files, _ ("Open File…"), "win.open");
  g_menu_append (files, _ ("Open Folder…"), "win.open-folder");
  g_menu_remove_all (self->recent_menu);
  g_menu_append_section (self->recent_menu, NULL, G_MENU_MODEL (files));
  g_menu_append_section (self->recent_menu, _ ("Built In"), G_MENU_MODEL (builtin));
  if (paths[0] != NULL)
    g_menu_append_section (self->recent_menu, _ ("Recent"), G_MENU_MODEL (recent));
}
