"""Where things lie: links, other disks, moved and copied projects, what cannot be read, what is full."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest
from lab import LIST_DAY, Lab, own_package
from remote_tracker.config import load_project
from remote_tracker.survey import survey_stage


def test_raw_videos_is_a_link(lab: Lab, tmp_path: Path) -> None:
    """RawVideos may be a link: nobody copies 20 TB."""
    lab.videos(2)
    shutil.move(lab.root / "RawVideos", tmp_path / "archive")
    (lab.root / "RawVideos").symlink_to(tmp_path / "archive")
    assert lab.go().code == 0
    assert lab.counts() == {"finished": 2}


@pytest.mark.parametrize("name", ["archive", "my videos $HOME 'x'"])
def test_videos_elsewhere(lab: Lab, tmp_path: Path, name: str) -> None:
    """``videos:`` names another place, however it is called; the day is that below it."""
    lab.videos(2)
    shutil.move(lab.root / "RawVideos", tmp_path / name)
    lab.settings(videos=str(tmp_path / name))
    assert lab.go().code == 0, lab.log(1, 1)
    assert lab.counts() == {"finished": 2}
    assert lab.results() == ["d1/v1.txt", "d1/v2.txt"]


def test_videos_beside_the_project(lab: Lab, tmp_path: Path) -> None:
    """``videos:`` may begin at the project's folder: a task, which starts in a folder of its own, finds them, too."""
    lab.videos(2)
    (lab.root / "RawVideos").rename(tmp_path / "raw data")
    lab.settings(videos="../raw data")
    lab.go()
    assert lab.results() == ["d1/v1.txt", "d1/v2.txt"]
    assert lab.counts() == {"finished": 2}


def test_videos_elsewhere_that_is_not_there(lab: Lab) -> None:
    """An archive that is not mounted is said to be missing; nothing is taken for unprocessed or done."""
    lab.videos(1)
    lab.settings(videos="/mnt/not/mounted")
    for ran in (lab.scan(), lab.rt("status"), lab.rt("why", "v1")):
        assert ran.code == 1
        assert ran.err.startswith("/mnt/not/mounted/: there is no such folder")
        assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("how", ["moved", "copied"])
def test_moved_after_a_scan(lab: Lab, tmp_path: Path, how: str) -> None:
    """A project that was moved or copied with a list pending runs that list where it is now."""
    lab.videos(2)
    lab.scan()
    target = tmp_path / "a new 'place'" / "of $x"
    target.parent.mkdir()
    if how == "moved":
        shutil.move(lab.root, target)
    else:
        shutil.copytree(lab.root, target, symlinks=True)
    there = Lab(target, lab.home)
    assert there.process().code == 0
    assert there.counts() == {"finished": 2}
    assert there.results() == ["d1/v1.txt", "d1/v2.txt"]
    if how == "copied":
        assert lab.counts() == {"unprocessed": 2}


@pytest.mark.parametrize("name", ["run 10:30", "a:b/c,d", "x=y;z", "-n", "#1"])
def test_project_below_a_folder_called_so(lab: Lab, tmp_path: Path, name: str) -> None:
    """A project works below a folder whose name would end a path in a list of paths."""
    lab.tracker(LIST_DAY)
    lab.videos(1)
    target = tmp_path / name / "project"
    target.parent.mkdir(parents=True)
    shutil.move(lab.root, target)
    there = Lab(target, lab.home)
    ran = there.rt("run")
    assert there.counts() == {"finished": 1}, ran
    assert there.result("d1/list_summary.csv").is_file()


def test_modules_in_the_current_folder_are_not_ours(lab: Lab) -> None:
    """A file that is called as a library is not read for it: people keep such in their folders."""
    lab.videos(1)
    for folder in (lab.root, lab.workspace):
        for name in ("yaml", "click", "remote_tracker"):
            (folder / f"{name}.py").write_text("raise SystemExit('read')\n")
    assert lab.counts() == {"unprocessed": 1}
    assert lab.rt("status").code == 0


def test_copied_with_its_history(lab: Lab, tmp_path: Path) -> None:
    """A copy made with its times keeps what was finished and what failed."""
    lab.tracker(command="grep -q 'video 2' {{ input.video }} && exit 3; cp {{ input.video }} {{ output.copy }}")
    lab.videos(3)
    lab.go()
    shutil.copytree(lab.root, tmp_path / "copy", symlinks=True)
    assert Lab(tmp_path / "copy", lab.home).counts() == lab.counts() == {"finished": 2, "incomplete": 1}


def test_two_copies_run_at_once(lab: Lab, tmp_path: Path) -> None:
    """Two copies on one machine do not see each other's runs."""
    lab.videos(2)
    lab.scan()
    shutil.copytree(lab.root, tmp_path / "copy", symlinks=True)
    other = Lab(tmp_path / "copy", lab.home)
    both = [one.start("bash", "process_all.sh") for one in (lab, other)]
    assert [process.wait(30) for process in both] == [0, 0]
    assert lab.counts() == other.counts() == {"finished": 2}


