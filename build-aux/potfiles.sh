#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the files that hold translatable text; `build-aux/potfiles.sh --write` stores the list in po/POTFILES.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
export LC_ALL=C

list () {
  echo '# Written by build-aux/potfiles.sh --write; a test keeps it complete.'
  printf '%s\n' data/org.mixq.Studio.desktop.in data/org.mixq.Studio.metainfo.xml.in data/org.mixq.Studio.gschema.xml
  {
    grep -rlE --include='*.[ch]' '\b(N?C?_|Q_|d?c?n?p?gettext|g_d(n|p)?gettext2?) ?\("' src || true
    grep -rlE --include='*.ui' 'translatable="(yes|true|1)"' src resources || true
  } | sort -u
}

if [[ ${1:-} == --write ]]; then list >po/POTFILES; else list; fi
