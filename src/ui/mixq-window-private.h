/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bits/mixq-bits-chips.h"
#include "bits/mixq-bits-view.h"
#include "diagnose/mixq-diagnosis-list.h"
#include "graph/mixq-graph-canvas.h"
#include "graph/mixq-graph-legend.h"
#include "graphs/mixq-graphs-page.h"
#include "mixq-fold.h"
#include "mixq-frame-log.h"
#include "mixq-settings.h"
#include "mixq-window.h"
#include "price/mixq-price-bar.h"
#include "settings/mixq-settings-pane.h"
#include "tradeoff/mixq-budget-bar.h"
#include "tradeoff/mixq-tradeoff-view.h"

G_BEGIN_DECLS

/** MixqCard: the three views; also the order of the tabs and of Ctrl+Shift+1..3. */
typedef enum {
  MIXQ_CARD_BITS,
  MIXQ_CARD_TRADEOFF,
  MIXQ_CARD_GRAPH,
  MIXQ_N_CARDS,
} MixqCard;

struct _MixqWindow
{
  AdwApplicationWindow parent_instance;

  /* template: frame */
  MixqFold *fold;
  AdwHeaderBar *header;
  AdwWindowTitle *title;
  GtkWidget *sidebar_button;
  GtkWidget *open_button;
  GtkWidget *open_icon_button;
  AdwButtonContent *pause_content;
  GtkWidget *pause_button;
  GtkWidget *step_button;
  GtkWidget *export_button;
  AdwFlap *flap;
  MixqSettingsPane *settings_pane;
  AdwToastOverlay *toasts;
  GtkStack *pages;
  AdwStatusPage *failed_page;
  MixqPriceBar *price_bar;

  /* template: the three arrangements of the cards */
  GtkStack *arrangements;
  MixqDiagnosisList *diagnoses;
  GtkPaned *rows;
  GtkPaned *columns;
  GtkStack *tabs;
  AdwBin *wide_slots[MIXQ_N_CARDS];
  AdwBin *tab_slots[MIXQ_N_CARDS];
  AdwBin *full_slot;

  /* template: cards */
  GtkWidget *cards[MIXQ_N_CARDS];
  GtkWidget *card_heads[MIXQ_N_CARDS];
  GtkWidget *full_buttons[MIXQ_N_CARDS];
  MixqBitsView *bits;
  GtkWidget *bits_caption;
  MixqBitsChips *bits_chips;
  GtkWidget *bits_chips_caption;
  MixqTradeoffView *tradeoff;
  GtkWidget *tradeoff_caption;
  MixqBudgetBar *budget_bar;
  GtkWidget *axis_buttons;
  MixqGraphCanvas *graph;
  GtkWidget *graph_caption;
  GtkWidget *mode_buttons;
  GtkWidget *mode_menu;
  MixqGraphLegend *legend;
  GtkLabel *graph_title;
  GtkStack *graph_stack; /* the canvas, or the page of small graphs */
  MixqGraphsPage *graphs_page;
  GtkLabel *graphs_summary;
  GtkMenuButton *graphs_part_menu;
  GtkMenuButton *graphs_sort_menu;

  /* owned */
  MixqRunModel *run;
  GSettings *settings;           /* nullable */
  GtkFileChooserNative *chooser; /* while one is open */
  GMenu *recent_menu;
  char *maker_error; /* the last one told */

  int full; /* card that fills the window, -1: none */
  gboolean narrow;
  gboolean started;
  gboolean broken; /* the search stopped, and that was said */
  MixqFrameMark frame_mark;
};

/* mixq-window.c */
void mixq_window_set_full (MixqWindow *self, int card);
void mixq_window_toast (MixqWindow *self, const char *text);
void mixq_window_update_title (MixqWindow *self);

/* mixq-window-graphs.c */
/** mixq_window_shows_graphs: the data are many graphs: a page of them stands where one graph does. */
gboolean mixq_window_shows_graphs (MixqWindow *self);
/** mixq_window_peek_graph_view: the canvas or the page, whichever is there. */
GtkWidget *mixq_window_peek_graph_view (MixqWindow *self);
void mixq_window_init_graphs (MixqWindow *self);
/** mixq_window_update_graphs: shows what suits the data and the width of the window. */
void mixq_window_update_graphs (MixqWindow *self);
/** mixq_window_select_flip: the next node or graph that differs from float32. */
void mixq_window_select_flip (MixqWindow *self, int direction);
void mixq_window_install_graphs_actions (GtkWidgetClass *klass);

/* mixq-window-actions.c */
void mixq_window_class_install_actions (GtkWidgetClass *klass);
void mixq_window_update_actions (MixqWindow *self);

/* mixq-window-goals.c */
/** mixq_window_install_goal_actions: budgets, the dial, searches for the front. */
void mixq_window_install_goal_actions (GtkWidgetClass *klass);
void mixq_window_update_goal_actions (MixqWindow *self);
/** mixq_window_show_card: goes to a view wherever it is; the keyboard too if @focus. */
void mixq_window_show_card (MixqWindow *self, int card, gboolean focus);

/* mixq-window-open.c */
/** mixq_window_open_path: a data set (file, folder, built-in name) or a config.json. */
void mixq_window_open_path (MixqWindow *self, const char *path);
void mixq_window_choose_open (MixqWindow *self, gboolean folder);
void mixq_window_init_drop (MixqWindow *self);
void mixq_window_update_recent (MixqWindow *self);

/* mixq-window-table.c */
/** mixq_window_show_table: every number of a view as a table, which is also its form for screen readers. */
void mixq_window_show_table (MixqWindow *self, int card);

/* mixq-window-export.c */
void mixq_window_export_model (MixqWindow *self, const char *path);
void mixq_window_choose_export_model (MixqWindow *self);
void mixq_window_export_plot (MixqWindow *self, const char *figure, const char *path);
void mixq_window_choose_export_plot (MixqWindow *self, const char *figure);
void mixq_window_copy_command (MixqWindow *self);
/** mixq_window_export_point: (nullable): the model an export takes: selected, else current, else recommended. */
MixqPoint *mixq_window_export_point (MixqWindow *self);

G_END_DECLS
