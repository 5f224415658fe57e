#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An installation holds what a desktop needs. Usage: test-install.py BUILDDIR PREFIX MESON..."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tap import Tap

build, prefix = sys.argv[1:3]
meson = sys.argv[3:]
tap = Tap()
wanted = ["share/applications/org.mixq.Studio.desktop", "share/metainfo/org.mixq.Studio.metainfo.xml",
          "share/glib-2.0/schemas/org.mixq.Studio.gschema.xml",
          "share/icons/hicolor/scalable/apps/org.mixq.Studio.svg",
          "share/icons/hicolor/symbolic/apps/org.mixq.Studio-symbolic.svg",
          "share/man/man1/mixq.1", "share/man/man1/mixq-studio.1", "share/locale/de/LC_MESSAGES/mixq-studio.mo",
          "bin/mixq", "bin/mixq-studio"]

with tempfile.TemporaryDirectory() as stage:
    done = subprocess.run([*meson, "install", "-C", build, "--no-rebuild", "--destdir", stage],
                          capture_output=True, text=True, env={**os.environ, "DESTDIR": stage}, check=False)
    tap.check("meson install", done.returncode == 0, done.stdout + done.stderr)
    root = Path(stage + prefix)
    for path in wanted:
        tap.check(path, (root / path).is_file(), "not installed")
    modes = [str(p) for p in root.rglob("*") if p.is_file() and os.access(p, os.X_OK) and "bin" not in p.parts]
    tap.check("nothing but programs may be run", not modes, "\n".join(modes))
tap.done()