def test_links_that_lead_nowhere_or_round(lab: Lab) -> None:
    """A dangling link is invalid, a link to a folder above is not followed for ever; both are named."""
    lab.videos(1)
    raw = lab.root / "RawVideos"
    (raw / "d1/nowhere.avi").symlink_to("gone.avi")
    (raw / "d1/self.avi").symlink_to("self.avi")
    (raw / "d1/up").symlink_to("..")
    (raw / "round").symlink_to(raw)
    out = lab.scan().out
    assert "2\tInvalid source files." in out
    assert "Invalid: d1/nowhere.avi: a link that leads nowhere." in out
    assert "Not looked into: RawVideos/round/: a link to a folder that holds it." in out
    assert "3 videos found." in out


def test_the_same_video_by_two_names(lab: Lab) -> None:
    """A link to a video is a video of its own, with a result of its own."""
    lab.videos(1)
    (lab.root / "RawVideos/d2").mkdir()
    (lab.root / "RawVideos/d2/again.avi").symlink_to("../d1/v1.avi")
    assert lab.go().code == 0
    assert lab.results() == ["d1/v1.txt", "d2/again.txt"]


def test_unreadable_folder(lab: Lab) -> None:
    """A folder that may not be read is named; the others go on."""
    lab.videos(1)
    lab.video("secret/w.avi")
    os.chmod(lab.root / "RawVideos/secret", 0)
    user = ["setpriv", "--reuid", "65534", "--clear-groups"] if os.geteuid() == 0 else []
    own_package(lab.root)
    own_package(lab.root)
    lab.run("chown", "-R", "65534", ".", folder="")
    for place in (lab.root, *(p for p in lab.root.parents if "pytest-of" in str(p))):
        os.chmod(place, 0o755)
    if lab.run(*user, "./rt", "--version", folder="").code:
        pytest.skip("another user cannot run this Python here")
    ran = lab.run(*user, "bash", "get_files2process.sh")
    assert "Not looked into: RawVideos/secret/: Permission denied." in ran.out, ran
    assert "1 video found." in ran.out
    os.chmod(lab.root / "RawVideos/secret", 0o700)


def test_folder_that_cannot_be_listed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the system's reason is, a folder that cannot be listed is named with it; the others are found."""
    lab.videos(1)
    lab.video("secret/w.avi")
    opened = os.open

    def refuse(path: str, *given: int) -> int:
        if "RawVideos/secret" in str(path):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return opened(path, *given)

    monkeypatch.setattr(os, "open", refuse)
    project = load_project(lab.root)
    survey = survey_stage(project, project.tracker.stages[0])
    assert survey.found == 1
    assert survey.unreadable == {"RawVideos/secret/": "Permission denied"}


@pytest.mark.parametrize("name", ["._v.avi", ".DS_Store", "Thumbs.db", ".hidden/v.avi", "notes.txt"])
def test_what_is_no_video(lab: Lab, name: str) -> None:
    """What systems and copy programs leave about is never a video."""
    lab.video(f"d1/{name}")
    assert lab.counts() == {}


def test_two_videos_with_one_result(lab: Lab) -> None:
    """Two videos whose results would have one name are refused by name; neither overwrites the other."""
    lab.video("d1/v.avi")
    lab.video("d1/v.mp4")
    lab.video("d1/w.mp4")
    out = lab.scan().out
    assert "2\tInvalid source files." in out
    assert "Invalid: d1/v.avi: its results would have the same names as those of d1/v.mp4." in out
    lab.process()
    assert lab.results() == ["d1/w.txt"]


def test_results_disk_full(lab: Lab, other_disk: Path) -> None:
    """Where the results' disk is full a task fails with the program's words, and publishes no part of a result."""
    (lab.root / "Results").rmdir()
    (lab.root / "Results").symlink_to(other_disk)
    lab.videos(1)
    lab.video("d1/w.avi", "x" * 3_000_000)
    lab.scan()
    assert lab.process("-j", "1").code == 1
    assert lab.results() == ["d1/v1.txt"]
    assert "No space left on device" in lab.rt("status").out
    assert lab.counts() == {"finished": 1, "incomplete": 1}


def test_workspace_disk_full(lab: Lab, other_disk: Path) -> None:
    """Where a scan's own disk is full it says so in a line, and the list and script of before stand."""
    shutil.copytree(lab.workspace, other_disk, dirs_exist_ok=True, symlinks=True)
    shutil.rmtree(lab.workspace)
    lab.workspace.mkdir()
    lab.run("mount", "--bind", str(other_disk), "workspace", folder="")
    try:
        lab.videos(2)
        lab.scan()
        script = (lab.workspace / "process_all.sh").read_text()
        with open(lab.workspace / "ballast", "wb", buffering=0) as ballast:
            while fill(ballast):
                pass
        lab.videos(9)
        ran = lab.scan()
        assert ran.code == 1
        assert len(ran.err.splitlines()) == 1
        assert "no space is left" in ran.err.lower()
        assert (lab.workspace / "process_all.sh").read_text() == script
        assert lab.batches() == ["0001"]
        (lab.workspace / "ballast").unlink()
        assert lab.process().code == 0
        assert lab.counts() == {"finished": 2, "unprocessed": 7}
    finally:
        lab.run("umount", "-l", "workspace", folder="")


def fill(file: object) -> int:
    """Write on until the disk is full; returns how much of it went in."""
    try:
        return int(file.write(b"x" * 4096))  # type: ignore[attr-defined]
    except OSError:
        return 0
