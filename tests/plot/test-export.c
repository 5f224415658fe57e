/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"
#include "mixq-plot-export.h"
#include "mixq-plot-text.h"
#include "sample-data.h"

static void
draw_cb (cairo_t *cr, double width, double height, const MixqPlotTheme *theme, gconstpointer data)
{
  MixqTradeoffOptions options = { .full = TRUE, .legend = TRUE, .axis_titles = TRUE, .ratio_hint = 16.0 };

  mixq_tradeoff_draw (cr, width, height, theme, data, &options);
}

static char *
csv_cb (gconstpointer data)
{
  return mixq_tradeoff_csv (data);
}

typedef struct
{
  SampleTradeoff sample;
  MixqPlotFigure figure;
  char *folder;
} Fixture;

static void
set_up (Fixture *f, gconstpointer user_data)
{
  sample_tradeoff_settled (&f->sample);
  f->figure = (MixqPlotFigure){ .draw = draw_cb,
                                .csv = csv_cb,
                                .data = &f->sample.data,
                                .theme = mixq_plot_theme_get (MIXQ_SCHEME_LIGHT),
                                .width = 640,
                                .height = 420,
                                .title = "Cost & accuracy <GCN>",
                                .caption = "Five seeds; \"s.e.\" is one standard error.\x01",
                                .alt = "One sentence for all." };
  f->folder = g_dir_make_tmp ("mixq-plot-XXXXXX", NULL);
  g_assert_nonnull (f->folder);
}

static void
tear_down (Fixture *f, gconstpointer user_data)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (f->folder, name, NULL);

    g_unlink (path);
  }
  g_rmdir (f->folder);
  g_free (f->folder);
}

static GBytes *
encode (const Fixture *f, MixqPlotFormat format)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = mixq_plot_encode (&f->figure, format, &error);

  g_assert_no_error (error);
  g_assert_nonnull (bytes);
  return bytes;
}

/* All text of the document, and how many elements there are of one name. */
typedef struct
{
  GString *text;
  GString *title;
  GString *desc;
  guint n_elements;
} Parsed;

static void
start_cb (GMarkupParseContext *context,
          const char *element,
          const char **names,
          const char **values,
          gpointer user_data,
          GError **error)
{
  ((Parsed *) user_data)->n_elements++;
}

static void
text_cb (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data, GError **error)
{
  Parsed *parsed = user_data;
  const char *element = g_markup_parse_context_get_element (context);

  if (g_strcmp0 (element, "text") == 0)
    g_string_append_printf (parsed->text, "%.*s\n", (int) length, text);
  else if (g_strcmp0 (element, "title") == 0)
    g_string_append_len (parsed->title, text, (gssize) length);
  else if (g_strcmp0 (element, "desc") == 0)
    g_string_append_len (parsed->desc, text, (gssize) length);
}

static void
test_svg (Fixture *f, gconstpointer user_data)
{
  static const GMarkupParser parser = { .start_element = start_cb, .text = text_cb };
  g_autoptr (GBytes) bytes = encode (f, MIXQ_PLOT_SVG);
  Parsed parsed = { g_string_new (NULL), g_string_new (NULL), g_string_new (NULL), 0 };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &parsed, NULL);
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  g_assert_true (g_utf8_validate (data, (gssize) length, NULL));
  g_markup_parse_context_parse (context, data, (gssize) length, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (parsed.n_elements, >, 50);
  g_assert_cmpstr (parsed.title->str, ==, "Cost & accuracy <GCN>");
  g_assert_cmpstr (parsed.desc->str, ==, "One sentence for all.");
  /* Title, caption, legend, axes and label are there to be found. */
  g_assert_nonnull (strstr (parsed.text->str, "Cost & accuracy <GCN>"));
  g_assert_nonnull (strstr (parsed.text->str, "Five seeds; \"s.e.\" is one standard error."));
  g_assert_nonnull (strstr (parsed.text->str, "Finished integer model ± 1 s.e."));
  g_assert_nonnull (strstr (parsed.text->str, "Validation accuracy"));
  g_assert_nonnull (strstr (parsed.text->str, "Recommended"));
  g_assert_nonnull (strstr (parsed.text->str, "370\u00a0M") ?: strstr (parsed.text->str, "369\u00a0M"));
  /* XML 1.0 forbids control characters. */
  for (gsize i = 0; i < length; i++)
    g_assert_true ((guchar) data[i] >= 0x20 || data[i] == '\n' || data[i] == '\t');
  g_string_free (parsed.text, TRUE);
  g_string_free (parsed.title, TRUE);
  g_string_free (parsed.desc, TRUE);
}

