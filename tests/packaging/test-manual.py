#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The man pages set without a warning. Usage: test-manual.py SOURCE"""
import shutil
import subprocess
import sys
from pathlib import Path

from tap import Tap

tap = Tap()
for page in ("mixq.1", "mixq-studio.1"):
    path = Path(sys.argv[1]) / "docs" / page
    text = path.read_text(encoding="utf-8")
    sections = [line[4:] for line in text.splitlines() if line.startswith(".SH ")]
    tap.check(f"{page} begins as a page does", sections[:2] == ["NAME", "SYNOPSIS"], sections)
    if not shutil.which("groff"):
        tap.skip(f"{page} sets without a warning", "no groff")
        continue
    done = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", "-k", path],
                          capture_output=True, text=True, check=False)
    tap.check(f"{page} sets without a warning", done.returncode == 0 and not done.stderr, done.stderr)
tap.done()
