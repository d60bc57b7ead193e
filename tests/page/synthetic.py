"""The data of a page of any size, drawn by chance and the same each time, in the form that gather gives it.

python tests/page/synthetic.py 10000 > data.json          the data
python tests/page/synthetic.py 10000 --page > page.html   the page
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "{{cookiecutter.project_slug}}"))

from remote_tracker.measures.track_numbers import COLUMNS, ROWS, TrackNumbers
from remote_tracker.page.assemble import assemble
from remote_tracker.page.column import NUMBER, TEXT, WORD, Meaning, column_of
from remote_tracker.page.gather import FORMAT, find_states
from remote_tracker.page.numbers import number_columns
from remote_tracker.page.spread import spread_by, spread_of
from remote_tracker.page.video_columns import Columns, video_columns
from remote_tracker.pictures.day_name import name_day
from remote_tracker.tables.lab_table import LabTable
from remote_tracker.tables.video_row import VideoRow

A_DAY = 100  # videos
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
HOSTILE = (
    "<img src=x onerror=window.hacked=1>.avi",
    '"></td><script>window.hacked=1</script>.avi',
    "=HYPERLINK(1,2).avi",
    "@SUM(1).avi",
    "\u202eiva.gnp\u202c.avi",
    "very_long_" + "name_" * 40 + ".avi",
    "+1.avi",
    "-2.avi",
    "a b'c$(d)`e`;f#g%h?i&amp;j.avi",
    "naïve mÿ wörm 东 🪱.avi",
    "</textarea></option></select>{{x}}.avi",
    "</script><script>window.hacked=1</script>.avi",
)
WHOLE_NAMES = (2, 3, 4, 6, 7)  # of these the whole name begins as a formula does, or turns the direction
STATES = ("finished",) * 90 + ("failed",) * 4 + ("set aside",) * 2 + ("to do",) * 2 + ("running", "invalid")
REASONS = {
    "failed": "failed (exit code 137): Killed",
    "set aside": "failed 3 times (exit code 1): the background is not even",
    "invalid": "moov atom not found: the video was cut short",
}
GENOTYPES = ["wt", "unc-9", "+/-"]
SETS = {f"{number:08x}": differs for number, differs in enumerate(("", "area_min 30 -> 90", "threshold 20 -> 35"))}


def draw_rows(videos: int, chance: random.Random, hostile: bool = True, days: int = 0) -> list[VideoRow]:
    """Return rows of videos, in so many days, else in days of A_DAY; the first names are hostile.

    The others are called plate12.avi where ``days`` says how many days there are, else they have 60 letters.
    """
    rows = []
    for index in range(videos):
        number = index * days // videos if days else index // A_DAY
        day = f"2026{number // 28 % 12 + 1:02}{number % 28 + 1:02}"
        name = f"plate{index}.avi" if days else "".join(chance.choices(LETTERS, k=51)) + ".avi"
        if hostile and index < len(HOSTILE):
            name = HOSTILE[index]
        is_whole = hostile and index in WHOLE_NAMES
        rows.append(_draw_row(index, day, name if is_whole else f"{day}/{name}", chance))
    return rows


def _draw_row(index: int, day: str, video: str, chance: random.Random) -> VideoRow:
    state, frames = chance.choice(STATES), chance.randint(8000, 90000)
    done = state in ("finished", "failed", "set aside")
    finished = state == "finished"
    return VideoRow(
        day=day,
        video=video,
        state=state,
        reason=REASONS.get(state, ""),
        fps=25.0,
        frames=frames if done else None,
        tracked=frames - chance.randint(0, 500) if finished else None,
        animals=chance.randint(1, 12) if finished else None,
        tracker="opencv",
        version="5.0.0" if index % 7 else "4.12.0",
        parameters=chance.choice([*SETS]) if done else "",
        batch=f"{index // 1000 + 1:04}" if done else "",
        task=index % 1000 + 1,
        node=f"gpu-{chance.randint(1, 40):03}" if done else "",
        seconds=int(frames / chance.uniform(20, 90)) if done else None,
        proven="2026-11-30T03:00:00+0000" if finished else "",
        sha256_result=f"{chance.getrandbits(256):064x}" if finished else "",
        width=1920,
        height=1080,
    )


def draw_numbers(row: VideoRow, chance: random.Random) -> TrackNumbers | None:
    """Return numbers of a finished video's tracks."""
    if row.state != "finished":
        return None
    heat = [0] * (ROWS * COLUMNS)
    frames = row.tracked or 0
    return TrackNumbers(
        animals=row.animals or 0,
        frames_seen=frames,
        first=0,
        last=frames,
        missing=chance.random() / 5,
        jumps=int(chance.expovariate(1 / 3)),
        touches=int(chance.expovariate(1 / 200)),
        steps=frames,
        confidence=chance.uniform(0.5, 1),
        size=chance.gauss(220, 20),
        unit="px",
        distance=chance.uniform(1e3, 1e5),
        heat=heat,
        extent=(0, 0, 1920, 1080),
    )