static guint32
big_endian (const guint8 *at)
{
  return (guint32) at[0] << 24 | (guint32) at[1] << 16 | (guint32) at[2] << 8 | at[3];
}

static void
test_png (Fixture *f, gconstpointer user_data)
{
  const double scales[] = { 0.0, 1.0, 2.0, 4.0 };

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++) {
    g_autoptr (GBytes) bytes = NULL;
    gsize length;
    const guint8 *data;
    guint n_texts = 0;
    gsize at = 8;
    double scale = MAX (scales[i], 1.0);

    f->figure.png_scale = scales[i];
    bytes = encode (f, MIXQ_PLOT_PNG);
    data = g_bytes_get_data (bytes, &length);
    g_assert_cmpmem (data, 8, "\x89PNG\r\n\x1a\n", 8);
    g_assert_cmpuint (big_endian (data + 16), ==, (guint) (640 * scale));
    g_assert_cmpuint (big_endian (data + 20), ==, (guint) (420 * scale));
    while (at + 12 <= length) {
      if (memcmp (data + at + 4, "iTXt", 4) == 0)
        n_texts++;
      at += big_endian (data + at) + 12;
    }
    /* The chunks fill the file exactly. */
    g_assert_cmpuint (at, ==, length);
    g_assert_cmpuint (n_texts, ==, 3);
  }
}

/* A reader of its own must accept what we put between cairo's chunks. */
static void
test_png_reads_back (Fixture *f, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (f->folder, "a.png", NULL);
  g_autoptr (GError) error = NULL;
  cairo_surface_t *surface;

  g_assert_true (mixq_plot_save (&f->figure, path, &error));
  g_assert_no_error (error);
  surface = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 640);
  cairo_surface_destroy (surface);
}

static void
test_pdf (Fixture *f, gconstpointer user_data)
{
  g_autoptr (GBytes) bytes = encode (f, MIXQ_PLOT_PDF);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  g_assert_true (g_str_has_prefix (data, "%PDF-"));
  /* Streams hold zero bytes, so this is no string. */
  g_assert_nonnull (memmem (data, length, "/Title (", 8));
  g_assert_nonnull (memmem (data + length - 10, 10, "%%EOF", 5));
}

static void
test_csv (Fixture *f, gconstpointer user_data)
{
  g_autoptr (GBytes) bytes = encode (f, MIXQ_PLOT_CSV);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_str_has_prefix (g_bytes_get_data (bytes, NULL), "kind,label,"));
  f->figure.csv = NULL;
  g_assert_null (mixq_plot_encode (&f->figure, MIXQ_PLOT_CSV, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED);
}

