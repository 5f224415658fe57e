#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What translators work from is complete, and what they wrote is sound. Usage: test-translations.py SOURCE"""
import re
import subprocess
import sys
from pathlib import Path

from tap import Tap

source = Path(sys.argv[1])
tap = Tap()


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, cwd=source, check=False)


want = run("build-aux/potfiles.sh").stdout
have = (source / "po" / "POTFILES").read_text(encoding="utf-8")
differ = sorted(set(want.splitlines()) ^ set(have.splitlines()))
tap.check("po/POTFILES is complete", want == have, "run build-aux/potfiles.sh --write; differs in:\n" + "\n".join(differ))

listed = [line for line in have.splitlines() if line and not line.startswith("#")]
ui_and_c = [f for f in listed if f.endswith((".c", ".h", ".ui"))]
if ui_and_c:
    keywords = ["-k_", "-kN_", "-kC_:1c,2", "-kNC_:1c,2", "-kQ_", "-kngettext:1,2", "-kg_dngettext:2,3"]
    made = run("xgettext", "--from-code=UTF-8", *keywords, "-o", "-", *ui_and_c)
    tap.check("strings can be taken out", made.returncode == 0, made.stderr)
    # xgettext reads no macros but PRId64 and its kin: G_GSIZE_FORMAT cuts a string off; %zu and %llu do not.
    cut = [line for line in made.stderr.splitlines() if "not a valid C format" in line]
    tap.check("no string is cut off by a macro", not cut, "\n".join(cut))
    # Languages differ in how many plurals they have: "%d file(s)" works in none but English.
    bad = re.findall(r'^msgid ".*%\'?l?l?[du] [a-z]+\(s\)', made.stdout, re.M)
    tap.check("plurals by ngettext, not (s)", not bad, "\n".join(bad))

languages = (source / "po" / "LINGUAS").read_text(encoding="utf-8").split()
present = sorted(p.stem for p in (source / "po").glob("*.po"))
tap.check("po/LINGUAS lists the translations", sorted(languages) == present, f"{languages} and {present}")
for language in present:
    checked = run("msgfmt", "--check", "--check-accelerators=_", "-o", "/dev/null", f"po/{language}.po")
    tap.check(f"po/{language}.po is sound", checked.returncode == 0, checked.stderr)
tap.done()
