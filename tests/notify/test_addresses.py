"""The file with addresses and hooks: only its owner may read it, no repository may hold it, each fault is a line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.model import Project
from remote_tracker.model.notify import Notify
from remote_tracker.notify.addresses import load_addresses
from remote_tracker.notify.send import describe_ways
from scan.trees import make_project

GOOD = """
slack: https://hooks.slack.com/services/T0/B0/secret
ntfy: {url: 'https://ntfy.sh/lab', token: tk_1}
mail: a@lab.org
"""


def project_in(root: Path, *by: str, text: str = GOOD, mode: int = 0o600, email: str = "") -> Project:
    """Return a project that is told of by these ways, and whose user's file holds this text."""
    path = root / "home" / "notify.yml"
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(mode)
    return replace(make_project(root / "lab"), notify=Notify(by, file=str(path)), email=email)


def test_what_is_asked_for(tmp_path: Path) -> None:
    """Of the file the ways are read that the project asks for; a single value is the address."""
    project = project_in(tmp_path, "slack", "mail", text=GOOD.replace("a@lab.org", "[a@lab.org, b@lab.org]"))
    assert project.notify is not None
    assert load_addresses(project, project.notify).ways == {
        "slack": {"url": "https://hooks.slack.com/services/T0/B0/secret"},
        "mail": {"to": "a@lab.org, b@lab.org"},
    }


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o620])
def test_others_may_not_read_it(mode: int, tmp_path: Path) -> None:
    """A file that others can read or write is refused with the line that mends it."""
    project = project_in(tmp_path, "slack", mode=mode)
    shown, wrong = describe_ways(project)
    path = tmp_path / "home" / "notify.yml"
    assert (shown, wrong) == ([], [f"{path}: others may use it (mode {mode:o}). Type: chmod 600 {path}"])


@pytest.mark.parametrize("place", ["lab/notify.yml", "lab/AuxiliaryFiles/notify.yml", "repository/deep/notify.yml"])
def test_where_others_get_it(place: str, tmp_path: Path) -> None:
    """A file in the project, or in a repository of git, is refused: it would go along with it."""
    project = project_in(tmp_path, "slack")
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    (tmp_path / "home" / "notify.yml").rename(path)
    with pytest.raises(RemoteTrackerError, match=r"Move it"):
        load_addresses(project, Notify(("slack",), file=str(path)))


def test_a_link_into_the_project(tmp_path: Path) -> None:
    """A link is what it leads to."""
    project = project_in(tmp_path, "slack")
    path = tmp_path / "home" / "notify.yml"
    path.rename(tmp_path / "lab" / "hidden.yml")
    path.symlink_to(tmp_path / "lab" / "hidden.yml")
    assert "lies in the project" in describe_ways(project)[1][0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("slack: https://x.org/y\n", 'the key "ntfy" is missing'),
        ("ntfy: {topic: x}\n", 'unknown key "topic"'),
        ("ntfy: ftp://x.org/secret\n", "must be an address that begins with https"),
        ("ntfy: file:///etc/passwd\n", "must be an address that begins with https"),
        ("ntfy: 'https://[::1/secret'\n", "must be an address that begins with https"),
        ("ntfy: https://ntfy.sh/\n", '"url" must end with a topic, as https://ntfy.sh/our-lab-7f3a.'),
        ("ntfi: x\n", "Did you mean ntfy?"),
        ("ntfy: [\n", "this is not YAML"),
        ("ntfy: {url: 'https://x.org/secret', token: \"a\\nb\"}\n", "must be one line"),
    ],
)
def test_what_is_wrong_in_it(text: str, says: str, tmp_path: Path) -> None:
    """A file that cannot be used is a trouble of the doctor's, in one line that names no secret address."""
    _, (trouble,) = describe_ways(project_in(tmp_path, "ntfy", text=text))
    assert says in trouble
    assert "secret" not in trouble
    assert "\n" not in trouble


@pytest.mark.parametrize("to", ["''", "-oQ/tmp", "'a b@lab.org'", "[a@lab.org, -v]"])
def test_no_address(to: str, tmp_path: Path) -> None:
    """What is no address, as an option of the program that takes mail, is refused."""
    _, wrong = describe_ways(project_in(tmp_path, "mail", text=f"mail: {to}\n"))
    assert '"to" must be addresses' in wrong[0]


def test_the_email_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail needs no file where project.yml says who gets the mail."""
    monkeypatch.setenv("HOME", str(tmp_path))
    project = replace(make_project(tmp_path / "lab"), notify=Notify(("mail",)), email="ada@lab.org")
    assert project.notify is not None
    assert load_addresses(project, project.notify).ways == {"mail": {"to": "ada@lab.org"}}


def test_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file is not there, its place is named."""
    monkeypatch.setenv("HOME", str(tmp_path))
    _, wrong = describe_ways(replace(make_project(tmp_path / "lab"), notify=Notify(("slack",))))
    assert wrong[0].startswith(f"{tmp_path}/.config/remote-tracker/notify.yml: cannot be read: No such file")


def test_nobody_is_told(tmp_path: Path) -> None:
    """A project without notify has nothing to show, and lacks nothing."""
    assert describe_ways(make_project(tmp_path / "lab")) == ([], [])
