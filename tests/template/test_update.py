"""./rt update: OURS is swapped whole, YOURS is never touched, and a kill loses nothing."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from remote_tracker.errors import NoSpace, RemoteTrackerError
from remote_tracker.update import load_origin, update
from remote_tracker.update.changelog import read_changes

from .conftest import FOLDER, REPOSITORY

CHANGELOG = """\
# Changelog

## [Unreleased]
- not yet

## [0.3.0] - 2027-02-01
- too new

## [0.2.0] - 2027-01-01
### Added
- second

## [0.1.5] - 2026-12-01
- between

## [0.1.0] - 2026-11-01
- first

[0.1.0]: https://lab.org/0.1.0
"""
YOURS = [
    "project.yml",
    "README.md",
    ".gitignore",
    "RawVideos/d1/a b.avi",
    "Results/d1/a b_tracks.csv",
    "AuxiliaryFiles/opencv.yml",
    "workspace/activate.sh",
    "workspace/process_all.sh",
    "workspace/my own.txt",
    "workspace/batches/0001/run_task.sh",
    "workspace/batches/0001/files2process.txt",
    "workspace/batches/0001/output.1",
    "summarizer/calculate_feat_summaries.py",
    "summarizer/process_all.sh",
    "site/trackers/blobs/tracker.yml",
]
Templates = Callable[..., Path]


def write(path: Path, text: str) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def make_template(tmp_path: Path) -> Templates:
    """Make a small template of some version: the real shape, little in it."""

    def make(version: str, name: str = "") -> Path:
        top = tmp_path / (name or f"remote-tracker-{version}")
        ours = top / FOLDER
        write(top / "cookiecutter.json", "{}")
        write(top / "CHANGELOG.md", CHANGELOG)
        write(ours / "rt", f"#!/bin/sh\necho {version}\n")
        write(ours / "workspace/get_files2process.sh", f"#!/bin/sh\necho scan {version}\n")
        write(ours / "summarizer/get_cmd2process.sh", f"#!/bin/sh\necho days {version}\n")
        write(ours / "remote_tracker/__init__.py", f'__version__ = "{version}"\n')
        write(ours / f"remote_tracker/only_in_{version.replace('.', '_')}.py", "x = 1\n")
        write(ours / "remote_tracker/trackers/opencv/tracker.yml", f"description: {version}\n")
        write(ours / "project.yml", "name: {{ cookiecutter.project_name }}\n")
        return top

    return make


@pytest.fixture
def project(tmp_path: Path, make_template: Templates) -> Path:
    """A project of version 0.1.0 in which every file of YOURS was edited and a batch is in progress."""
    template = make_template("0.1.0")
    root = tmp_path / "opencv_flies"
    shutil.copytree(template / FOLDER, root)
    for name in YOURS:
        write(root / name, f"mine: {name}\n")
        (root / name).chmod(0o640)
    (root / "rt").chmod(0o755)
    (root / "workspace/rt").symlink_to("../rt")
    write(root / ".remote-tracker.yml", f"template: {template}\nversion: 0.1.0\npython: /opt/py/bin/python\n")
    return root


def look(root: Path, names: list[str]) -> dict[str, tuple[bytes, int, int, int]]:
    """Return what would show any touch of these files."""
    files = {name: root / name for name in names}
    return {
        name: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode, path.stat().st_ino)
        for name, path in files.items()
    }


def read_ours(root: Path) -> dict[str, bytes]:
    """Return the text of all of OURS below ``root``."""
    tops = ["rt", "workspace/get_files2process.sh", "summarizer/get_cmd2process.sh"]
    package = [str(p.relative_to(root)) for p in (root / "remote_tracker").rglob("*") if p.is_file()]
    return {name: (root / name).read_bytes() for name in [*tops, *package]}


def test_ours_is_swapped_and_yours_stays(project: Path, make_template: Templates) -> None:
    """After an update OURS is the new version, whole; each file of YOURS is the very same file, untouched."""
    new = make_template("0.2.0")
    before, old_ours = look(project, YOURS), read_ours(project)
    result = update(project, str(new))
    assert (result.old, result.new) == ("0.1.0", "0.2.0")
    assert read_ours(project) == read_ours(new / FOLDER)
    assert look(project, YOURS) == before
    assert result.backup is not None
    assert read_ours(result.backup) == old_ours
    assert result.backup.parent == project / ".backups"
    assert result.backup.name.startswith("0.1.0-")
    assert load_origin(project)["version"] == "0.2.0"
    assert load_origin(project)["python"] == "/opt/py/bin/python"
    assert not (project / ".update").exists()
    assert (project / "workspace/rt").resolve() == project / "rt"


def test_release_that_holds_yours(project: Path, make_template: Templates) -> None:
    """A file of the user's stays, also where a release holds one of its name; a script of a new name comes."""
    new = make_template("0.2.0")
    mine = ["workspace/process_2_link.sh", *YOURS]
    write(project / mine[0], "mine\n")
    for name in [*mine, "summarizer/activate.sh", "workspace/new_script.sh"]:
        write(new / FOLDER / name, "#!/bin/sh\necho theirs\n")
    before = look(project, mine)
    result = update(project, str(new))
    assert look(project, mine) == before
    assert not (project / "summarizer/activate.sh").exists()
    assert (project / "workspace/new_script.sh").read_text() == "#!/bin/sh\necho theirs\n"
    assert result.backup is not None
    assert [name for name in mine if (result.backup / name).exists()] == []
    assert str(update(project, str(new))) == "This is remote-tracker 0.2.0 already. Nothing was changed."


