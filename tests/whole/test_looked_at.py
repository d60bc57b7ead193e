"""What a tracker's own program has against a file or folder that a parameter names: said before anything is listed."""

from __future__ import annotations

import os

import pytest
from lab import Lab

PARAMS = {"model": {"default": "first", "folder": "AuxiliaryFiles/models", "look": "look.py", "help": "the model"}}
COMMAND = "cat {{ project }}/AuxiliaryFiles/models/{{ params.model }}/net {{ input.video }} >{{ output.copy }}"
LOOK = """import json, pathlib, sys
folder, params = pathlib.Path(sys.argv[1]), json.load(sys.stdin)
open(folder.parents[2] / "asked", "a").write("x")
if "half" in (folder / "net").read_text():
    print("is half a net")
    print(f"is called {params['model']}")
"""


def put(lab: Lab, text: str, age: int = 0, program: str = LOOK) -> None:
    """Put a model into the project, and beside its tracker.yml the program that looks at it."""
    lab.tracker(params=PARAMS, command=COMMAND)
    (lab.root / "site/trackers/tiny/look.py").write_text(program)
    os.utime(lab.root / "site/trackers/tiny/look.py", (1_700_000_000, 1_700_000_000))
    net = lab.root / "AuxiliaryFiles/models/first/net"
    net.parent.mkdir(parents=True, exist_ok=True)
    net.write_text(text)
    os.utime(net, (1_700_000_000 + age, 1_700_000_000 + age))


def asked(lab: Lab) -> int:
    """Return how often the program was asked."""
    path = lab.root / "asked"
    return len(path.read_text()) if path.exists() else 0


def test_a_fault_is_said_before_anything_is_listed(lab: Lab) -> None:
    """A scan lists nothing and tells the first fault, the doctor tells all; once it is mended the videos are listed."""
    put(lab, "half a net")
    lab.videos(1)
    ran = lab.scan()
    assert (ran.code, ran.out, lab.batches()) == (1, "", [])
    place = "AuxiliaryFiles/models/first"
    assert ran.err == f"project.yml: model is first, and {place} is half a net. Nothing was listed.\n"
    told = lab.rt("doctor").out
    assert f"{place} is half a net." in told
    assert f"{place} is called first." in told
    put(lab, "a whole net", age=1)
    assert lab.counts() == {"unprocessed": 1}


def test_it_is_asked_once_and_after_a_change(lab: Lab) -> None:
    """The program is started again where the model, the parameters or the program changed, and not otherwise."""
    put(lab, "a net")
    lab.videos(1)
    for _ in range(3):
        lab.scan()
    assert asked(lab) == 1
    put(lab, "half a net", age=1)
    assert [lab.scan().code, lab.scan().code, asked(lab)] == [1, 1, 2]
    put(lab, "half a net", age=1, program=f"{LOOK}# edited\n")
    assert [lab.scan().code, asked(lab)] == [1, 3]


@pytest.mark.parametrize("program", ["raise ValueError('no idea')", "import sys; sys.exit('no idea')"])
def test_a_program_that_cannot_tell(lab: Lab, program: str) -> None:
    """Where the program itself fails that is said, in its last words, and it is asked again by the next scan."""
    put(lab, "a net", program=program)
    lab.videos(1)
    ran = lab.scan()
    assert ran.code == 1
    assert "AuxiliaryFiles/models/first cannot be looked at by look.py: " in ran.err
    assert "no idea. Nothing was listed." in ran.err
    put(lab, "a net")
    assert lab.counts() == {"unprocessed": 1}


def test_a_program_that_is_not_there(lab: Lab) -> None:
    """A tracker.yml that names a program which is not beside it is refused by name."""
    put(lab, "a net")
    (lab.root / "site/trackers/tiny/look.py").unlink()
    assert '"look": there is no look.py beside tracker.yml.' in lab.scan().err
