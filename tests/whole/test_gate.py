"""What is not whole is not started: by a project's own scripts, on real videos and real copies in progress."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from lab import LONG_AGO, Lab, own_package, wait_for
from remote_tracker.config import load_project
from remote_tracker.model import State
from remote_tracker.report.situation import examine_odd, situation_of
from remote_tracker.report.standing import Did
from remote_tracker.report.status import status_text
from remote_tracker.survey import judged
from remote_tracker.tables.read_videos import read_videos

READY: dict[str, Any] = {"ready": [{"video": "video"}]}
FRAMES: dict[str, Any] = {"ready": [{"video": "video", "frames": True}]}
CUT = "RIFF\x7f\0\0\0AVI "
REASON = "is cut short: it has 12 bytes, its header promises 135; copied only in part? Copy it again"


def reader(lab: Lab) -> None:
    """Let the tracker's environment have the Python with OpenCV."""
    pytest.importorskip("cv2")
    lab.activate(f'PATH="{Path(sys.executable).parent}:$PATH"\n')


def draw(path: Path, frames: int = 30) -> bytes:
    """Write a real AVI; return what it holds."""
    cv2, np = pytest.importorskip("cv2"), pytest.importorskip("numpy")
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48))
    for frame in range(frames):
        writer.write(np.random.default_rng(frame).integers(0, 255, (48, 64, 3), dtype=np.uint8))
    writer.release()
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path.read_bytes()