def test_changes_between_the_versions_are_told(project: Path, make_template: Templates) -> None:
    """The changelog's part after the old version up to the new one is told, and nothing else."""
    result = update(project, str(make_template("0.2.0")))
    changes = result.changes
    assert str(result).startswith("remote-tracker 0.1.0 -> 0.2.0. The old one is kept in .backups/0.1.0-")
    assert str(result).endswith(changes)
    assert changes.startswith("## [0.2.0]")
    assert "between" in changes
    assert not any(word in changes for word in ("too new", "not yet", "first", "https://"))


def test_versions_compare_as_numbers() -> None:
    """0.10 comes after 0.9."""
    changelog = "## [0.10.0] - x\n- ten\n\n## [0.9.0] - y\n- nine\n"
    assert read_changes(changelog, "0.9.0", "0.10.0") == "## [0.10.0] - x\n- ten"


def test_programs_can_be_run_afterwards(project: Path, make_template: Templates) -> None:
    """What begins with #! may be run after an update, though the template's files may not."""
    new = make_template("0.2.0")
    for path in new.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
    update(project, str(new))
    assert subprocess.run([project / "rt"], capture_output=True, text=True).stdout == "0.2.0\n"
    assert not stat.S_IMODE((project / "remote_tracker/__init__.py").stat().st_mode) & 0o111


