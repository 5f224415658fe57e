/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mixq-plot-export.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "mixq-plot-cairo.h"
#include "mixq-plot-text.h"

#define MARGIN 20.0
#define TITLE_SIZE 17.0
#define CAPTION_SIZE 12.0
#define GAP 10.0
#define MIN_SIZE 16.0
/* Cairo's image surfaces end at 32767 pixels a side. */
#define MAX_PIXELS 32000.0
#define PNG_SIGNATURE_LENGTH 8
/* A chunk is its length, its name, its bytes and a checksum, four bytes each but the third. */
#define PNG_CHUNK_FRAME 12
#define PNG_HEADER_CHUNK_LENGTH (PNG_CHUNK_FRAME + 13)

static const char *const extensions[] = {
  [MIXQ_PLOT_SVG] = "svg",
  [MIXQ_PLOT_PDF] = "pdf",
  [MIXQ_PLOT_PNG] = "png",
  [MIXQ_PLOT_CSV] = "csv",
};

const char *
mixq_plot_format_extension (MixqPlotFormat format)
{
  g_return_val_if_fail ((guint) format < G_N_ELEMENTS (extensions), "");
  return extensions[format];
}

gboolean
mixq_plot_format_from_path (const char *path, MixqPlotFormat *format)
{
  const char *slash = strrchr (path, G_DIR_SEPARATOR);
  const char *dot = strrchr (slash != NULL ? slash + 1 : path, '.');

  if (dot == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++) {
    if (g_ascii_strcasecmp (dot + 1, extensions[i]) == 0) {
      *format = (MixqPlotFormat) i;
      return TRUE;
    }
  }
  return FALSE;
}

char *
mixq_plot_path_with_extension (const char *path, MixqPlotFormat format)
{
  MixqPlotFormat present;

  if (mixq_plot_format_from_path (path, &present) && present == format)
    return g_strdup (path);
  return g_strconcat (path, ".", mixq_plot_format_extension (format), NULL);
}

static gboolean
is_given (const char *text)
{
  return text != NULL && *text != '\0';
}

void
mixq_plot_figure_draw (cairo_t *cr, const MixqPlotFigure *figure)
{
  const MixqPlotTheme *theme = figure->theme;
  MixqPlotFont title_font = mixq_plot_font (theme, TITLE_SIZE, 800);
  MixqPlotFont caption_font = mixq_plot_font (theme, CAPTION_SIZE, 400);
  double inner = figure->width - 2.0 * MARGIN;
  double top = MARGIN;
  double bottom = figure->height - MARGIN;

  cairo_save (cr);
  mixq_plot_set_color (cr, theme->card);
  cairo_rectangle (cr, 0.0, 0.0, figure->width, figure->height);
  cairo_fill (cr);
  if (is_given (figure->title))
    top += GAP +
           mixq_plot_text_draw_wrapped (cr, &title_font, theme->text, figure->title, MARGIN, top, inner);
  if (is_given (figure->caption)) {
    bottom -= mixq_plot_text_draw_wrapped (NULL, &caption_font, theme->dim, figure->caption, 0.0, 0.0, inner);
    mixq_plot_text_draw_wrapped (cr, &caption_font, theme->dim, figure->caption, MARGIN, bottom, inner);
    bottom -= GAP;
  }
  if (inner > 1.0 && bottom - top > 1.0) {
    cairo_translate (cr, MARGIN, top);
    figure->draw (cr, inner, bottom - top, theme, figure->data);
  }
  cairo_restore (cr);
}

static cairo_status_t
append_cb (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static gboolean
check_cairo (cairo_status_t status, const char *what, GError **error)
{
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_EXTERNAL,
               "Drawing the %s figure failed: %s; try a smaller size or another format", what,
               cairo_status_to_string (status));
  return FALSE;
}

