#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# bench-frames.sh PROGRAM REPORT: the app at full speed for ten seconds, then the judgement of its frame log.
set -euo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
"$1" "$log" 10 || status=$?
((status == 77)) && exit 77
((status == 0)) || exit 1
/usr/bin/python3 "$2" "$log" --judge