def make_zip(top: Path, target: Path) -> Path:
    """Pack a template as a git host does: one top folder, no modes."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(top.rglob("*")):
            if path.is_file():
                archive.writestr(str(path.relative_to(top.parent)), path.read_bytes())
    return target


def test_zip_as_a_git_host_makes_it(project: Path, make_template: Templates, tmp_path: Path) -> None:
    """A zip with one top folder does, without a network."""
    new = make_template("0.2.0")
    result = update(project, str(make_zip(new, tmp_path / "main.zip")))
    assert result.new == "0.2.0"
    assert "second" in result.changes
    assert read_ours(project) == read_ours(new / FOLDER)
    assert os.access(project / "rt", os.X_OK)


@pytest.mark.parametrize("member", ["../evil", "/tmp/evil-from-zip", "a/../../evil", "..\\evil"])
def test_zip_that_climbs_out_is_refused(project: Path, make_template: Templates, tmp_path: Path, member: str) -> None:
    """A zip with a member outside its folder is refused whole."""
    archive = make_zip(make_template("0.2.0"), tmp_path / "main.zip")
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr(member, "x")
    refuse(project, str(archive), "outside")
    assert not list(tmp_path.rglob("*evil*"))


def test_git_address(project: Path, make_template: Templates, tmp_path: Path) -> None:
    """A git repository does, and is the default when the project was made from one."""
    new = make_template("0.2.0")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@x.org"]
    for command in ([*git, "init", "-q"], [*git, "add", "."], [*git, "commit", "-qm", "x"]):
        subprocess.run(command, cwd=new, check=True)
    write(project / ".remote-tracker.yml", f"template: file://{new}\n")
    assert update(project).new == "0.2.0"
    assert read_ours(project) == read_ours(new / FOLDER)


def test_default_is_the_template_of_the_project(project: Path, make_template: Templates) -> None:
    """Without a source the template that made the project is taken, in whatever version it is now."""
    shutil.rmtree(load_origin(project)["template"])
    new = make_template("0.2.0", "remote-tracker-0.1.0")
    assert update(project).new == "0.2.0"
    assert read_ours(project) == read_ours(new / FOLDER)


def test_same_version_changes_nothing(project: Path) -> None:
    """An update to what is there already makes no backup."""
    before = look(project, ["rt", "remote_tracker/__init__.py"])
    result = update(project)
    assert (result.old, result.new, result.backup, result.changes) == ("0.1.0", "0.1.0", None, "")
    assert str(result) == "This is remote-tracker 0.1.0 already. Nothing was changed."
    assert look(project, ["rt", "remote_tracker/__init__.py"]) == before
    assert not (project / ".backups").exists()


def test_same_number_with_other_files_is_swapped(project: Path, make_template: Templates) -> None:
    """A template under development, whose number stands still, is taken all the same."""
    write(make_template("0.1.0", "dev") / FOLDER / "remote_tracker/fresh.py", "")
    assert update(project, str(project.parent / "dev")).changes == "## [Unreleased]\n- not yet"
    assert (project / "remote_tracker/fresh.py").exists()


def test_later_version_may_bring_a_script(project: Path, make_template: Templates) -> None:
    """A script that this version knows nothing of comes along."""
    write(make_template("0.2.0") / FOLDER / "workspace/new_tool.sh", "#!/bin/sh\n")
    update(project, str(project.parent / "remote-tracker-0.2.0"))
    assert os.access(project / "workspace/new_tool.sh", os.X_OK)


def refuse(project: Path, source: str, *words: str) -> str:
    """Assert that an update fails in one line that has these words, and that nothing was changed."""
    names = [*YOURS, *read_ours(project), ".remote-tracker.yml"]
    before, listing = look(project, names), sorted(project.rglob("*"))
    with pytest.raises(RemoteTrackerError) as error:
        update(project, source)
    text = str(error.value)
    assert "\n" not in text
    assert "Nothing was changed" in text
    assert all(word in text for word in words), text
    assert look(project, names) == before
    assert sorted(project.rglob("*")) == listing
    return text


def test_older_version_is_refused(project: Path, make_template: Templates) -> None:
    """A template older than the project is refused; the way back is the backup that an update made."""
    refuse(project, str(make_template("0.0.9")), "older")
    backup = update(project, str(make_template("0.2.0"))).backup
    assert backup is not None
    way = refuse(project, str(project.parent / "remote-tracker-0.1.0"), "older", "./rt update --from .backups/0.1.0-")
    assert way.endswith(backup.name)
    assert update(project, str(backup)).new == "0.1.0"
    assert read_ours(project) == read_ours(project.parent / "remote-tracker-0.1.0" / FOLDER)


def break_nothing_there(top: Path) -> None:
    """Leave no template."""
    (top / "cookiecutter.json").unlink()


def break_python(top: Path) -> None:
    """Leave Python that does not compile."""
    write(top / FOLDER / "remote_tracker/cli/main.py", "x = 1\ndef (:\n")


def break_bytes(top: Path) -> None:
    """Leave Python that is not text."""
    write(top / FOLDER / "remote_tracker/cli/main.py", "").write_bytes(b"\x00\xff")


def break_version(top: Path) -> None:
    """Leave no version."""
    write(top / FOLDER / "remote_tracker/__init__.py", "")


def break_launcher(top: Path) -> None:
    """Leave no rt."""
    (top / FOLDER / "rt").unlink()


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (break_nothing_there, ["is no remote-tracker template"]),
        (break_python, ["remote_tracker/cli/main.py line 2"]),
        (break_bytes, ["remote_tracker/cli/main.py"]),
        (break_version, ["__version__"]),
        (break_launcher, ["rt is missing"]),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_broken_template_is_refused(
    project: Path,
    make_template: Templates,
    tmp_path: Path,
    broken: Callable[[Path], None],
    words: list[str],
    packed: bool,
) -> None:
    """A template that is none, is not whole or does not compile is named, and nothing is swapped."""
    top = make_template("0.2.0")
    broken(top)
    refuse(project, str(make_zip(top, tmp_path / "x.zip") if packed else top), *words)


@pytest.mark.parametrize("source", ["/no/such/folder", "nonsense", "-rf", "https://lab.org/main.zip", "file:///no.git"])
def test_source_that_is_none_is_refused(project: Path, source: str) -> None:
    """What is no zip, folder or git address that answers is refused by name."""
    refuse(project, source, source)


def test_junk_zip_is_refused(project: Path, tmp_path: Path) -> None:
    """A file that is no zip, or only the first half of one, is refused."""
    refuse(project, str(write(tmp_path / "junk.zip", "hello")), "junk.zip", "no zip")


def test_project_is_no_template(project: Path, tmp_path: Path) -> None:
    """Another project as the source is refused: its scripts are somebody's own."""
    shutil.copytree(project, tmp_path / "other", symlinks=True)
    refuse(project, str(tmp_path / "other"), "is a project")


