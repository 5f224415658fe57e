#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of shops that the validators do not check. Usage: test-metadata.py SOURCE DESKTOP METAINFO VERSION"""
import configparser
import json
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from tap import Tap

APP = "org.mixq.Studio"
source, desktop_path, metainfo_path = (Path(arg) for arg in sys.argv[1:4])
version = sys.argv[4]
tap = Tap()

parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), strict=True)
parser.optionxform = str
parser.read(desktop_path, encoding="utf-8")
desktop = parser["Desktop Entry"]
tap.check("desktop/icon is the id", desktop["Icon"] == APP, desktop["Icon"])
tap.check("desktop/starts the app", desktop["Exec"].split()[0] == "mixq-studio", desktop["Exec"])
categories = [c for c in desktop["Categories"].split(";") if c]
tap.check("desktop/more than the toolkit as category", set(categories) - {"GTK", "GNOME"}, categories)

root = ET.parse(metainfo_path).getroot()
text = lambda path: (root.findtext(path) or "").strip()
tap.check("metainfo/id", text("id") == APP, text("id"))
tap.check("metainfo/desktop launches it", text("launchable") == f"{APP}.desktop", text("launchable"))
tap.check("metainfo/same name", text("name") == desktop["Name"], text("name"))
tap.check("metainfo/name at most 15 characters", len(text("name")) <= 15, text("name"))
summary = text("summary")
tap.check("metainfo/summary 10 to 35 characters", 10 <= len(summary) <= 35, summary)
tap.check("metainfo/summary without article or full stop", not re.match(r"(A|An|The) ", summary) and summary[-1] != ".")
tap.check("metainfo/age rating", root.find("content_rating[@type='oars-1.1']") is not None)
tap.check("metainfo/colours for light and dark", len(root.findall("branding/color[@type='primary']")) == 2)
releases = root.findall("releases/release")
tap.check("metainfo/newest release is this version", releases and releases[0].get("version") == version, version)
tap.check("metainfo/notes for each release", all(r.find("description") is not None for r in releases))
images = [i.text or "" for i in root.findall("screenshots/screenshot/image")]
tap.check("metainfo/screenshots are not SVG", not any(i.endswith((".svg", ".svgz")) for i in images), images)

schema = ET.parse(source / "data" / f"{APP}.gschema.xml").getroot()
keys = schema.findall("schema/key")
tap.check("schema/id and path", [(s.get("id"), s.get("path")) for s in schema.findall("schema")] == [(APP, "/org/mixq/Studio/")])
tap.check("schema/each key says what it is", keys and all(k.findtext("summary") for k in keys))
numbers = [k.get("name") for k in keys if k.get("type") in ("i", "u", "x", "t", "d") and k.find("range") is None]
tap.check("schema/each number has a range", not numbers, numbers)

icons = source / "data" / "icons" / "hicolor"
for path, side in ((f"scalable/apps/{APP}.svg", 128), (f"symbolic/apps/{APP}-symbolic.svg", 16)):
    svg = ET.parse(icons / path).getroot()
    size = [svg.get(key) for key in ("width", "height", "viewBox")]
    tap.check(f"icon/{path} size", size == [str(side), str(side), f"0 0 {side} {side}"], size)
    if shutil.which("rsvg-convert"):
        drawn = subprocess.run(["rsvg-convert", "-w", "256", icons / path], capture_output=True, check=False)
        tap.check(f"icon/{path} draws", drawn.returncode == 0 and drawn.stdout[:4] == b"\x89PNG", drawn.stderr)
    else:
        tap.skip(f"icon/{path} draws", "no rsvg-convert")

manifest_path = source / "flatpak" / f"{APP}.json"
manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
allowed = {"--share=ipc", "--socket=wayland", "--socket=fallback-x11", "--device=dri"}
tap.check("flatpak/id", manifest.get("app-id", manifest.get("id")) == APP)
tap.check("flatpak/starts the app", manifest["command"] == "mixq-studio")
tap.check("flatpak/no more rights than needed", set(manifest["finish-args"]) == allowed, manifest["finish-args"])
remote = [s for m in manifest["modules"] for s in m["sources"] if "url" in s]
tap.check("flatpak/sources by https", all(s["url"].startswith("https://") for s in remote), remote)
if shutil.which("flatpak-builder"):
    shown = subprocess.run(["flatpak-builder", "--show-manifest", manifest_path], capture_output=True, check=False)
    tap.check("flatpak/manifest parses", shown.returncode == 0 and shown.stdout, shown.stderr)
else:
    tap.skip("flatpak/manifest parses", "no flatpak-builder")
tap.done()
