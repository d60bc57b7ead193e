"""Scenes of what lies there: videos and results replaced, swapped, damaged and copied."""

from __future__ import annotations

import os
import shutil
import subprocess

from .ours import Ours
from .stage import Scene, Stage
from .tools import Setup

OPENCV = Setup(("d1/a", "d1/b", "d2/c", "d2/d"), made="opencv")


def same_size_and_time(stage: Stage) -> None:
    """A video is replaced by one of the same size and time."""
    stage.run()
    stage.put_video("d1/a", same_time=True)
    stage.judge()


def videos_swapped(stage: Stage) -> None:
    """Two videos of one size and time take each other's names."""
    for name in ("d1/a", "d1/b"):
        os.utime(stage.tool.video(name), (stage.old, stage.old))
    stage.run()
    swap(stage, "video")
    stage.judge()


def results_swapped(stage: Stage) -> None:
    """The results of two videos take each other's names."""
    stage.run()
    swap(stage, "results")
    stage.asked("d1/a", "d1/b")
    stage.judge(examined=True)


def swap(stage: Stage, what: str) -> None:
    """Let two videos, or their results, take each other's names."""
    ways = [stage.tool.video] if what == "video" else []
    pairs = [(way("d1/a"), way("d1/b")) for way in ways]
    pairs = pairs or [*zip(stage.tool.results("d1/a"), stage.tool.results("d1/b"), strict=True)]
    for one, other in pairs:
        aside = one.with_name("aside")
        one.rename(aside)
        other.rename(one)
        aside.rename(other)


def old_result_back(stage: Stage) -> None:
    """A video is replaced; between list and run somebody copies the old results back."""
    stage.run()
    kept = stage.folder / "kept"
    kept.mkdir()
    for path in stage.tool.results("d1/a"):
        shutil.copy(path, kept)
    stage.put_video("d1/a")
    stage.tool.list()
    for path in stage.tool.results("d1/a"):
        shutil.copy(kept / path.name, path)
    stage.tool.process()
    stage.judge()


def old_video_by_hand(stage: Stage) -> None:
    """A video is replaced and made; the old one comes back for a job by hand, then the new one again."""
    video, kept = stage.tool.video("d1/a"), stage.folder / "kept"
    kept.mkdir()
    shutil.copy2(video, kept / "old")
    stage.run()
    stage.put_video("d1/a")
    stage.run()
    shutil.copy2(video, kept / "new")
    shutil.copy2(kept / "old", video)
    stage.asked("d1/a")
    stage.tool.again_by_hand("d1/a")
    shutil.copy2(kept / "new", video)
    stage.asked("d1/a")
    stage.judge()


def foreign_result(stage: Stage) -> None:
    """The table of one video is copied over that of another, with its time."""
    stage.run()
    shutil.copy2(stage.tool.results("d1/b")[0], stage.tool.results("d1/a")[0])
    stage.asked("d1/a")
    stage.judge(examined=True)


def rows_cut(stage: Stage) -> None:
    """The last rows of a finished table are cut off."""
    stage.run()
    table = stage.tool.results("d1/a")[0]
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:-5]))
    stage.asked("d1/a")
    stage.judge(examined=True)


