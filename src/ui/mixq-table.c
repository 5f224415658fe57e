/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-table.h"

/* --- rows ------------------------------------------------------------------------------------------------------------ */

#define MIXQ_TYPE_TABLE_ROW (mixq_table_row_get_type ())
G_DECLARE_FINAL_TYPE (MixqTableRow, mixq_table_row, MIXQ, TABLE_ROW, GObject)

struct _MixqTableRow
{
  GObject parent_instance;

  char **cells; /* owned */
};

G_DEFINE_TYPE (MixqTableRow, mixq_table_row, G_TYPE_OBJECT)

static void
mixq_table_row_finalize (GObject *object)
{
  g_strfreev (MIXQ_TABLE_ROW (object)->cells);
  G_OBJECT_CLASS (mixq_table_row_parent_class)->finalize (object);
}

static void
mixq_table_row_class_init (MixqTableRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mixq_table_row_finalize;
}

static void
mixq_table_row_init (MixqTableRow *self)
{
}

/* One cell from @text on; returns where the next one begins, or the line's or text's end. */
static const char *
parse_cell (const char *text, GString *cell)
{
  gboolean quoted = *text == '"';

  if (quoted)
    text++;
  for (; *text != '\0'; text++) {
    if (quoted && *text == '"') {
      if (text[1] != '"') {
        quoted = FALSE;
        continue;
      }
      text++;
    } else if (!quoted && (*text == ',' || *text == '\n')) {
      break;
    }
    g_string_append_c (cell, *text);
  }
  return text;
}

GPtrArray *
mixq_table_parse (const char *csv)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  guint n_columns = 0;

  while (*csv != '\0') {
    g_autoptr (GPtrArray) cells = g_ptr_array_new ();

    for (;;) {
      GString *cell = g_string_new (NULL);

      csv = parse_cell (csv, cell);
      g_ptr_array_add (cells, g_string_free (cell, FALSE));
      if (*csv != ',')
        break;
      csv++;
    }
    if (*csv == '\n')
      csv++;
    n_columns = n_columns > 0 ? n_columns : cells->len;
    while (cells->len < n_columns)
      g_ptr_array_add (cells, g_strdup (""));
    g_ptr_array_add (cells, NULL);
    g_ptr_array_add (rows, g_ptr_array_steal (cells, NULL));
  }
  return rows;
}

/* --- columns --------------------------------------------------------------------------------------------------------- */

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  MixqTableRow *row = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), row->cells[GPOINTER_TO_UINT (column)]);
}

GtkWidget *
mixq_table_new (const char *csv)
{
  g_autoptr (GPtrArray) rows = mixq_table_parse (csv);
  g_autoptr (GListStore) store = g_list_store_new (MIXQ_TYPE_TABLE_ROW);
  GtkWidget *view;
  char **head;

  for (guint i = 1; i < rows->len; i++) {
    g_autoptr (MixqTableRow) row = g_object_new (MIXQ_TYPE_TABLE_ROW, NULL);

    row->cells = g_steal_pointer (&rows->pdata[i]);
    g_list_store_append (store, row);
  }
  view = gtk_column_view_new (
      GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (g_steal_pointer (&store)))));
  head = rows->len > 0 ? rows->pdata[0] : NULL;
  for (guint i = 0; head != NULL && head[i] != NULL; i++) {
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    g_autoptr (GtkColumnViewColumn) column = NULL;

    g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
    g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), GUINT_TO_POINTER (i));
    column = gtk_column_view_column_new (head[i], factory);
    gtk_column_view_column_set_resizable (column, TRUE);
    gtk_column_view_append_column (GTK_COLUMN_VIEW (view), column);
  }
  gtk_column_view_set_show_row_separators (GTK_COLUMN_VIEW (view), TRUE);
  return view;
}