static void
test_save_replaces (Fixture *f, gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (f->folder, "a.CSV", NULL);
  g_autofree char *written = NULL;
  g_autofree char *expected = mixq_tradeoff_csv (&f->sample.data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  guint n_files = 0;

  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  g_assert_true (mixq_plot_save (&f->figure, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &written, NULL, NULL));
  g_assert_cmpstr (written, ==, expected);
  /* No temporary file stays behind. */
  dir = g_dir_open (f->folder, 0, NULL);
  while (g_dir_read_name (dir) != NULL)
    n_files++;
  g_assert_cmpuint (n_files, ==, 1);
}

static void
test_save_errors (Fixture *f, gconstpointer user_data)
{
  g_autofree char *unknown = g_build_filename (f->folder, "a.jpeg", NULL);
  g_autofree char *bare = g_build_filename (f->folder, "a", NULL);
  g_autofree char *nowhere = g_build_filename (f->folder, "missing", "a.svg", NULL);
  g_autofree char *kept = g_build_filename (f->folder, "kept.svg", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (mixq_plot_save (&f->figure, unknown, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (mixq_plot_save (&f->figure, bare, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (mixq_plot_save (&f->figure, nowhere, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_IO);
  g_clear_error (&error);
  /* What cannot be drawn leaves the old file alone. */
  g_assert_true (g_file_set_contents (kept, "old", -1, NULL));
  f->figure.width = NAN;
  g_assert_false (mixq_plot_save (&f->figure, kept, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE);
  g_assert_true (g_file_get_contents (kept, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "old");
}

static void
test_sizes (Fixture *f, gconstpointer user_data)
{
  const double bad[][3] = {
    { 0, 400, 1 }, { 640, -1, 1 }, { 1e9, 400, 1 }, { 9000, 400, 4 }, { 640, HUGE_VAL, 1 }
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    f->figure.width = bad[i][0];
    f->figure.height = bad[i][1];
    f->figure.png_scale = bad[i][2];
    g_assert_null (mixq_plot_encode (&f->figure, MIXQ_PLOT_PNG, &error));
    g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE);
  }
  /* Too small for anything but a ground is still a picture. */
  f->figure.width = 20;
  f->figure.height = 20;
  f->figure.png_scale = 1;
  g_bytes_unref (encode (f, MIXQ_PLOT_PNG));
}

static void
test_extensions (void)
{
  MixqPlotFormat format = MIXQ_PLOT_CSV;
  g_autofree char *added = mixq_plot_path_with_extension ("front", MIXQ_PLOT_SVG);
  g_autofree char *kept = mixq_plot_path_with_extension ("front.PNG", MIXQ_PLOT_PNG);
  g_autofree char *other = mixq_plot_path_with_extension ("v1.2", MIXQ_PLOT_PDF);

  g_assert_cmpstr (added, ==, "front.svg");
  g_assert_cmpstr (kept, ==, "front.PNG");
  g_assert_cmpstr (other, ==, "v1.2.pdf");
  g_assert_true (mixq_plot_format_from_path ("a.b/c.Svg", &format));
  g_assert_cmpint (format, ==, MIXQ_PLOT_SVG);
  g_assert_false (mixq_plot_format_from_path ("a.svg/c", &format));
}

static void
test_text (void)
{
  const MixqPlotTheme *theme = mixq_plot_theme_get (MIXQ_SCHEME_LIGHT);
  MixqPlotFont small = mixq_plot_font (theme, 12.0, 400);
  MixqPlotFont large = mixq_plot_font (theme, 24.0, 400);
  double ones;
  double eights;
  double doubled;
  double height;

  mixq_plot_text_measure (&small, "1111", &ones, &height);
  mixq_plot_text_measure (&small, "8888", &eights, NULL);
  mixq_plot_text_measure (&large, "8888", &doubled, NULL);
  /* Tabular figures, in every font that has them or needs none. */
  g_assert_cmpfloat_with_epsilon (ones, eights, 0.5);
  g_assert_cmpfloat_with_epsilon (doubled, 2.0 * eights, 1.0);
  g_assert_cmpfloat (height, >, 10.0);
  g_assert_cmpfloat (
      mixq_plot_text_draw_wrapped (NULL, &small, theme->text, "a b c d e f g h i j k", 0, 0, 30.0), >,
      2.0 * height);
}

#define ADD(path, func) g_test_add ("/plot/export/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("svg", test_svg);
  ADD ("png", test_png);
  ADD ("png-reads-back", test_png_reads_back);
  ADD ("pdf", test_pdf);
  ADD ("csv", test_csv);
  ADD ("save-replaces", test_save_replaces);
  ADD ("save-errors", test_save_errors);
  ADD ("sizes", test_sizes);
  g_test_add_func ("/plot/export/extensions", test_extensions);
  g_test_add_func ("/plot/export/text", test_text);
  return g_test_run ();
}
