#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The man pages set without a warning and say what --help says. Usage: test-manual.py SOURCE MIXQ"""
import re
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


def help_of(*command):
    return subprocess.run([sys.argv[2], *command, "--help"], capture_output=True, text=True, check=True).stdout


text = (Path(sys.argv[1]) / "docs" / "mixq.1").read_text(encoding="utf-8").replace("\\-", "-")
described = set(re.findall(r'^\.BI?R? "?mixq ([a-z]+)', text, re.M))
options = set(re.findall(r"--[a-z][a-z-]*", text))
commands = re.findall(r"^  ([a-z]+)  ", help_of(), re.M)
missing = [c for c in commands if c not in described]
tap.check("each command is described", commands and not missing, missing)
tap.check("no command is described that is not there", described <= set(commands), described - set(commands))
known = {"--version"}
for command in commands:
    offered = set(re.findall(r"--[a-z][a-z-]*", help_of(command)))
    known |= offered
    missing = sorted(offered - options)
    tap.check(f"each option of mixq {command} is described", not missing, missing)
tap.check("no option is described that is not there", options <= known, sorted(options - known))
tap.done()