/* Draws on a vector @surface, ends it and says whether all went well. Takes the surface. */
static gboolean
draw_page (cairo_surface_t *surface,
           const MixqPlotFigure *figure,
           GPtrArray *runs,
           const char *what,
           GError **error)
{
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  if (runs != NULL)
    mixq_plot_text_record (cr, runs);
  mixq_plot_figure_draw (cr, figure);
  cairo_show_page (cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return check_cairo (status, what, error);
}

/* XML 1.0 has no place for control characters, not even escaped. */
static char *
xml_text (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (char *c = valid; *c != '\0'; c++) {
    if ((guchar) *c < 0x20)
      *c = ' ';
  }
  return g_markup_escape_text (valid, -1);
}

static void
append_element (GString *out, const char *name, const char *text)
{
  g_autofree char *escaped = NULL;

  if (!is_given (text))
    return;
  escaped = xml_text (text);
  g_string_append_printf (out, "<%s>%s</%s>\n", name, escaped, name);
}

static void
append_text_layer (GString *out, const MixqPlotTheme *theme, GPtrArray *runs)
{
  g_autofree char *family = xml_text (theme->font_family);

  g_string_append_printf (out, "<g id=\"text\" fill-opacity=\"0\" font-family=\"%s\">\n", family);
  for (guint i = 0; i < runs->len; i++) {
    const MixqPlotTextRun *run = g_ptr_array_index (runs, i);
    g_autofree char *escaped = xml_text (run->text);
    char x[G_ASCII_DTOSTR_BUF_SIZE];
    char y[G_ASCII_DTOSTR_BUF_SIZE];
    char size[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf (out, "<text x=\"%s\" y=\"%s\" font-size=\"%s\">%s</text>\n",
                            g_ascii_formatd (x, sizeof x, "%.2f", run->x),
                            g_ascii_formatd (y, sizeof y, "%.2f", run->y),
                            g_ascii_formatd (size, sizeof size, "%.2f", run->size), escaped);
  }
  g_string_append (out, "</g>\n");
}

/* Cairo writes neither title nor text into SVG, so both are put into what it wrote. */
static GBytes *
annotate_svg (const GByteArray *drawn, const MixqPlotFigure *figure, GPtrArray *runs, GError **error)
{
  const char *begin = (const char *) drawn->data;
  const char *root = g_strstr_len (begin, drawn->len, "<svg");
  const char *root_end = root != NULL ? memchr (root, '>', drawn->len - (gsize) (root - begin)) : NULL;
  const char *end = g_strrstr_len (begin, drawn->len, "</svg>");
  GString *out;
  gsize length;

  if (root_end == NULL || end == NULL || end < root_end) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_EXTERNAL,
                 "Drawing the SVG figure failed: cairo wrote no svg element; try another format");
    return NULL;
  }
  out = g_string_sized_new (drawn->len + 4096);
  g_string_append_len (out, begin, root_end - begin);
  g_string_append (out, " role=\"img\">\n");
  append_element (out, "title", figure->title);
  append_element (out, "desc", is_given (figure->alt) ? figure->alt : figure->caption);
  g_string_append_len (out, root_end + 1, end - root_end - 1);
  append_text_layer (out, figure->theme, runs);
  g_string_append (out, "</svg>\n");
  length = out->len;
  return g_bytes_new_take (g_string_free (out, FALSE), length);
}

static GBytes *
encode_svg (const MixqPlotFigure *figure, GError **error)
{
  g_autoptr (GByteArray) drawn = g_byte_array_new ();
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) mixq_plot_text_run_free);
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append_cb, drawn, figure->width,
                                                                  figure->height);

  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  if (!draw_page (surface, figure, runs, "SVG", error))
    return NULL;
  return annotate_svg (drawn, figure, runs, error);
}

static GBytes *
encode_pdf (const MixqPlotFigure *figure, GError **error)
{
  g_autoptr (GByteArray) drawn = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append_cb, drawn, figure->width,
                                                                  figure->height);

  if (is_given (figure->title))
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, figure->title);
  if (is_given (figure->alt))
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_SUBJECT, figure->alt);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "MixQ Studio");
  if (!draw_page (surface, figure, NULL, "PDF", error))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&drawn));
}

static guint32
png_checksum (const guint8 *bytes, gsize n)
{
  guint32 crc = 0xffffffffu;

  for (gsize i = 0; i < n; i++) {
    crc ^= bytes[i];
    for (guint bit = 0; bit < 8; bit++)
      crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1u)));
  }
  return ~crc;
}

static void
append_big_endian (GByteArray *out, guint32 value)
{
  guint32 swapped = GUINT32_TO_BE (value);

  g_byte_array_append (out, (const guint8 *) &swapped, sizeof swapped);
}

