# SPDX-License-Identifier: GPL-3.0-or-later
"""A few lines of TAP for the packaging tests."""
import sys


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, name, good, detail=""):
        """One case; @detail is shown when it is not @good."""
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} {name}")
        if not good and detail:
            print("".join(f"# {line}\n" for line in str(detail).splitlines()), end="")

    def skip(self, name, reason):
        self.count += 1
        print(f"ok {self.count} {name} # SKIP {reason}")

    def done(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)
