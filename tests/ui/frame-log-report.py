#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a frame log (MIXQ_FRAME_LOG of the app) and says how long our own code held the main thread.

Usage: frame-log-report.py LOG [--judge]

Times are processor time of the main thread; the clock's time stands beside it, which on a busy machine holds what other
programs took. With --judge the exit status is 1 where anything of ours took over 16 ms, or the 99th percentile of a
snapshot() over 1 ms. Frames hold the renderer's time and are only shown.
"""
import collections
import sys

OURS_US = 16000
SNAPSHOT_US = 1000


def percentile(values, share):
    return values[min(int(len(values) * share), len(values) - 1)]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    rows = collections.defaultdict(list)
    with open(sys.argv[1], encoding="utf-8") as log:
        next(log)
        for line in log:
            _, kind, name, wall, cpu = line.rstrip("\n").split("\t")
            rows[kind, name].append((int(cpu), int(wall)))
    bad = []
    print(f"{'kind':9} {'name':24} {'count':>6} {'median':>8} {'99 %':>8} {'max':>8} {'max by clock':>13}   (us)")
    for (kind, name), values in sorted(rows.items()):
        cpu = sorted(value[0] for value in values)
        wall = max(value[1] for value in values)
        p99 = percentile(cpu, 0.99)
        print(f"{kind:9} {name:24} {len(cpu):6} {percentile(cpu, 0.5):8} {p99:8} {cpu[-1]:8} {wall:13}")
        if kind != "frame" and cpu[-1] > OURS_US:
            bad.append(f"{kind} {name}: {cpu[-1]} us, more than {OURS_US}")
        if kind == "snapshot" and p99 > SNAPSHOT_US:
            bad.append(f"snapshot {name}: 99 % within {p99} us, more than {SNAPSHOT_US}")
    if not rows:
        bad.append("the log is empty")
    for line in bad:
        print(line, file=sys.stderr)
    if "--judge" in sys.argv and bad:
        sys.exit(1)


main()
