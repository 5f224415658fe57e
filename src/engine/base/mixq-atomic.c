/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mixq-atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mixq-error.h"

struct _MixqAtomicFolder
{
  char *path;      /* real and absolute */
  char *temporary; /* (nullable): beside it; NULL once it is in place */
  GPtrArray *names;
};

static const char *
remedy (const char *path, int code)
{
  g_autofree char *parent = g_path_get_dirname (path);

  switch (code) {
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
    return "free some space there or choose another place";
  case EROFS:
  case EACCES:
  case EPERM:
    return "choose a place where you may write";
  case ENOENT:
    return g_file_test (parent, G_FILE_TEST_EXISTS) ? "choose another place" : "make its parent folder first";
  case ENOTDIR:
    return "its parent is a file; choose another place";
  default:
    return "choose another place";
  }
}

static gboolean
fail (GError **error, const char *path, int code)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO, "%s: cannot be written (%s); %s", shown, g_strerror (code),
               remedy (path, code));
  return FALSE;
}

static gboolean
fail_exists (GError **error, const char *path, const char *problem)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_IO, "%s: %s", shown, problem);
  return FALSE;
}

static gboolean
write_all (int fd, const char *data, gsize length)
{
  while (length > 0) {
    gssize written = write (fd, data, length);

    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0) {
      errno = written == 0 ? ENOSPC : errno;
      return FALSE;
    }
    data += written;
    length -= (gsize) written;
  }
  return fsync (fd) == 0 || errno == EINVAL; /* EINVAL: nothing there can be synced */
}

/* Closes @fd in any case; errno tells what failed. A full disk may show only when a file is synced or closed. */
static gboolean
write_and_close (int fd, const char *data, gssize length)
{
  gboolean ok = write_all (fd, data, length < 0 ? strlen (data) : (gsize) length);
  int code = errno;

  if (close (fd) == 0 || !ok)
    errno = code;
  else
    ok = errno == EINTR;
  return ok;
}

/* A rename is safe from a power cut only when its folder is synced too; some file systems cannot, and lose nothing. */
static void
sync_folder (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  (void) fsync (fd);
  close (fd);
}

static void
sync_parent (const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);

  sync_folder (parent);
}

gboolean
mixq_atomic_file_write (const char *path, const char *data, gssize length, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0666);

  if (fd < 0)
    return fail (error, path, errno);
  if (!write_and_close (fd, data, length) || g_rename (temporary, path) != 0) {
    fail (error, path, errno);
    g_unlink (temporary);
    return FALSE;
  }
  sync_parent (path);
  return TRUE;
}

/* The folder that a symbolic link stands for is replaced, not the link. */
static char *
real_path (const char *path)
{
  char *real = realpath (path, NULL);
  char *copy = real != NULL ? g_strdup (real) : g_canonicalize_filename (path, NULL);

  free (real);
  return copy;
}

static char *
make_temporary (const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *name = g_strdup_printf (".%.200s.XXXXXX", base);
  g_autofree char *template = g_build_filename (parent, name, NULL);

  if (g_mkdtemp_full (template, 0777) == NULL)
    return NULL;
  return g_steal_pointer (&template);
}

MixqAtomicFolder *
mixq_atomic_folder_new (const char *path, GError **error)
{
  g_autofree char *real = real_path (path);
  g_autofree char *temporary = make_temporary (real);
  MixqAtomicFolder *self;

  if (temporary == NULL) {
    fail (error, path, errno);
    return NULL;
  }
  self = g_new0 (MixqAtomicFolder, 1);
  self->path = g_steal_pointer (&real);
  self->temporary = g_steal_pointer (&temporary);
  self->names = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/* Only files of our names: whatever else may have come in meanwhile stays. */
static void
remove_folder (const MixqAtomicFolder *self, const char *path)
{
  for (guint i = 0; i < self->names->len; i++) {
    g_autofree char *file = g_build_filename (path, g_ptr_array_index (self->names, i), NULL);

    g_unlink (file);
  }
  g_rmdir (path);
}

void
mixq_atomic_folder_free (MixqAtomicFolder *self)
{
  if (self->temporary != NULL)
    remove_folder (self, self->temporary);
  g_ptr_array_unref (self->names);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}

gboolean
mixq_atomic_folder_write (MixqAtomicFolder *self,
                          const char *name,
                          const char *data,
                          gssize length,
                          GError **error)
{
  g_autofree char *path = g_build_filename (self->temporary, name, NULL);
  g_autofree char *shown = g_build_filename (self->path, name, NULL);

  int fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

  if (fd < 0)
    return fail (error, shown, errno);
  g_ptr_array_add (self->names, g_strdup (name));
  return write_and_close (fd, data, length) || fail (error, shown, errno);
}

/* An old folder goes only if everything in it has a successor. */
static gboolean
check_replaceable (const MixqAtomicFolder *self, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (self->path, 0, NULL);
  const char *name;

  if (dir == NULL)
    return fail_exists (error, self->path,
                        "is there already and is not a folder that can be read; choose another name");
  while ((name = g_dir_read_name (dir)) != NULL)
    if (!g_ptr_array_find_with_equal_func (self->names, name, g_str_equal, NULL)) {
      g_autofree char *shown = g_filename_display_name (name);
      g_autofree char *problem = g_strdup_printf (
          "also holds %s, which replacing the folder would lose; choose another folder", shown);

      return fail_exists (error, self->path, problem);
    }
  return TRUE;
}

/* Without renameat2(): the old folder waits under a third name until the new one is in place. */
static gboolean
exchange_in_steps (MixqAtomicFolder *self)
{
  g_autofree char *aside = make_temporary (self->path);
  int code;

  if (aside == NULL)
    return FALSE;
  if (g_rename (self->path, aside) != 0) {
    code = errno;
    g_rmdir (aside);
    errno = code;
    return FALSE;
  }
  if (g_rename (self->temporary, self->path) != 0) {
    code = errno;
    (void) g_rename (aside, self->path);
    errno = code;
    return FALSE;
  }
  g_free (self->temporary);
  self->temporary = g_steal_pointer (&aside);
  return TRUE;
}

static gboolean
rename_new (const MixqAtomicFolder *self)
{
  if (renameat2 (AT_FDCWD, self->temporary, AT_FDCWD, self->path, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;
  return g_rename (self->temporary, self->path) == 0; /* such a file system has no better way */
}

/* Afterwards the old folder has the temporary name. */
static gboolean
exchange (MixqAtomicFolder *self)
{
  if (renameat2 (AT_FDCWD, self->temporary, AT_FDCWD, self->path, RENAME_EXCHANGE) == 0)
    return TRUE;
  return (errno == EINVAL || errno == ENOSYS) && exchange_in_steps (self);
}

gboolean
mixq_atomic_folder_commit (MixqAtomicFolder *self, gboolean replace, GError **error)
{
  sync_folder (self->temporary);
  if (!g_file_test (self->path, G_FILE_TEST_EXISTS)) {
    if (!rename_new (self))
      return fail (error, self->path, errno);
  } else {
    if (!replace)
      return fail_exists (error, self->path,
                          "is there already; choose another folder or insist with --force");
    if (!check_replaceable (self, error))
      return FALSE;
    if (!exchange (self))
      return fail (error, self->path, errno);
    remove_folder (self, self->temporary);
  }
  sync_parent (self->path);
  g_clear_pointer (&self->temporary, g_free);
  return TRUE;
}
