/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Output that is there whole or not at all: full disks, places where one may not write, folders of someone else. */
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mixq-atomic.h"
#include "base/mixq-error.h"

#define NOBODY 65534
#define SKIPPED 77
#define FILLING (256 * 1024) /* bytes, more than the small disk has */

typedef struct
{
  char *root; /* owned */
  char *out;  /* owned: root/out */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->root = g_dir_make_tmp ("mixq-atomic-XXXXXX", NULL);
  self->out = g_build_filename (self->root, "out", NULL);
}

static void
remove_below (const char *path)
{
  GDir *dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_below (child);
  }
  g_clear_pointer (&dir, g_dir_close);
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  remove_below (self->root);
  g_free (self->root);
  g_free (self->out);
}

/* The names in @path, sorted, with blanks between: "" for an empty folder. */
static char *
list (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  GList *names = NULL;
  GString *text = g_string_new (NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    names = g_list_insert_sorted (names, g_strdup (name), (GCompareFunc) strcmp);
  for (GList *item = names; item != NULL; item = item->next)
    g_string_append_printf (text, "%s%s", item == names ? "" : " ", (const char *) item->data);
  g_list_free_full (names, g_free);
  return g_string_free (text, FALSE);
}

static void
assert_list (const char *path, const char *expected)
{
  g_autofree char *names = list (path);

  g_assert_cmpstr (names, ==, expected);
}

static void
assert_content (const char *folder, const char *name, const char *expected)
{
  g_autofree char *path = g_build_filename (folder, name, NULL), *content = NULL;

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, expected);
}

/* A folder with one file. */
static gboolean
write_folder (const char *path, const char *name, const char *text, gboolean replace, GError **error)
{
  g_autoptr (MixqAtomicFolder) folder = mixq_atomic_folder_new (path, error);

  return folder != NULL && mixq_atomic_folder_write (folder, name, text, -1, error) &&
         mixq_atomic_folder_commit (folder, replace, error);
}

static void
assert_io (GError **error, const char *words)
{
  g_assert_error (*error, MIXQ_ERROR, MIXQ_ERROR_IO);
  g_test_message ("%s", (*error)->message);
  g_assert_nonnull (strstr ((*error)->message, words));
  g_clear_error (error);
}

