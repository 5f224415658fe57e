#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The closing line of ./check tells the truth. Usage: test-count.py SOURCE"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tap import Tap

script = Path(sys.argv[1]) / "build-aux" / "count-tests.py"
tap = Tap()


def tally(*builds):
    """Exit status and last line for builds, each a list of (result, stdout); None is a build without a log."""
    with tempfile.TemporaryDirectory() as folder:
        args = []
        for number, entries in enumerate(builds):
            logs = Path(folder) / str(number) / "meson-logs"
            logs.mkdir(parents=True)
            if entries is not None:
                lines = [json.dumps({"name": f"t{i}", "result": r, "stdout": out}) for i, (r, out) in enumerate(entries)]
                (logs / "testlog.json").write_text("\n".join(lines), encoding="utf-8")
            args.append(f"b{number}={logs.parent}")
        done = subprocess.run([sys.executable, script, *args], capture_output=True, text=True, check=False)
        return done.returncode, (done.stdout.splitlines() or [""])[-1]


def case(name, want, *builds):
    got = tally(*builds)
    tap.check(name, got == want, f"got {got}, want {want}")


TWO = "TAP version 13\n# random seed: R02S\n1..2\nok 1 /a/b\nok 2 /a/c\n"
case("cases of a TAP program", (0, "2 passed, 0 failed, 0 skipped"), [("OK", TWO)])
case("programs without TAP count once", (0, "1 passed, 0 failed, 1 skipped"), [("OK", "words"), ("SKIP", "")])
case("several builds add up", (0, "4 passed, 0 failed, 0 skipped"), [("OK", TWO)], [("OK", TWO)])
case("a skipped case", (0, "1 passed, 0 failed, 1 skipped"), [("OK", "1..2\nok 1 /a # SKIP no data\nok 2 /b\n")])
case("a failed case", (1, "1 passed, 1 failed, 0 skipped"), [("FAIL", "1..2\nnot ok 1 /a\nok 2 /b\n")])
case("a crash after good cases", (1, "1 passed, 1 failed, 0 skipped"), [("ERROR", "1..2\nok 1 /a\n")])
case("a time-out", (1, "0 passed, 1 failed, 0 skipped"), [("TIMEOUT", "")])
case("an output that only talks of ok", (0, "1 passed, 0 failed, 0 skipped"), [("OK", "okay then\n  ok 1 nested\n")])
case("a build without a log", (1, "2 passed, 1 failed, 0 skipped"), [("OK", TWO)], None)
case("a build without tests", (1, "2 passed, 1 failed, 0 skipped"), [("OK", TWO)], [])
case("only skipped is not passed", (1, "0 passed, 0 failed, 1 skipped"), [("SKIP", "1..0 # SKIP none\n")])
tap.done()
