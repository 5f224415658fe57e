#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts single test cases of meson builds, says which failed and shows what they wrote.

Usage: count-tests.py NAME=BUILDDIR...

Meson counts programs; a TAP program holds many cases, which are counted here from its output. The last line is
`N passed, N failed, N skipped`. A build without a test log, or in which no test ran, counts as one failure. Exit
status 1 if anything failed.
"""
import json
import re
import sys
from pathlib import Path

CASE = re.compile(r"(?P<no>not )?ok\b[ \t]*\d*[ \t]*(?:-[ \t]*)?(?P<name>[^#\n]*)"
                  r"(?:#[ \t]*(?P<directive>\w+)(?P<why>.*))?")


def tap_cases(stdout):
    """Yields (name, outcome) for each case at the top level of a TAP output."""
    for line in stdout.splitlines():
        match = CASE.match(line)
        if not match:
            continue
        directive = (match["directive"] or "").lower()
        if directive.startswith("skip"):
            outcome = "skipped"
        elif match["no"] and directive != "todo":
            outcome = "failed"
        else:
            outcome = "passed"
        why = f" ({match['why'].strip()})" if outcome == "skipped" and match["why"].strip() else ""
        yield match["name"].strip() + why, outcome


def program_cases(entry):
    """The cases of one test program; a program that failed outside its cases is one more failed case."""
    result = entry["result"]
    cases = list(tap_cases(entry.get("stdout") or ""))
    if result in ("OK", "EXPECTEDFAIL"):
        return cases or [("", "passed")]
    if result == "SKIP":
        return cases or [("", "skipped")]
    if not any(outcome == "failed" for _, outcome in cases):
        cases.append((result.lower(), "failed"))
    return cases


def show_log(title, entry, limit=80):
    """What a failed program wrote; meson's own report leaves out the output of TAP programs."""
    for stream in ("stdout", "stderr"):
        lines = (entry.get(stream) or "").splitlines()
        lines = [line for line in lines if not line.startswith("ok ")]
        if lines:
            print(f"\n-- {title}: {entry['result'].lower()}, the end of its {stream}", *lines[-limit:], sep="\n")


def build_cases(name, folder):
    log = Path(folder) / "meson-logs" / "testlog.json"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    if not any(line.strip() for line in lines):
        return [(f"{name}: did not build, or has no tests", "failed")]
    found = []
    for line in filter(str.strip, lines):
        entry = json.loads(line)
        cases = program_cases(entry)
        title = f"{name}: {entry['name']}"
        if any(outcome == "failed" for _, outcome in cases):
            show_log(title, entry)
        found += [(f"{title} {case}".rstrip(), outcome) for case, outcome in cases]
    return found


def main(builds):
    if not builds:
        sys.exit(__doc__)
    total = []
    for build in builds:
        name, _, folder = build.partition("=")
        total += build_cases(name, folder)
    print()
    for outcome in ("skipped", "failed"):
        for case, what in total:
            if what == outcome:
                print(f"{outcome}: {case}")
    count = {key: sum(what == key for _, what in total) for key in ("passed", "failed", "skipped")}
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
