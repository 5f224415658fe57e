/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/mixq-memory.h"

#include <stdio.h>
#include <string.h>

/* One field of /proc/self/status, which gives kB. */
static double
status_mib (const char *field)
{
  g_autofree char *text = NULL;
  const char *at;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  at = strstr (text, field);
  return at != NULL ? g_ascii_strtod (at + strlen (field), NULL) / 1024.0 : 0;
}

double
mixq_memory_start_peak (void)
{
  FILE *refs = fopen ("/proc/self/clear_refs", "w");

  if (refs != NULL) {
    fputs ("5", refs); /* proc(5): reset the peak resident set size */
    fclose (refs);
  }
  return status_mib ("VmRSS:");
}

double
mixq_memory_peak_mib (void)
{
  return status_mib ("VmHWM:");
}