def test_template_that_went_away_is_named(project: Path) -> None:
    """Where the project's template is not there any more, the line says what to type."""
    shutil.rmtree(load_origin(project)["template"])
    refuse(project, "", "is not there", "./rt update --from")
    (project / ".remote-tracker.yml").write_text("version: 0.1.0\n", encoding="utf-8")
    refuse(project, "", "no template is known", "./rt update --from")


def test_full_disk_is_told_and_harms_nothing(
    project: Path, make_template: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up while the new version is staged leaves the old one and one line."""

    def no_space(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_space)
    refuse(project, str(make_template("0.2.0")), "no space")
    with pytest.raises(NoSpace):
        update(project, str(project.parent / "remote-tracker-0.2.0"))


KILLED = """
import os, sys
from pathlib import Path
from remote_tracker.update import update
call, left = getattr(os, sys.argv[3]), [int(sys.argv[4])]
def die(*arguments):
    left[0] -= 1
    if left[0] < 0:
        os._exit(9)
    return call(*arguments)
setattr(os, sys.argv[3], die)
update(Path(sys.argv[1]), sys.argv[2])
"""


def kill_in(project: Path, source: Path, call: str, after: int) -> int:
    """Run an update that dies, as by kill -9, at its call number ``after`` of os.<call>; 0 if it came to its end."""
    package = {"PYTHONPATH": str(REPOSITORY / FOLDER), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", KILLED, str(project), str(source), call, str(after)]
    return subprocess.run(command, env=package).returncode


KILLS = [("fsync", 0), ("fsync", 3), ("rename", 0), ("rename", 1), *(("replace", n) for n in range(9))]


@pytest.mark.parametrize(("call", "after"), KILLS)
def test_kill_leaves_old_or_new_and_the_next_update_mends_it(
    project: Path, make_template: Templates, call: str, after: int
) -> None:
    """Killed at any rename, each file is old or new, YOURS is whole, and one more update makes all of it new."""
    new, before, old_ours = make_template("0.2.0"), look(project, YOURS), read_ours(project)
    wanted = read_ours(new / FOLDER)
    assert kill_in(project, new, call, after) == 9
    for name in ("rt", "workspace/get_files2process.sh", "summarizer/get_cmd2process.sh"):
        assert (project / name).read_bytes() in (old_ours[name], wanted[name])
    result = update(project, str(new))
    assert read_ours(project) == wanted
    assert look(project, YOURS) == before
    assert not (project / ".update").exists()
    assert [read_ours(path) for path in (project / ".backups").iterdir()] == [old_ours]
    assert result.new == "0.2.0"
    assert load_origin(project)["version"] == "0.2.0"


def test_all_kills_are_tried(project: Path, make_template: Templates) -> None:
    """The list of kills above reaches the last rename of an update."""
    new = make_template("0.2.0")
    assert kill_in(project, new, "rename", 1) == 9
    assert kill_in(project, new, "rename", 2) == 0
    assert kill_in(project, make_template("0.2.1"), "replace", 9) == 0


@pytest.fixture
def spread(project: Path, other_disk: Path) -> Path:
    """That project, with the workspace, the summarizer and the backups on another disk."""
    (project / ".backups").mkdir()
    for name in ("workspace", "summarizer", ".backups"):
        shutil.move(project / name, other_disk / name)
        (project / name).symlink_to(other_disk / name)
    return project


def test_folders_on_another_disk(spread: Path, make_template: Templates) -> None:
    """Where folders of the project are links to another disk all is swapped, nothing is left there, YOURS stays."""
    new, before, old_ours = make_template("0.2.0"), look(spread, YOURS), read_ours(spread)
    write(new / FOLDER / BY_HAND[0], "#!/bin/sh\necho by hand 0.2.0\n")
    update(spread, str(new))
    assert read_ours(spread) == read_ours(new / FOLDER)
    assert look(spread, YOURS) == before
    assert [read_ours(path) for path in (spread / ".backups").iterdir()] == [old_ours]
    assert say_by_hand(spread) == ["by hand 0.2.0\n"] * 2
    assert not [*(spread / "workspace").resolve().glob(".*"), *(spread / "summarizer").resolve().glob(".*")]
    assert "already" in str(update(spread, str(new)))


@pytest.mark.parametrize(("call", "after"), [*(("rename", n) for n in range(4)), *(("replace", n) for n in range(11))])
def test_kill_between_two_disks(spread: Path, make_template: Templates, call: str, after: int) -> None:
    """Killed at any rename while parts go to another disk, one more update makes all of it new."""
    new, before, old_ours = make_template("0.2.0"), look(spread, YOURS), read_ours(spread)
    assert kill_in(spread, new, call, after) == 9
    update(spread, str(new))
    assert read_ours(spread) == read_ours(new / FOLDER)
    assert look(spread, YOURS) == before
    assert [read_ours(path) for path in (spread / ".backups").iterdir()] == [old_ours]


@pytest.mark.parametrize("put_back", [shutil.move, shutil.copytree])
def test_package_that_was_put_back_is_swapped_again(
    project: Path, make_template: Templates, put_back: Callable[[Path, Path], object]
) -> None:
    """Killed while remote_tracker/ is aside, the old one may be moved or copied back; the next update goes on."""
    new, old_ours = make_template("0.2.0"), read_ours(project)
    untouched = shutil.copytree(project, project.with_name("untouched"), symlinks=True)
    for after in range(8):
        shutil.rmtree(project)
        shutil.copytree(untouched, project, symlinks=True)
        assert kill_in(project, new, "replace", after) == 9
        if not (project / "remote_tracker").exists():
            break
    else:
        pytest.fail("no kill found the package aside")
    put_back(project / ".update/old/remote_tracker", project / "remote_tracker")
    assert update(project, str(new)).changes.startswith("## [0.2.0]")
    assert [read_ours(path) for path in (project / ".backups").iterdir()] == [old_ours]


def test_two_updates_at_once(project: Path, make_template: Templates) -> None:
    """While one update works, another is told so and changes nothing."""
    import fcntl

    handle = os.open(project, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        refuse(project, str(make_template("0.2.0")), "another ./rt update")
    finally:
        os.close(handle)


def test_real_project_to_the_next_real_version(made: Path, tmp_path: Path) -> None:
    """A project as cookiecutter makes it goes to the next version by its own ./rt update."""
    project = tmp_path / "moved" / "flies"
    shutil.copytree(made, project, symlinks=True)
    top = tmp_path / "next"
    shutil.copytree(made.parents[1] / "template", top)
    init = top / FOLDER / "remote_tracker/__init__.py"
    init.write_text(init.read_text(encoding="utf-8").replace('"0.1.0"', '"0.2.0"'), encoding="utf-8")
    write(top / "CHANGELOG.md", CHANGELOG)
    shown = subprocess.run([project / "rt", "update", "--from", top], capture_output=True, text=True, cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "0.2.0" in shown.stdout
    assert "second" in shown.stdout
    assert ".backups/0.1.0-" in shown.stdout
    again = subprocess.run([project / "rt", "update", "--from", top], capture_output=True, text=True, cwd=tmp_path)
    assert again.returncode == 0
    assert "0.2.0" in again.stdout


BY_HAND = ("workspace/run_task.sh", "summarizer/run_task.sh")


@pytest.fixture
def with_two(project: Path) -> Path:
    """A project of a version in which run_task.sh was two files."""
    for name in BY_HAND:
        write(project / name, "#!/bin/sh\necho by hand 0.1.0\n").chmod(0o755)
    return project


@pytest.fixture
def linking(make_template: Templates) -> Path:
    """A later template, which has that script once."""
    top = make_template("0.2.0")
    write(top / FOLDER / BY_HAND[0], "#!/bin/sh\necho by hand 0.2.0\n")
    return top


def say_by_hand(root: Path) -> list[str]:
    """Return what the script prints, by both of its names."""
    return [subprocess.run([root / name], capture_output=True, text=True).stdout for name in BY_HAND]


def test_a_script_becomes_a_link(with_two: Path, linking: Path) -> None:
    """Where a script was a file and is a link now, an update makes it and keeps the file; the way back is whole."""
    backup = update(with_two, str(linking)).backup
    assert backup is not None
    assert os.readlink(with_two / BY_HAND[1]) == "../workspace/run_task.sh"
    assert say_by_hand(with_two) == ["by hand 0.2.0\n"] * 2
    assert say_by_hand(backup) == ["by hand 0.1.0\n"] * 2
    assert update(with_two, str(linking)).backup is None
    update(with_two, str(backup))
    assert say_by_hand(with_two) == ["by hand 0.1.0\n"] * 2


def test_a_link_stays_one(with_two: Path, linking: Path, make_template: Templates) -> None:
    """The next update changes the file behind the link; the backup leads back to the old one."""
    update(with_two, str(linking))
    later = make_template("0.3.0")
    write(later / FOLDER / BY_HAND[0], "#!/bin/sh\necho by hand 0.3.0\n")
    backup = update(with_two, str(later)).backup
    assert say_by_hand(with_two) == ["by hand 0.3.0\n"] * 2
    assert (with_two / BY_HAND[1]).is_symlink()
    update(with_two, str(backup))
    assert say_by_hand(with_two) == ["by hand 0.2.0\n"] * 2


def test_a_file_that_an_older_program_left(with_two: Path, linking: Path) -> None:
    """A program that knew of no link left the second file as it was: the next update makes it a link."""
    update(with_two, str(linking))
    (with_two / BY_HAND[1]).unlink()
    write(with_two / BY_HAND[1], "#!/bin/sh\necho by hand 0.1.0\n")
    assert update(with_two, str(linking)).backup is not None
    assert (with_two / BY_HAND[1]).is_symlink()
    assert say_by_hand(with_two) == ["by hand 0.2.0\n"] * 2


def test_where_no_link_can_be_made(with_two: Path, linking: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system that knows no links, the second script is a copy, and is not taken for an old one."""

    def refuse_link(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "symlink", refuse_link)
    update(with_two, str(linking))
    assert not (with_two / BY_HAND[1]).is_symlink()
    assert say_by_hand(with_two) == ["by hand 0.2.0\n"] * 2
    assert update(with_two, str(linking)).backup is None


@pytest.mark.parametrize("after", range(10))
def test_killed_while_it_becomes_a_link(with_two: Path, linking: Path, after: int) -> None:
    """Killed at any rename, both names hold a whole script, and one more update makes the second a link."""
    assert kill_in(with_two, linking, "replace", after) == 9
    assert set(say_by_hand(with_two)) <= {"by hand 0.1.0\n", "by hand 0.2.0\n"}
    update(with_two, str(linking))
    assert (with_two / BY_HAND[1]).is_symlink()
    assert say_by_hand(with_two) == ["by hand 0.2.0\n"] * 2


def with_pages(template: Path, *names: str) -> Path:
    """Give a template these pages."""
    for name in names:
        write(template / "docs" / name, f"# {name} of {template.name}\n")
    return template


def pages_of(root: Path) -> list[str]:
    """Return the pages that a project has."""
    folder = root / "remote_tracker/docs"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def zipped(template: Path) -> Path:
    """Return a template as a zip, as a git host makes it."""
    return Path(shutil.make_archive(str(template), "zip", template.parent, template.name))


@pytest.mark.parametrize("pack", [lambda template: template, zipped], ids=["folder", "zip"])
def test_an_update_brings_the_pages(project: Path, make_template: Templates, pack: Callable[[Path], Path]) -> None:
    """The pages for users come with a new version, and those that it does not have go."""
    update(project, str(with_pages(make_template("0.1.0", "first"), "old.md", "clusters/slurm.md")))
    assert pages_of(project) == ["clusters/slurm.md", "old.md"]
    new = with_pages(make_template("0.2.0"), "clusters/slurm.md", "README.md", "decisions/0001-x.md", "images/x.png")
    update(project, str(pack(new)))
    assert pages_of(project) == ["clusters/slurm.md"]
    assert "0.2.0" in (project / "remote_tracker/docs/clusters/slurm.md").read_text(encoding="utf-8")
    assert "already" in str(update(project, str(new)))


def test_pages_that_an_older_version_left_out_come_with_the_next_update(
    project: Path, make_template: Templates
) -> None:
    """A project whose version knew of no pages has them after one more update; to go back works from its backup."""
    same = with_pages(make_template("0.1.0", "first"), "finished.md")
    first = update(project, str(same))
    assert first.backup
    assert pages_of(project) == ["finished.md"]
    second = update(project, str(with_pages(make_template("0.2.0"))))
    assert pages_of(project) == []
    assert second.backup
    update(project, str(second.backup))
    assert pages_of(project) == ["finished.md"]
