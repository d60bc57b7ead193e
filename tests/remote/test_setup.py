"""./rt remote setup looks at the other side, and makes or updates the project there; YOURS is never overwritten."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lab import own_package
from remote_tracker import __version__
from remote_tracker.remote.other_side import adapt_settings, find_trouble
from two_sides import Home

LOOKS = {"empty": "yes", "writable": "yes", "python": "/p", "rsync": "rsync  version 3.2.7  protocol version 31"}


def test_a_project_is_made_and_works_there(home: Home, tmp_path: Path) -> None:
    """In a folder that is not there yet: then push, submit and pull work; a second setup changes nothing."""
    folder = home.sshds.far_home / "labs" / "my flies"
    home.settings(remote={"login": "swc", "folder": "labs/my flies", "cluster": "local"}, videos="")
    package = own_package(home.root)
    home.video("d1/v1.avi")
    home.login()
    ran = home.rt("remote", "setup", "--python", sys.executable)
    assert (ran.code, ran.err) == (0, ""), ran
    assert "  scheduler  " in ran.out
    assert f"\nmade there: a project of remote-tracker {__version__}\n" in ran.out
    assert " -> " not in ran.out
    assert not (folder / ".backups").exists()
    assert ran.out.endswith("Next:  ./rt push\n")
    try:
        assert "remote" not in (folder / "project.yml").read_text()
        assert not (folder / ".from-home").exists()
        assert home.rt("push").code == 0
        assert home.rt("remote", "submit").code == 0
        assert home.rt("pull").code == 0
        assert home.results() == ["d1/v1.txt"]
        ran = home.rt("remote", "setup")
        assert "differs" not in ran.out
        assert "put there" not in ran.out
        assert f"\nThis is remote-tracker {__version__} already. " in ran.out
        (folder / "project.yml").write_text((folder / "project.yml").read_text() + "# mine\n")
        (package / "new.py").write_text('"""New."""\n')
        ran = home.rt("remote", "setup")
        assert ran.code == 0
        assert "differs, and stays as it is there: ./project.yml" in ran.out
        assert "-# mine" in ran.out
        assert (folder / "project.yml").read_text().endswith("# mine\n")
        assert (folder / "remote_tracker" / "new.py").exists()
    finally:
        shutil.rmtree(folder.parent)


def test_another_folder_or_project_there_is_left_alone(home: Home) -> None:
    """A folder with other things in it, and a project of another name, are refused in one line."""
    home.login()
    home.far.settings(name="other")
    ran = home.rt("remote", "setup")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert 'is the project "other", this one is "tiny"' in ran.err
    (home.far.root / "project.yml").unlink()
    before = subprocess.run(["find", home.far.root], capture_output=True).stdout
    ran = home.rt("remote", "setup")
    assert "holds other things and no project" in ran.err
    assert subprocess.run(["find", home.far.root], capture_output=True).stdout == before


@pytest.mark.parametrize(
    ("looks", "says"),
    [
        ({}, ""),
        ({"python": ""}, "no Python 3.10 or newer"),
        ({"version": "9.0", "project": "yes"}, "newer than"),
        ({"version": "0.2.0.dev1", "project": "yes"}, "has remote-tracker 0.2.0.dev1, newer than 0.1.0 here"),
        ({"version": "0.1.0.dev1", "project": "yes"}, ""),
        ({"version": "main", "project": "yes"}, 'says that its version is "main": mend remote'),
        ({"empty": ""}, "holds other things"),
        ({"writable": ""}, "cannot be written"),
        ({"rsync": "openrsync: protocol version 29"}, "rsync 3.1 or newer is needed there; found: openrsync"),
        ({"rsync": ""}, "found: none"),
    ],
)
def test_what_stands_against_a_project_there(looks: dict[str, str], says: str) -> None:
    """Each lack is one line that says what to do; nothing stands against a good place."""
    found = find_trouble({**LOOKS, **looks}, "/f", "0.1.0")
    assert says in found if says else found == ""


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("name: a\nremote: {login: x}\ncluster: local\n", "name: a\ncluster: slurm\n"),
        ("remote:\n  login: x\n  folder: y\nname: a\nvideos: /d\n# c\nparams: {}\n", "name: a\n# c\nparams: {}\n"),
        ("cluster: local # here\nparams:\n  remote: 1\n", "cluster: slurm\nparams:\n  remote: 1\n"),
    ],
)
def test_settings_there_are_without_what_is_about_home(text: str, there: str) -> None:
    """remote and videos go, the cluster is the other one's, all else stays."""
    assert adapt_settings(text, "slurm") == there