def draw_plates(videos: int = 120, days: int = 6) -> dict[str, Any]:
    """Return the data of a page of a few days of videos, which are called plate12.avi but for hostile names."""
    return draw_data(videos, days=days)


def draw_data(videos: int, seed: int = 1, hostile: bool = True, days: int = 0) -> dict[str, Any]:
    """Return the data of a page of so many videos, with everything in it; names and ``days`` as draw_rows has them."""
    chance = random.Random(seed)
    rows = draw_rows(videos, chance, hostile, days)
    numbers = [draw_numbers(row, chance) for row in rows]
    lab = _draw_lab(rows, chance)
    names = sorted({row.day for row in rows})
    states = find_states(rows)
    counts = {day: Counter(row.state for row in rows if row.day == day) for day in names}
    out = [row.video for row, one in zip(rows, numbers, strict=True) if one and one.jumps > 14]
    reasons = {video: ["14 jumps, the median video of its day has 2"] for video in out}
    early = [column_of(Meaning("stands_out", TEXT), ["; ".join(reasons.get(row.video, ())) for row in rows])]
    early += _draw_words(rows, chance)
    memory = [column_of(Meaning("memory", NUMBER, "MB"), [row.seconds and chance.randint(300, 2000) for row in rows])]
    return {
        "format": FORMAT,
        "project": {
            "name": "worms <b>of</b> spring",
            "tracker": "opencv",
            "version": "0.1.0",
            "cluster": "local",
            "made_at": "2026-11-30T03:00:00+00:00",
            "counts": "videos",
            "unit": "video",
        },
        "states": states,
        "days": [
            {"day": day, "counts": [counts[day][s] for s in states], "file": f"report/{name_day(day)}.html"}
            for day in names
        ],
        "needs": [
            {"text": "3 videos: the background is not even", "command": "./rt retry --cause 'the background'"},
            {"text": "7 results changed since they were made; their checks hold", "command": "./rt accept --changed"},
        ],
        "next": ["./rt status --failures"],
        "rate": "48 videos an hour, done about 17:40",
        "failures": _failures(rows),
        "columns": video_columns(rows, Columns(SETS, lab, early, memory, number_columns(numbers))),
        "parameters": [{"digest": d, "videos": 9, "differs": differs} for d, differs in SETS.items()],
        "features": [_feature(f"feature_of_a_body_part_{n}", names, chance) for n in range(40)],
        "features_left": [f"feature_that_is_named_{n}" for n in range(3000)],
        "animals": spread_by((row.day, row.animals) for row in rows),
        "stands_out": [{"video": video, "reasons": told} for video, told in reasons.items()],
        "heat": [_heat(day, chance) for day in names],
        "machine": {
            "usage": ["track, batch 0001: 1000 tasks ended; time 500 s (median), 900 s (longest)"],
            "waits": [{"batch": f"track {n:04}", "jobs": 9, "median_s": 30, "longest_s": 400} for n in range(1, 11)],
            "slow": [
                {
                    "video": row.video,
                    "node": row.node,
                    "fps": 10.5,
                    "median_fps": 50.1,
                    "batch": row.batch,
                    "resolution": "1920 x 1080",
                }
                for row in rows[::500]
            ],
            "nodes": [{"node": f"gpu-{n:03}", "videos": 250, "median_fps": 51.5, "slow": n % 3} for n in range(1, 41)],
        },
        "methods": {"text": "Animals were tracked with OpenCV 5.0.0.", "bibtex": "@misc{x,}", "left_out": ["2 failed"]},
        "sprites": {names[0]: _sprite(names[0], videos)} if names else {},
        "day_files": {day: f"report/{name_day(day)}" for day in names},
        "notes": ["No memory of tasks: no scheduler was asked."],
    }