def draw_short(lab: Lab, name: str) -> None:
    """Write an AVI of full length whose last third was never written."""
    path = lab.root / "RawVideos" / name
    whole = draw(path)
    path.write_bytes(whole[: len(whole) * 2 // 3].ljust(len(whole), b"\xff"))
    os.utime(path, (LONG_AGO, LONG_AGO))


def odd(lab: Lab, *words: str) -> dict[str, tuple[str, str]]:
    """Scan; return state and reason of each odd one out."""
    return {one["name"]: (one["state"], one["reason"]) for one in lab.look(*words)["odd"]}


def test_a_cut_video_is_told_everywhere(lab: Lab) -> None:
    """Scan, status and why say that it is invalid and why; nothing was started for it."""
    lab.tracker(**READY)
    lab.video("d1/cut.avi", CUT)
    lab.video("d1/fine.avi", "RIFF\4\0\0\0AVI ")
    scan = lab.scan().out
    assert f"\nInvalid: d1/cut.avi: {REASON}.\n" in scan
    assert "\n1\tTotal files to be processed.\n" in scan
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 1, "invalid": 1}
    assert f"  d1/cut.avi: {REASON}\n" in lab.rt("status").out
    why = lab.rt("why", "cut.avi").out
    assert f"d1/cut.avi (copy): invalid: {REASON}" in why
    assert f"    FAILS  video: video  -> cut.avi: {REASON}" in why
    assert "    no batch yet" in why
    assert "  must show before it starts\n    holds  video: video\n" in lab.rt("why", "fine.avi").out
    (told,) = json.loads(lab.rt("why", "cut.avi", "--json").out)
    assert told["ready"] == [{"check": "video: video", "fails": f"cut.avi: {REASON}"}]


def test_the_table_of_videos_says_what_a_scan_says(lab: Lab) -> None:
    """A damaged video that came since the last scan is invalid in the table and on the page, as the scan calls it."""
    lab.tracker(**READY)
    lab.video("d1/fine.avi", "RIFF\4\0\0\0AVI ")
    lab.go()
    lab.video("d1/cut.avi", CUT)
    rows = {row.video: (row.state, row.reason) for row in read_videos(load_project(lab.root))}
    assert rows == {"d1/cut.avi": ("invalid", REASON), "d1/fine.avi": ("finished", "")}
    page = json.loads(lab.rt("report", "--json").out)
    assert (page["states"], page["days"][0]["counts"]) == (["finished", "to do", "invalid"], [1, 0, 1])
    assert odd(lab) == {"d1/cut.avi": ("invalid", REASON)}


def test_status_says_what_a_scan_would_say(lab: Lab) -> None:
    """A damaged video and a copy under way that came since the last scan are no videos to do; nothing is listed."""
    lab.tracker(**READY)
    lab.video("d1/fine.avi", "RIFF\4\0\0\0AVI ")
    lab.go()
    lab.video("d1/cut.avi", CUT)
    lab.video("d1/next.avi", "RIFF\4\0\0\0AVI ")
    os.utime(lab.video("d1/coming.avi", CUT))
    status = lab.rt("status").out
    assert f"\n  d1/cut.avi: {REASON}\n" in status
    assert re.search(r"\n  all +1 +1 +1 +1\n", status), status
    (told,) = json.loads(lab.rt("status", "--json").out)["stages"]
    assert told["counts"] == {"finished": 1, "invalid": 1, "unprocessed": 1, "not ready": 1}
    assert "not_looked_into" not in told
    assert REASON in lab.rt("status", "--failures").out
    assert lab.batches() == ["0001"]


def test_of_many_new_videos_status_looks_into_some(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many new videos a status looks into some, says of how many it does not, and the next into others."""
    monkeypatch.setattr(judged, "MOST_JUDGED", 2)
    lab.tracker(**READY)
    for number in range(4):
        lab.video(f"d1/cut{number}.avi", CUT)
    project = load_project(lab.root)

    def look() -> tuple[int, int]:
        ((survey, seen),) = examine_odd(project)
        return sum(one.decision.state is State.INVALID for one in seen), survey.unlooked

    assert look() == (2, 2)
    assert look() == (4, 0)
    lab.video("d1/cut5.avi", CUT)
    ((survey, seen),) = examine_odd(project)
    survey.unlooked = 3
    told = status_text(project, [(survey, seen)], situation_of(project, Did.LOOKED, "workspace", []))
    assert "\n3 of what is to do were not looked into here: a scan looks into what it lists.\n" in told


def test_copied_again_it_is_processed(lab: Lab) -> None:
    """What was refused is asked again as soon as it is another file."""
    lab.tracker(**READY)
    lab.video("d1/a.avi", CUT)
    assert lab.counts() == {"invalid": 1}
    lab.video("d1/a.avi", "RIFF\4\0\0\0AVI ")
    assert lab.go().code == 0
    assert lab.counts() == {"finished": 1}


def test_the_job_asks_again(lab: Lab) -> None:
    """A video that was spoilt after it was listed ends its task at once, with the reason; the command does not run."""
    lab.tracker(**READY)
    lab.video("d1/a.avi", "RIFF\4\0\0\0AVI ")
    lab.scan()
    lab.video("d1/a.avi", CUT, age=9)
    assert lab.process().code == 1
    log = lab.log(1, 1)
    assert " exit=66 " in log
    assert f" result=failed cause=input-refused why=the input cannot be started with: a.avi: {REASON}\n" in log
    assert lab.results() == []
    assert lab.counts() == {"set aside": 1}
    lab.video("d1/a.avi", "RIFF\4\0\0\0AVI ", age=11)
    assert lab.counts() == {"unprocessed": 1}


def test_a_job_does_not_start_on_what_is_being_copied(lab: Lab) -> None:
    """A video that is being copied over when its task starts is no input yet; afterwards it is done."""
    lab.tracker(**READY)
    lab.video("d1/a.avi", "RIFF\4\0\0\0AVI ")
    lab.scan()
    os.utime(lab.video("d1/a.avi", CUT))
    assert lab.process().code == 1
    log = lab.log(1, 1)
    assert " cause=input-not-ready why=the input cannot be started with: not ready: a.avi: is cut short" in log
    lab.video("d1/a.avi", "RIFF\4\0\0\0AVI ")
    assert lab.go().code == 0
    assert lab.counts() == {"finished": 1}


def test_without_clauses_a_job_asks_nothing(lab: Lab) -> None:
    """A tracker without ready takes any input, and its batches have no file of clauses."""
    lab.video("d1/a.avi", CUT)
    assert lab.go().code == 0
    assert not (lab.batch(1) / "ready.json").exists()
    assert "ready=''" in lab.shared(1)


def test_activate_may_set_what_it_likes(lab: Lab) -> None:
    """A variable of activate.sh that is called as one of ours changes nothing."""
    lab.tracker(**READY)
    lab.activate("ready=''\nfault=x\ncode=7\n")
    lab.video("d1/a.avi", "RIFF\4\0\0\0AVI ")
    lab.scan()
    lab.video("d1/a.avi", CUT)
    assert lab.process().code == 1
    assert "exit=66" in lab.log(1, 1)


def test_frames_are_counted_in_the_job(lab: Lab) -> None:
    """With frames: true a video that claims more than can be read ends its task before the command; no scan counts."""
    lab.tracker(**FRAMES)
    reader(lab)
    draw_short(lab, "d1/short.avi")
    draw(lab.root / "RawVideos/d1/whole.avi")
    assert lab.counts() == {"unprocessed": 2}
    assert lab.process().code == 1
    log = lab.log(1, 1)
    assert "exit=66" in log
    assert "the input cannot be started with: short.avi: claims 30 frames, " in log
    assert lab.results() == ["d1/whole.txt"]


def test_frames_that_nothing_can_count(lab: Lab) -> None:
    """Where the tracker's environment has no reader, the task says so, and what to install: no fault of the video's."""
    lab.tracker(**FRAMES)
    (lab.root / "bin").mkdir()
    for name, code in (("python", 3), ("ffprobe", 127)):
        (lab.root / "bin" / name).write_text(f"#!/bin/bash\nexit {code}\n")
        (lab.root / "bin" / name).chmod(0o755)
    lab.activate(f'PATH="{lab.root}/bin:$PATH"\n')
    lab.video("d1/a.avi", "RIFF\4\0\0\0AVI ")
    assert lab.go().code == 1
    log = lab.log(1, 1)
    assert "exit=70" in log
    assert "Nothing here can count the frames of a video. Install opencv-python-headless in the tracker's" in log


def test_deep(lab: Lab) -> None:
    """--deep reads every frame of what is to be listed, says on stderr how far it is, and is believed from then on."""
    lab.tracker(**READY)
    pytest.importorskip("cv2")
    draw_short(lab, "d1/short.avi")
    draw(lab.root / "RawVideos/d1/whole.avi")
    assert lab.counts() == {"unprocessed": 2}
    ran = lab.scan("--deep")
    assert ran.err == "2 of 2 read\n"
    assert "\nInvalid: d1/short.avi: claims 30 frames, " in ran.out
    assert "\n1\tTotal files to be processed.\n" in ran.out
    assert lab.counts() == {"unprocessed": 1, "invalid": 1}
    again = lab.scan("--deep", "--json")
    assert again.err == "1 of 1 read\n"
    assert json.loads(again.out)["counts"]["invalid"] == 1
    assert lab.rt("scan", "--deep", "--all").code == 0


def test_deep_shows_a_bar_on_a_terminal(lab: Lab) -> None:
    """A person at a terminal sees a bar, which is gone afterwards; what the scan prints stays clean."""
    lab.tracker(**READY)
    pytest.importorskip("cv2")
    draw(lab.root / "RawVideos/d1/whole.avi")
    ours, theirs = pty.openpty()
    argv = ["bash", "get_files2process.sh", "--deep"]
    environment = lab.environment(TERM="xterm")
    done = subprocess.run(argv, cwd=lab.workspace, env=environment, stdout=subprocess.PIPE, stderr=theirs, timeout=60)
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "reading every frame" in shown
    assert b"reading" not in done.stdout
    assert b"\n1\tTotal files to be processed.\n" in done.stdout


def test_deep_without_a_reader(lab: Lab) -> None:
    """Where the Python of ./rt cannot read videos, the scan says so once, and lists what it would have listed."""
    lab.tracker(**READY)
    lab.video("d1/a.avi", "RIFF\4\0\0\0AVI ")
    lab.video("d1/b.avi", "RIFF\4\0\0\0AVI ")
    for name in ("cv2", "av", "imageio", "imageio_ffmpeg"):
        (lab.root / "broken").mkdir(exist_ok=True)
        (lab.root / "broken" / f"{name}.py").write_text("raise ImportError('libGL.so.1 is missing')\n")
    shim = lab.root / "broken" / "python"
    shim.write_text(f'#!/bin/bash\nPYTHONPATH="{lab.root}/broken:$PYTHONPATH" exec "{sys.executable}" "$@"\n')
    shim.chmod(0o755)
    site = "import sys\nsys.executable = " + repr(str(shim)) + "\n"
    first = own_package(lab.root) / "__init__.py"
    first.write_text(first.read_text() + site)
    (lab.root / "without").mkdir()
    (lab.root / "without/ffprobe").write_text("#!/bin/bash\nexit 127\n")
    (lab.root / "without/ffprobe").chmod(0o755)
    out = lab.scan("--deep", PATH=f"{lab.root}/without:{os.environ['PATH']}").out
    assert out.count("Whether all frames can be read was not looked at: Nothing here can count the frames") == 1
    assert "\n2\tTotal files to be processed.\n" in out


def size(path: Path) -> int:
    """Return how large a file is, 0 where it went away just now."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def start_rsync(lab: Lab, name: str, *options: str) -> subprocess.Popen[bytes]:
    """Start a slow copy of a video into RawVideos, as large as it takes to be seen; return it once it is under way."""
    if not shutil.which("rsync"):
        pytest.skip("rsync is not installed")
    source = lab.root / "camera" / name
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(b"RIFF\xf8\xff\x3f\0AVI ".ljust(1 << 22, b"x"))
    os.utime(source, (LONG_AGO, LONG_AGO))
    target = lab.root / "RawVideos/d1"
    target.mkdir(exist_ok=True, parents=True)
    before = {path: path.stat().st_size for path in target.rglob("*")}
    rsync = lab.start("/usr/bin/rsync", "-a", "--bwlimit=200", *options, f"{lab.root}/camera/", f"{target}/", folder="")
    wait_for(lambda: any(size(p) not in (0, before.get(p)) for p in target.rglob(f"*{name}*")), "the copy has begun")
    return rsync


@pytest.mark.parametrize("options", [(), ("--partial",), ("--delay-updates",), ("--partial-dir=.rsync-partial",)])
@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.drawn(3)
def test_rsync_at_work(lab: Lab, options: tuple[str, ...], exists: bool) -> None:
    """While a real rsync copies a video, new or over an old one, it is there and not ready; it is not listed."""
    lab.video("d1/other.avi")
    if exists:
        lab.video("d1/plate 7.avi", "an old one")
    rsync = start_rsync(lab, "plate 7.avi", *options)
    assert odd(lab)["d1/plate 7.avi"][0] == "not ready"
    assert odd(lab)["d1/plate 7.avi"][1].startswith("being copied: .plate 7.avi.")
    assert "1\tNot ready: still being copied (look again in 2 min)." in lab.scan().out
    assert (lab.batch(lab.batches()[-1]) / "names.txt").read_text() == "d1/other.avi\n"
    assert "NOT finished: 1 not ready" in (lab.process() and lab.scan().out)
    rsync.kill()


@pytest.mark.parametrize("option", ["--delay-updates", "--partial-dir=.rsync-partial"])
def test_rsync_broken_off(lab: Lab, option: str) -> None:
    """What a copy that was broken off leaves in rsync's folders is named; after a day it says what to do."""
    rsync = start_rsync(lab, "plate7.avi", option)
    rsync.terminate()
    rsync.wait()
    folder = ".~tmp~" if option == "--delay-updates" else ".rsync-partial"
    left = lab.root / "RawVideos/d1" / folder / "plate7.avi"
    wait_for(left.exists, "its other process has tidied up")
    assert odd(lab) == {"d1/plate7.avi": ("not ready", f"being copied: {folder}/plate7.avi")}
    yesterday = time.time() - 90_000
    os.utime(left, (yesterday, yesterday))
    out = lab.scan().out
    assert "1\tNot ready: being copied, or a copy was broken off." in out
    assert f"Not ready: d1/plate7.avi: a copy of it was broken off ({folder}/plate7.avi, " in out


def test_rsync_that_ended_well(lab: Lab) -> None:
    """Behind a copy that was killed and then repeated, the video is listed, whatever temporary file was left."""
    lab.video("d1/.plate7.avi.Ab3dE9", "half")
    rsync = start_rsync(lab, "plate7.avi", "--bwlimit=0")
    assert rsync.wait() == 0
    assert (lab.root / "RawVideos/d1/.plate7.avi.Ab3dE9").exists()
    assert lab.counts() == {"unprocessed": 1}


def test_rsync_of_a_whole_experiment(lab: Lab) -> None:
    """A folder that is one input is not ready while a file is copied into it, however deep."""
    lab.tracker(
        input={"experiment": "RawVideos/{exp}/"},
        output={"copy": "Results/{exp}.txt"},
        command="ls {{ input.experiment }} > {{ output.copy }}",
    )
    lab.video("d1/settings.json")
    rsync = start_rsync(lab, "movie.avi")
    state, reason = odd(lab)["d1"]
    assert state == "not ready"
    assert reason.startswith("being copied: .movie.avi.")
    rsync.kill()


def test_failures_by_cause(lab: Lab) -> None:
    """What was refused by a scan and what was refused by its task have one cause, and one advice."""
    lab.tracker(**FRAMES)
    reader(lab)
    draw_short(lab, "d1/short.avi")
    lab.video("d1/cut.avi", CUT)
    lab.go()
    text = lab.rt("status", "--failures").out
    assert "2 x the video cannot be read\n    d1/cut.avi: invalid: is cut short" in text
    said = "the input cannot be started with: claims 30 frames"
    assert f"    d1/short.avi: set aside: failed (exit code 66): {said}" in text
    assert "  Copy it again, or take it out of RawVideos; no second try will help." in text
