#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Saves pictures of the app with the real engine after some training: light and dark, 1440x900, 1000x700, 360x640.
# Usage: build-aux/screenshots.sh BUILDDIR OUTDIR [DATA [explore|settings|goals|diagnoses]]
set -euo pipefail
if (($# < 2)); then
  sed -n '3,4s/^# //p' "$0"
  exit 2
fi
build=$(readlink -f "$1")
out=$2
shift 2
export GDK_BACKEND=x11 GSK_RENDERER=cairo GDK_DEBUG=gl-disable GTK_A11Y=none GSETTINGS_BACKEND=memory
export GSETTINGS_SCHEMA_DIR=$build/data
exec xvfb-run -a -s '-screen 0 1600x1600x24' "$build/src/ui/mixq-screenshots" "$out" "$@"
