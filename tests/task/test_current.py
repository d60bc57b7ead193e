"""A command starts in an empty folder of its own; paths written from the project's folder mean what they meant."""

from __future__ import annotations

from typing import Any

import pytest
from lab import Lab

LOOK = "[[ -z $(ls -A) ]] || exit 9; echo mine > a.log; pwd > {{ output.copy }}; sleep 0.2; [[ $(cat a.log) == mine ]]"


@pytest.mark.parametrize("work", ["fresh", "resume"])
def test_a_folder_of_its_own(lab: Lab, work: str) -> None:
    """Each task starts in an empty folder that no other task has, and that is gone with the work folder."""
    lab.tracker(command=LOOK, work=work)
    (lab.root / "local_settings.toml").write_text("track_wo_identities = true")
    lab.videos(3)
    assert lab.go().code == 0, lab.log(1, 1)
    folders = {lab.result(name).read_text() for name in lab.results()}
    assert len(folders) == 3
    assert list((lab.root / "Results/.work").iterdir()) == []
    assert not (lab.root / "a.log").exists()


@pytest.mark.parametrize(
    ("keys", "own"),
    [
        ({}, True),
        ({"starts_in": "project"}, False),
        ({"work": "in-place"}, False),
        ({"work": "in-place", "starts_in": "own"}, True),
    ],
)
def test_where_it_starts(lab: Lab, keys: dict[str, Any], own: bool) -> None:
    """Commands that work in the project's folder start there, others in their own, unless starts_in says otherwise."""
    lab.tracker(command="pwd > {{ output.copy }}; ls -A | wc -l >> {{ output.copy }}", **keys)
    lab.videos(1)
    assert lab.go().code == 0, lab.log(1, 1)
    folder, files = lab.result("d1/v1.txt").read_text().split()
    assert (folder != str(lab.root)) is own
    assert (files == "0") is own


def test_paths_from_the_project_folder(lab: Lab) -> None:
    """Programs, models, variables and parameters that were given from the project's folder are found as before."""
    for name in ("scripts/my.sh", "lib/part.sh"):
        (lab.root / name).parent.mkdir(exist_ok=True)
        (lab.root / name).write_text('source part.sh 2>/dev/null; cat "$1" "$2"\n' if "my" in name else "echo part\n")
    (lab.root / "AuxiliaryFiles").mkdir(exist_ok=True)
    (lab.root / "AuxiliaryFiles/a model.txt").write_text("the model\n")
    (lab.root / "go.txt").write_text("go\n")
    lab.tracker(
        command="bash scripts/my.sh {{ params.model }} go.txt >{{ output.copy }}; echo $WHERE >>{{ output.copy }}",
        params={"model": {"default": "AuxiliaryFiles/a model.txt", "file": True, "help": "a model"}},
        env={"WHERE": "lib/part.sh:/usr"},
        check=[{"command": "bash scripts/my.sh go.txt {{ output.copy }}", "prints": "the model"}],
        version="cat go.txt",
    )
    lab.videos(1)
    assert lab.go().code == 0, lab.log(1, 1)
    assert lab.result("d1/v1.txt").read_text() == f"the model\ngo\n{lab.root}/lib/part.sh:/usr\n"
    assert " version=go " in lab.log(1, 1)


def test_a_path_that_nobody_can_see(lab: Lab) -> None:
    """Where a program names a file of the project that it did not find, the reason says what to write."""
    (lab.root / "models").mkdir()
    (lab.root / "models/x.pt").write_text("weights")
    lab.tracker(command='bash -c "cat models/x.pt" > {{ output.copy }}')
    lab.videos(1)
    assert lab.go().code == 1
    said = lab.log(1, 1).splitlines()[-1]
    assert "why=cat: models/x.pt: " in said
    assert " (models/x.pt is in the project, and the task starts in" in said
    assert said.endswith("write {{ project }}/models/x.pt, or starts_in: project)")


def test_advice_to_look_into_activate(lab: Lab) -> None:
    """Where a program's last word names workspace/activate.sh as the place to mend, nothing is said about paths."""
    lab.tracker(command="echo 'no cv2: pip install it (see workspace/activate.sh)' >&2; exit 1; : > {{ output.copy }}")
    lab.videos(1)
    (lab.workspace / "activate.sh").touch()
    assert lab.go().code == 1
    assert lab.log(1, 1).splitlines()[-1].endswith("(see workspace/activate.sh)")


def test_what_is_put_there_later_is_found(lab: Lab) -> None:
    """A folder that is made after the scan makes a new list, in which its paths are the project's."""
    lab.tracker(command="cat models/x.pt > {{ output.copy }}")
    lab.videos(1)
    lab.scan()
    (lab.root / "models").mkdir()
    (lab.root / "models/x.pt").write_text("weights")
    lab.scan()
    assert lab.process().code == 0
    assert lab.result("d1/v1.txt").read_text() == "weights"


@pytest.mark.parametrize("name", ["snakemake", "command", "zip"])
def test_a_folder_that_no_line_names_makes_no_new_list(lab: Lab, name: str) -> None:
    """A list that nobody started is kept where a folder is made in the project that no command of the stage names."""
    lab.tracker(command="cp {{ input.video }} {{ output.copy }}")
    lab.videos(1)
    lab.scan()
    (lab.root / name).mkdir()
    lab.scan()
    assert lab.batches() == ["0001"]