static void
test_folder (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  struct stat status;

  g_assert_true (write_folder (self->out, "a", "one", FALSE, &error));
  g_assert_no_error (error);
  assert_list (self->root, "out");
  assert_content (self->out, "a", "one");
  g_assert_cmpint (stat (self->out, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0700, ==, 0700);
  g_assert_false (write_folder (self->out, "a", "two", FALSE, &error));
  assert_io (&error, "--force");
  assert_content (self->out, "a", "one");
  g_assert_true (write_folder (self->out, "a", "two", TRUE, &error));
  assert_content (self->out, "a", "two");
  g_assert_false (write_folder (self->out, "b", "three", TRUE, &error)); /* "a" would be lost */
  assert_io (&error, "holds a");
  assert_content (self->out, "a", "two");
  assert_list (self->root, "out");
}

static void
test_folder_taken_back (Fixture *self, gconstpointer data)
{
  g_autoptr (MixqAtomicFolder) folder = mixq_atomic_folder_new (self->out, NULL);

  g_assert_true (mixq_atomic_folder_write (folder, "a", "one", -1, NULL));
  g_clear_pointer (&folder, mixq_atomic_folder_free);
  assert_list (self->root, "");
}

/* A link is not replaced, but what it stands for. */
static void
test_folder_link (Fixture *self, gconstpointer data)
{
  g_autofree char *link = g_build_filename (self->root, "link", NULL),
                  *slash = g_strconcat (self->out, "/", NULL);

  g_assert_true (write_folder (slash, "a", "one", FALSE, NULL));
  g_assert_cmpint (symlink ("out", link), ==, 0);
  g_assert_true (write_folder (link, "a", "two", TRUE, NULL));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  assert_content (self->out, "a", "two");
  assert_list (self->root, "link out");
}

static void
test_file (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *below = g_build_filename (self->out, "x", NULL);
  g_autofree char *deep = g_build_filename (self->root, "no", "such", NULL);

  g_assert_true (mixq_atomic_file_write (self->out, "one", -1, &error));
  g_assert_true (mixq_atomic_file_write (self->out, "tw", 2, &error));
  assert_content (self->root, "out", "tw");
  g_assert_false (mixq_atomic_file_write (below, "x", -1, &error)); /* below a file: so for root, too */
  assert_io (&error, "parent is a file");
  g_assert_false (write_folder (below, "a", "x", FALSE, &error));
  assert_io (&error, "parent is a file");
  assert_list (self->root, "out");
  assert_content (self->root, "out", "tw");
  g_assert_false (write_folder (deep, "a", "x", FALSE, &error));
  assert_io (&error, "make its parent folder first");
}

/* --- in a child that has fewer rights or a small disk -------------------------------------------------------------- */

/* Runs @work in a child of its own. Returns: its result. */
static int
in_child (int (*work) (const Fixture *), const Fixture *self)
{
  int status;
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    _exit (work (self));
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static gboolean
fails_with (gboolean ok, GError **error, const char *words)
{
  gboolean expected = !ok && g_error_matches (*error, MIXQ_ERROR, MIXQ_ERROR_IO) &&
                      strstr ((*error)->message, words) != NULL;

  if (!expected)
    g_printerr ("# %s\n", *error != NULL ? (*error)->message : "no error");
  g_clear_error (error);
  return expected;
}

static int
write_without_rights (const Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (self->root, "file", NULL);

  if (geteuid () == 0 && (setresgid (NOBODY, NOBODY, NOBODY) != 0 || setresuid (NOBODY, NOBODY, NOBODY) != 0))
    return SKIPPED;
  return fails_with (write_folder (self->out, "a", "one", TRUE, &error), &error, "where you may write") &&
                 fails_with (mixq_atomic_file_write (file, "x", -1, &error), &error, "where you may write")
             ? 0
             : 1;
}

static void
test_read_only (Fixture *self, gconstpointer data)
{
  int result;

  g_assert_cmpint (g_chmod (self->root, 0555), ==, 0);
  result = in_child (write_without_rights, self);
  g_assert_cmpint (g_chmod (self->root, 0755), ==, 0);
  if (result == SKIPPED) {
    g_test_skip ("running as root, and this place does not let root become nobody");
    return;
  }
  g_assert_cmpint (result, ==, 0);
  assert_list (self->root, "");
}

static int
write_on_small_disk (const Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *big = g_strnfill (FILLING, 'x'), *names = NULL;

  if (unshare (CLONE_NEWNS | (geteuid () != 0 ? CLONE_NEWUSER : 0)) != 0 ||
      mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount ("tmpfs", self->root, "tmpfs", 0, "size=64k") != 0)
    return SKIPPED;
  if (!write_folder (self->out, "a", "one", FALSE, &error) ||
      !fails_with (write_folder (self->out, "a", big, TRUE, &error), &error, "free some space"))
    return 1;
  names = list (self->root);
  if (strcmp (names, "out") != 0)
    return 2;
  assert_content (self->out, "a", "one");
  if (mount (NULL, self->root, NULL, MS_REMOUNT | MS_RDONLY, NULL) != 0)
    return SKIPPED;
  return fails_with (write_folder (self->out, "a", "two", TRUE, &error), &error, "where you may write") ? 0
                                                                                                        : 3;
}

static void
test_full_disk (Fixture *self, gconstpointer data)
{
  int result = in_child (write_on_small_disk, self);

  if (result == SKIPPED)
    g_test_skip ("no right to mount a small disk here; a file size limit is tested with the model folder");
  else
    g_assert_cmpint (result, ==, 0);
}

#define ADD(path, function)                                                                                  \
  g_test_add ("/engine/base/atomic/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("folder", test_folder);
  ADD ("folder-taken-back", test_folder_taken_back);
  ADD ("folder-link", test_folder_link);
  ADD ("file", test_file);
  ADD ("read-only", test_read_only);
  ADD ("full-disk", test_full_disk);
  return g_test_run ();
}