def _draw_words(rows: list[VideoRow], chance: random.Random) -> list[dict[str, Any]]:
    """Return the columns of the lab's words: on every fourth finished video, some about a result of before."""
    words = [chance.choice(["", "", "", "good", "bad"]) if row.state == "finished" else "" for row in rows]
    lapsed = [f"{at:064x}" if word and at % 13 == 0 else "" for at, word in enumerate(words)]
    told = {"word": words, "word_lapsed": ["yes" if one else "" for one in lapsed]}
    results = {"result": [row.sha256_result for row in rows], "word_about": lapsed}
    return [
        *(column_of(Meaning(name, WORD), cells) for name, cells in told.items()),
        *(column_of(Meaning(name, TEXT), cells) for name, cells in results.items()),
    ]


def _sprite(day: str, videos: int) -> dict[str, Any]:
    cells = {str(at): at for at in range(min(8, videos))}
    return {"file": f"report/{day}.thumbs.png", "width": 64, "height": 48, "columns": 4, "cells": cells}


def _draw_lab(rows: list[VideoRow], chance: random.Random) -> LabTable:
    cells = {r.video: (chance.choice(GENOTYPES), chance.choice(["0", "0.5", "5"]), "") for r in rows}
    return LabTable("video", ("genotype", "dose", "remark of the lab"), cells)


def _failures(rows: list[VideoRow]) -> list[dict[str, Any]]:
    found = []
    for state, title in REASONS.items():
        names = [row.video for row in rows if row.state == state]
        if not names:
            continue
        told = {"stage": "track", "title": title, "count": len(names), "node": "gpu-007", "names": names}
        first = ["rsync -t FROM/ RawVideos/"] if state == "set aside" else []
        found.append({**told, "advice": "Ask for more.", "first": first, "command": "./rt retry --more-memory 2x"})
    return found


def _feature(name: str, days: list[str], chance: random.Random) -> dict[str, Any]:
    def groups(names: list[str]) -> list[dict[str, Any]]:
        return [{"group": g, "n": 50, **spread_of([chance.gauss(5, 1) for _ in range(50)])} for g in names]

    by = {"day": groups(days), "genotype": groups(GENOTYPES), "dose": groups(["0", "0.5", "5"])}
    return {"name": name, "unit": "px", "meaning": "what it tells", "by": by}


def _heat(day: str, chance: random.Random) -> dict[str, Any]:
    counts = [int(chance.expovariate(1 / 2000)) for _ in range(ROWS * COLUMNS)]
    box = {"rows": ROWS, "columns": COLUMNS, "width": 1920, "height": 1080}
    return {"day": day, "videos": A_DAY, "left_out": 0, "counts": counts, **box, "unit": "px"}


if __name__ == "__main__":
    drawn = draw_data(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    print(assemble(drawn) if "--page" in sys.argv else json.dumps(drawn))
