/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mixq-graph-page.h"

G_BEGIN_DECLS

/* What the files of the page share; nothing else includes this. */

/* mixq_graph_page_look: of a class, -1 for none. */
MixqPlotClassLook mixq_graph_page_look (const MixqPlotTheme *theme, gint32 class_index);

/* mixq_graph_page_sprites_draw: as mixq_graph_page_shape_draw(), from the picture kept of it where there is one. */
void mixq_graph_page_sprites_draw (MixqGraphPageSprites *self,
                                   cairo_t *cr,
                                   const MixqPlotTheme *theme,
                                   const MixqGraphPageTile *tile,
                                   const MixqPlotBox *box,
                                   gsize most,
                                   double radius);

G_END_DECLS