/* An international text chunk: keyword, no compression, no language, UTF-8 text. */
static void
append_png_text (GByteArray *out, const char *keyword, const char *text)
{
  static const guint8 plain[] = { 0, 0, 0, 0,
                                  0 }; /* end of keyword, compression flag and method, language, keyword */
  g_autofree char *valid = NULL;
  gsize name_at;
  gsize n;

  if (!is_given (text))
    return;
  valid = g_utf8_make_valid (text, -1);
  n = strlen (keyword) + sizeof plain + strlen (valid);
  append_big_endian (out, (guint32) n);
  name_at = out->len;
  g_byte_array_append (out, (const guint8 *) "iTXt", 4);
  g_byte_array_append (out, (const guint8 *) keyword, (guint) strlen (keyword));
  g_byte_array_append (out, plain, sizeof plain);
  g_byte_array_append (out, (const guint8 *) valid, (guint) strlen (valid));
  append_big_endian (out, png_checksum (out->data + name_at, n + 4));
}

/* The pixels as cairo's own PNG. */
static GByteArray *
paint_png (const MixqPlotFigure *figure, double scale, GError **error)
{
  GByteArray *drawn = g_byte_array_new ();
  cairo_surface_t *surface = cairo_image_surface_create (
      CAIRO_FORMAT_ARGB32, (int) lround (figure->width * scale), (int) lround (figure->height * scale));
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  cairo_scale (cr, scale, scale);
  mixq_plot_figure_draw (cr, figure);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append_cb, drawn);
  cairo_surface_destroy (surface);
  if (!check_cairo (status, "PNG", error))
    g_clear_pointer (&drawn, g_byte_array_unref);
  return drawn;
}

static GBytes *
encode_png (const MixqPlotFigure *figure, GError **error)
{
  const gsize head = PNG_SIGNATURE_LENGTH + PNG_HEADER_CHUNK_LENGTH;
  g_autoptr (GByteArray) drawn = paint_png (figure, figure->png_scale > 0.0 ? figure->png_scale : 1.0, error);
  g_autoptr (GByteArray) out = g_byte_array_new ();

  if (drawn == NULL)
    return NULL;
  g_return_val_if_fail (drawn->len > head, NULL);
  /* Text chunks go right behind the header, where every reader finds them. */
  g_byte_array_append (out, drawn->data, (guint) head);
  append_png_text (out, "Title", figure->title);
  append_png_text (out, "Description", is_given (figure->alt) ? figure->alt : figure->caption);
  append_png_text (out, "Software", "MixQ Studio");
  g_byte_array_append (out, drawn->data + head, (guint) (drawn->len - head));
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static gboolean
check_size (const MixqPlotFigure *figure, MixqPlotFormat format, GError **error)
{
  double scale = format == MIXQ_PLOT_PNG && figure->png_scale > 0.0 ? figure->png_scale : 1.0;
  double side = MAX (figure->width, figure->height) * scale;

  if (figure->width >= MIN_SIZE && figure->height >= MIN_SIZE && side <= MAX_PIXELS)
    return TRUE;
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
               "A figure of %g by %g at scale %g cannot be drawn: choose sides from %g to %g pixels",
               figure->width, figure->height, scale, MIN_SIZE, MAX_PIXELS);
  return FALSE;
}

GBytes *
mixq_plot_encode (const MixqPlotFigure *figure, MixqPlotFormat format, GError **error)
{
  g_autofree char *csv = NULL;

  if (format == MIXQ_PLOT_CSV) {
    if (figure->csv == NULL) {
      g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
                   "This figure has no table to write as CSV; choose svg, pdf or png");
      return NULL;
    }
    csv = figure->csv (figure->data);
    return g_bytes_new (csv, strlen (csv));
  }
  if (!check_size (figure, format, error))
    return NULL;
  switch (format) {
  case MIXQ_PLOT_SVG:
    return encode_svg (figure, error);
  case MIXQ_PLOT_PDF:
    return encode_pdf (figure, error);
  case MIXQ_PLOT_PNG:
  case MIXQ_PLOT_CSV:
    break;
  }
  return encode_png (figure, error);
}

gboolean
mixq_plot_save (const MixqPlotFigure *figure, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) cause = NULL;
  MixqPlotFormat format;
  gsize length;
  const char *data;

  if (!mixq_plot_format_from_path (path, &format)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED,
                 "The name “%s” does not say which picture to write: end it in .svg, .pdf, .png or .csv",
                 path);
    return FALSE;
  }
  bytes = mixq_plot_encode (figure, format, error);
  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &length);
  if (g_file_set_contents_full (path, data, (gssize) length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666, &cause))
    return TRUE;
  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO,
               "The figure could not be written to “%s”: %s; choose another place", path, cause->message);
  return FALSE;
}
