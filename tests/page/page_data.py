"""The data of a page, drawn: what ./rt report would write of a project with hostile names, or of 10,000 videos."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from remote_tracker.page.assemble import assemble, pack

STATES = ["finished", "running", "queued", "to do", "failed", "invalid"]
CHANCES = [80, 4, 4, 6, 4, 2]
HOSTILE = [
    "<img src=x onerror=window.hacked=1>.avi",
    '"></td><script>window.hacked=1</script>.avi',
    "=HYPERLINK(1,2).avi",
    "@SUM(1).avi",
    "\u202eiva.gnp\u202c.avi",
    "very_long_" + "name_" * 40 + ".avi",
    "sixty_" + "x" * 50 + ".avi",
    "a b'c$(d)`e`;f#g%h?i.avi",
    "mÿ wörm 🪱.avi",
    "</textarea></option></select>{{x}}.avi",
]
FEATURES = ["speed", "path_length", "area", "curvature"]


def spread(group: str, draw: random.Random, middle: float, n: int) -> dict[str, Any]:
    """Return a distribution around a number."""
    values = sorted(draw.gauss(middle, middle / 5) for _ in range(5))
    return {"group": group, "n": n, **dict(zip(("low", "q1", "median", "q3", "high"), values, strict=True))}


def column(name: str, values: Sequence[Any], kind: str = "number", unit: str = "", **more: Any) -> dict[str, Any]:
    """Return a column of the table of videos."""
    told = {"name": name, "title": name.replace("_", " "), "kind": kind, "unit": unit, "meaning": f"the {name}", **more}
    if kind != "word":
        return {**told, "values": list(values)}
    words = list(dict.fromkeys(values))
    return {**told, "words": words, "at": [words.index(value) for value in values]}


def make_columns(names: Sequence[str], days: Sequence[str], draw: random.Random) -> list[dict[str, Any]]:
    """Return the columns of the table of videos."""
    states = draw.choices(STATES, CHANCES, k=len(names))
    done = [state == "finished" for state in states]

    def number(low: float, high: float) -> list[float | None]:
        return [round(draw.uniform(low, high), 3) if told else None for told in done]

    frames = [draw.randrange(900, 9000) if told else None for told in done]
    odd = ["12 jumps, the median video of its day has 0" if told and draw.random() < 0.03 else "" for told in done]
    reasons = {"failed": "no animals were found", "invalid": "it is empty"}
    return [
        column("video", names, "text"),
        column("day", days, "word"),
        column("state", states, "word"),
        column("reason", [reasons.get(state, "") for state in states], "text"),
        column("word", ["good" if draw.random() < 0.02 else "" for _ in names], "word"),
        column("stands_out", odd, "text"),
        column("made_with", ["area_min 30 -> 90" if draw.random() < 0.1 else "" for _ in names], "word"),
        column("frames", frames),
        column("frames_tracked", [None if f is None else f - draw.randrange(90) for f in frames]),
        column("animals", [draw.randrange(1, 9) if told else None for told in done]),
        column("fps_reached", number(20, 90), unit="1/s"),
        column("seconds", [draw.randrange(20, 900) if told else None for told in done], unit="s"),
        column("memory", number(0.3, 4), unit="GiB"),
        column("node", [f"node{draw.randrange(1, 9):02d}" if told else "" for told in done], "word"),
        column("tracker", ["opencv"] * len(names), "word"),
        column("version", ["4.10.0" if told else "" for told in done], "word"),
        column("genotype", [draw.choice(["wt", "unc-9", "+/-"]) for _ in names], "word", lab=True),
        column("dose", [draw.choice([0, 2.5, 10]) for _ in names], lab=True, unit="mg"),
        column("missing", number(0, 0.2)),
        column("jumps", [draw.randrange(5) if told else None for told in done]),
        column("touches", [draw.randrange(50) if told else None for told in done]),
        column("distance", number(500, 9000), unit="px"),
        column("result", [f"{draw.getrandbits(256):064x}" if told else "" for told in done], "text"),
    ]


def make_heat(day: str, draw: random.Random) -> dict[str, Any]:
    """Return where animals were on a day."""
    rows, columns = 18, 24
    middle = draw.uniform(5, 18), draw.uniform(4, 13)
    near = [((at % columns) - middle[0]) ** 2 + ((at // columns) - middle[1]) ** 2 for at in range(rows * columns)]
    counts = [int(4000 / (3 + distance) * draw.uniform(0.5, 1)) for distance in near]
    return {"day": day, "rows": rows, "columns": columns, "counts": counts, "width": 640, "height": 480}


def make_failures(names: Sequence[str], states: Sequence[str]) -> list[dict[str, Any]]:
    """Return two causes, with the names of what failed and of what is invalid."""
    failed = [name for name, state in zip(names, states, strict=True) if state == "failed"]
    broken = [name for name, state in zip(names, states, strict=True) if state == "invalid"]
    advice = "Nothing moved, or area_min is too large: look at one with ./rt preview."
    causes = [
        ("track", "no animals were found", "", advice, "./rt redo --failed", failed),
        ("track", "it is empty", "node03", "Copy the video again.", "", broken),
    ]
    keys = ("stage", "title", "node", "advice", "command", "names")
    told = (dict(zip(keys, cause, strict=True)) for cause in causes if cause[-1])
    return [{**cause, "count": len(cause["names"])} for cause in told]


def make_data(count: int = 120, days: int = 6, seed: int = 1) -> dict[str, Any]:
    """Return the data of a page with this many videos, the first of them with hostile names."""
    draw = random.Random(seed)
    all_days = [
        f"202601{day + 1:02d}" if day < 31 else f"2026{day // 31 + 1:02d}{day % 31 + 1:02d}" for day in range(days)
    ]
    of_day = [all_days[at * days // count] for at in range(count)]
    ends = [*HOSTILE[:count], *(f"plate{at}.avi" for at in range(len(HOSTILE), count))]
    # Three of the hostile names begin the whole name, too: a formula, an address, a mark that turns the direction.
    names = [end if at in (2, 3, 4) else f"{day}/{end}" for at, (day, end) in enumerate(zip(of_day, ends, strict=True))]
    columns = make_columns(names, of_day, draw)
    states = [STATES[STATES.index(columns[2]["words"][at])] for at in columns[2]["at"]]
    counts = {day: [0] * len(STATES) for day in all_days}
    for day, state in zip(of_day, states, strict=True):
        counts[day][STATES.index(state)] += 1
    odd = [(name, told) for name, told in zip(names, columns[5]["values"], strict=True) if told]
    by_day = {name: [spread(day, draw, 10 + at, 40) for day in all_days] for at, name in enumerate(FEATURES)}
    by_lab = [spread(group, draw, 12, 40) for group in ("wt", "unc-9", "+/-")]
    return {
        "format": 1,
        "project": {
            "name": "worms <b>of</b> spring",
            "tracker": "opencv",
            "version": "4.10.0",
            "cluster": "slurm",
            "made_at": "2026-01-20T14:05:00+01:00",
            "counts": "videos",
            "unit": "video",
        },
        "states": STATES,
        "days": [{"day": day, "counts": counts[day], "file": f"report/{day}.html"} for day in all_days],
        "needs": [{"text": "5 videos failed: no animals were found", "command": "./rt failures"}],
        "next": ["./rt run"],
        "rate": "48 videos an hour, done about 17:40",
        "failures": make_failures(names, states),
        "columns": columns,
        "parameters": [
            {"digest": "ab" * 32, "videos": count - 12, "differs": ""},
            {"digest": "cd" * 32, "videos": 12, "differs": "area_min 30 -> 90"},
        ],
        "features": [
            {
                "name": n,
                "unit": "mm/s",
                "meaning": f"the {n} of an animal",
                "by": {"day": by_day[n], "genotype": by_lab},
            }
            for n in FEATURES
        ],
        "features_left": ["speed_10th", "speed_90th"],
        "animals": [spread(day, draw, 4, 20) for day in all_days],
        "stands_out": [{"video": name, "reasons": [told]} for name, told in odd],
        "heat": [make_heat(day, draw) for day in all_days],
        "machine": {
            "usage": ["batch  asked  used", "0001   4 GiB  1.2 GiB (30 %)"],
            "waits": [{"batch": "0001", "median_s": 240, "longest_s": 8100}],
            "slow": [
                {
                    "video": names[at],
                    "node": "node03",
                    "fps": 9.2,
                    "median_fps": 41.5,
                    "batch": "0001",
                    "resolution": "640x480",
                }
                for at in range(3)
            ],
            "nodes": [{"node": f"node{at:02d}", "videos": 12, "median_fps": 40.25 - at} for at in range(1, 6)],
        },
        "methods": {
            "text": "Videos were tracked with OpenCV 4.10.0.\n\nOf 120 videos 5 were left out.",
            "bibtex": "@article{bradski2000,\n  title = {The OpenCV Library}\n}",
            "left_out": ["5 videos failed: no animals were found"],
        },
        "sprites": {
            all_days[0]: {
                "file": f"report/{all_days[0]}.thumbs.png",
                "width": 64,
                "height": 48,
                "columns": 4,
                "cells": {str(at): at for at in range(8)},
            }
        },
        "day_files": {day: f"report/{day}" for day in all_days},
        "notes": ["No numbers from tracks: numpy is not installed: pip install numpy"],
    }


def png(width: int, height: int, shade: int = 120) -> bytes:
    """Return a picture as PNG: grey steps from left to right."""
    line = b"\0" + bytes((shade + at * 100 // width) % 256 for at in range(width))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(line * height)) + chunk(b"IEND", b"")
    )


def write_page(folder: Path, data: dict[str, Any], alone: bool = False) -> Path:
    """Write the page, and what lies beside it unless it is alone; returns the page's path."""
    page = folder / "report.html"
    page.write_text(assemble(data), encoding="utf-8")
    if not alone:
        write_beside(folder, data)
    return page


def write_beside(folder: Path, data: dict[str, Any]) -> None:
    """Write the stories and logs of each day, a sprite, and the pictures of the first videos."""
    names, days = data["columns"][0]["values"], data["columns"][1]
    (folder / "report").mkdir()
    for at, day in enumerate(days["words"]):
        own = [name for name, of in zip(names, days["at"], strict=True) if of == at]
        told = {
            "stories": {n: f"{n}\n  first seen\n  finished" for n in own},
            "logs": {n: f"log of {n}\n<b>end</b>" for n in own},
        }
        text = f'window.remoteTracker.day("{day}", "{pack(told)}");\n'
        (folder / f"report/{day}.js").write_text(text, encoding="utf-8")
    for sprite in data["sprites"].values():
        (folder / sprite["file"]).write_bytes(png(sprite["width"] * sprite["columns"], sprite["height"] * 2))
    for name in names[:8]:
        picture = folder / "report/pictures" / f"{name}.png"
        if len(picture.name.encode()) < 256:
            picture.parent.mkdir(parents=True, exist_ok=True)
            picture.write_bytes(png(640, 480))
