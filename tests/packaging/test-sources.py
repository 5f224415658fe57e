#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that hold for every source file. Usage: test-sources.py SOURCE"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tap import Tap

source = Path(sys.argv[1])
tap = Tap()


def files(*patterns, below=("src", "tests", "resources", "data", "po", "docs", "build-aux", "flatpak")):
    return sorted(path for folder in below for pattern in patterns for path in (source / folder).rglob(pattern))


def name(path):
    return str(path.relative_to(source))


def matches(paths, pattern):
    """file:line: text for each line that matches."""
    found = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{name(path)}:{number}: {line.strip()}")
    return found


c_files = files("*.c", "*.h", below=("src", "tests"))
code = c_files + files("*.sh", "*.py", "meson.build", "*.ui", "*.css") + [source / f for f in ("run", "check", ".ci/run")]
prose = files("*.md", "*.1", "*.in", "*.xml") + sorted(source.glob("*.md")) + [source / "meson.build"]

unlabelled = [name(p) for p in code if p.stat().st_size and p.suffix != ".build" and
              "SPDX-License-Identifier:" not in p.read_text(encoding="utf-8")[:300]]
tap.check("each file names its licence", c_files and not unlabelled, "\n".join(unlabelled))

toolkit = matches(files("*.c", "*.h", below=("src/engine",)), r"#\s*include\s*[<\"](gtk|gdk|gsk|adwaita|cairo|pango)")
tap.check("no toolkit in the engine", not toolkit, "\n".join(toolkit))
toolkit = matches(files("*.c", "*.h", below=("src/plot", "src/cli")), r"#\s*include\s*[<\"](gtk|gdk|gsk|adwaita)")
tap.check("no toolkit in plots and command line", not toolkit, "\n".join(toolkit))

machine = r"(^|[^\w.$}])/(work|home|farm|tmp/wt)/"
places = matches([p for p in code + prose if p.name != "test-sources.py"], machine)
tap.check("no path of one machine", not places, "\n".join(places))

left_over = matches(c_files, r"\b(TODO|FIXME|XXX)\b")
tap.check("nothing left for later in code", not left_over, "\n".join(left_over))

# The worked example of docs/HACKING.md is code that a test runs: page and file must be the same.
listing = re.search(r"```c\n(.*?)```", (source / "docs/HACKING.md").read_text(encoding="utf-8"), re.S)
example = (source / "tests/engine/layer/layer-sgc.c").read_text(encoding="utf-8")
tap.check("the worked example is the tested one", listing and example.endswith(listing.group(1)))

templates = files("*.ui", "*.xml", "*.svg", below=("resources", "data", "src"))
if not shutil.which("xmllint"):
    tap.skip("each XML file is well formed", "no xmllint")
else:
    lint = subprocess.run(["xmllint", "--noout", *templates], capture_output=True, text=True, check=False)
    tap.check("each XML file is well formed", templates and lint.returncode == 0, lint.stderr)

if not shutil.which("shellcheck"):
    tap.skip("shell scripts", "no shellcheck")
else:
    scripts = files("*.sh") + [source / f for f in ("run", "check", ".ci/run")]
    lint = subprocess.run(["shellcheck", "-x", *scripts], capture_output=True, text=True, cwd=source, check=False)
    tap.check("shell scripts", lint.returncode == 0, lint.stdout)

version = subprocess.run(["clang-format", "--version"], capture_output=True, text=True, check=False).stdout \
    if shutil.which("clang-format") else ""
if "version 14." not in version:
    tap.skip("formatting", f"the style is defined by clang-format 14, here: {version.strip() or 'none'}")
else:
    lint = subprocess.run(["clang-format", "--dry-run", "--Werror", *c_files],
                          capture_output=True, text=True, cwd=source, check=False)
    wrong = sorted(set(re.findall(r"^(.+?):\d+:\d+: error", lint.stderr, re.M)))
    tap.check("formatting", lint.returncode == 0,
              "run clang-format -i on:\n" + "\n".join(str(Path(w).relative_to(source)) for w in wrong))
tap.done()