def zeros_inside(stage: Stage) -> None:
    """A disk gives back zeros for a piece of a finished table; its size and time are as they were."""
    stage.run()
    table = stage.tool.results("d1/a")[0]
    stamp = table.stat()
    raw = bytearray(table.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 64] = bytes(64)
    table.write_bytes(raw)
    os.utime(table, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    stage.asked("d1/a")
    stage.judge(examined=True)


def opencv(damage: str) -> Scene:
    """Return the scene of a damage to the results of the built-in tracker."""

    def play(stage: Stage) -> None:
        stage.tool.list()
        stage.tool.process()
        stage.remember()
        stage.judge()
        table, info, masked = stage.tool.results("d1/a")
        others = stage.tool.results("d1/b")
        if damage == "rows":
            table.write_text("".join(table.read_text().splitlines(keepends=True)[:-5]))
        elif damage == "header":
            table.write_text(table.read_text().splitlines(keepends=True)[0])
        elif damage == "zeros":
            raw = table.read_bytes()
            table.write_bytes(raw[:200] + bytes(300) + raw[500:])
        elif damage == "masked":
            os.truncate(masked, 1000)
        elif damage == "table of another":
            shutil.copy2(others[0], table)
        else:
            for own, foreign in zip((table, info, masked), others, strict=True):
                shutil.copy2(foreign, own)
        stage.judge(examined=True)

    return Scene(f"built-in tracker: {WORDS[damage]}", play, OPENCV)


WORDS = {
    "rows": "last rows cut off",
    "header": "only the header left",
    "zeros": "zeros in the table",
    "masked": "second video cut off",
    "table of another": "table of another video",
    "all of another": "all results of another",
}


def rows_of_a_day(stage: Stage) -> None:
    """The last rows of a day's table of features are cut off before the days are joined."""
    stage.tool.list()
    stage.tool.process()
    stage.remember()
    stage.tool.summarize()
    before, _ = stage.tool.join()
    table = stage.tool.root / "Results/d2/features_summary.csv"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:-1]))
    after, told = stage.tool.join()
    stage.played = before > 0
    if after < before and not told:
        stage.wrong["lost"].add("rows of d2")


def copied(stage: Stage, *argv: str) -> None:
    """The finished project is copied, and goes on in the copy."""
    stage.run()
    copy = stage.folder / "copy"
    line = " ".join(argv).replace("FROM", str(stage.tool.root)).replace("TO", str(copy))
    subprocess.run(["bash", "-c", f"set -o pipefail; {line}"], check=True)
    shutil.rmtree(stage.tool.root)
    stage.tool = stage.tool.moved(copy)
    stage.judge()


def copied_plainly(stage: Stage) -> None:
    """The finished project is copied by cp -r."""
    copied(stage, "cp -r FROM TO")


def copied_by_tar(stage: Stage) -> None:
    """The finished project is packed and unpacked by tar, in its default form."""
    copied(stage, "mkdir TO && tar cf - -C FROM . | tar xf - -C TO")


def copied_by_rsync(stage: Stage) -> None:
    """The finished project is copied by rsync -r."""
    copied(stage, "rsync -rl FROM/ TO")


def comma(stage: Stage) -> None:
    """The language of the machine writes 1,5."""
    stage.tool.more = stage.comma_locale()
    stage.run()
    stage.run()


def lines_in_a_value(stage: Stage) -> None:
    """A parameter has several lines, one of which is a command of bash."""
    why = stage.tool.list()
    if isinstance(stage.tool, Ours) and "project.yml" in why:
        settings = stage.tool.root / "project.yml"  # refused by name is right: the person mends it
        settings.write_text("name: bench\ntracker: own\ncluster: local\n")
    stage.run()
    if (stage.tool.root / "hacked").exists() or (stage.tool.root / "workspace/hacked").exists():
        stage.wrong["accepted bad"].add("a command")


LINES = "--fast\ntouch hacked #\ny"
SCENES = [
    Scene("a video of the same size and time", same_size_and_time, Setup()),
    Scene("two videos swap names", videos_swapped, Setup()),
    Scene("results of two videos swap names", results_swapped, Setup()),
    Scene("old result put back before the run", old_result_back, Setup()),
    Scene("old video made by hand, new one back", old_video_by_hand, Setup()),
    Scene("table of another video", foreign_result, Setup()),
    Scene("last rows cut off a table", rows_cut, Setup()),
    Scene("zeros in a table, time as before", zeros_inside, Setup()),
    *(opencv(damage) for damage in WORDS),
    Scene("last rows cut off a day, then joined", rows_of_a_day, OPENCV),
    Scene("copied by cp -r", copied_plainly, Setup()),
    Scene("copied by tar", copied_by_tar, Setup()),
    Scene("copied by rsync -r", copied_by_rsync, Setup()),
    Scene("numbers are written 1,5", comma, Setup()),
    Scene("a parameter of several lines", lines_in_a_value, Setup(parameter=LINES)),
]
