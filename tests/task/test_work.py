"""Where a command works: fresh, resume, in-place, a copy to start from; and in which environment."""

from __future__ import annotations

import pytest
from lab import Lab


def test_fresh_begins_with_nothing(lab: Lab) -> None:
    """Each attempt has an empty folder of its own; what a failed one wrote is never seen nor published."""
    lab.tracker(
        command="[ ! -e {{ output.copy }} ] || echo left over; echo half > {{ output.copy }};"
        " [ -e {{ project }}/fine ] || exit 1; cp {{ input.video }} {{ output.copy }}"
    )
    lab.videos(1)
    lab.go()
    assert lab.results() == []
    (lab.root / "fine").touch()
    assert lab.go().code == 0
    assert "left over" not in lab.log(1, 1) + lab.log(2, 1)
    assert list((lab.root / "Results/.work").iterdir()) == []


def test_resume_goes_on(lab: Lab) -> None:
    """With resume the work folder is kept between attempts, and gone once the result is published."""
    lab.tracker(
        work="resume",
        command='echo step >> "$out"/steps; [ $(wc -l < "$out"/steps) -ge 3 ] || exit 1;'
        ' cp "$out"/steps {{ output.copy }}',
    )
    lab.videos(1)
    assert [lab.go().code for _ in range(3)] == [1, 1, 0]
    assert lab.result("d1/v1.txt").read_text() == "step\n" * 3
    assert list((lab.root / "Results/.work").iterdir()) == []


def test_in_place_writes_where_it_wants(lab: Lab) -> None:
    """In-place the program writes into the project itself, and a bad result there is listed again."""
    lab.tracker(work="in-place", command="cp {{ input.video }} {{ output.copy }}; exit $(cat {{ project }}/code)")
    lab.videos(1)
    (lab.root / "code").write_text("3")
    assert lab.go().code == 1
    assert lab.results() == ["d1/v1.txt"]
    (lab.root / "code").write_text("0")
    lab.result("d1/v1.txt").write_text("")
    assert lab.go().code == 0
    assert lab.result("d1/v1.txt").read_text() == "video 1"


def test_start_is_a_copy(lab: Lab) -> None:
    """A program that writes into its input gets a copy of it: the video stays as it is."""
    lab.tracker(start={"copy": "video"}, command="printf ' and more' >> {{ output.copy }}")
    lab.videos(1)
    assert lab.go().code == 0, lab.log(1, 1)
    assert lab.result("d1/v1.txt").read_text() == "video 1 and more"
    assert (lab.root / "RawVideos/d1/v1.avi").read_text() == "video 1"
    assert lab.counts() == {"finished": 1}


def test_command_reads_nothing(lab: Lab) -> None:
    """A program that would read the keyboard reads nothing: the list and the terminal stay whole."""
    lab.tracker(command="cat > {{ output.copy }}; echo done >> {{ output.copy }}")
    lab.videos(3)
    assert lab.go().code == 0
    assert lab.result("d1/v2.txt").read_text() == "done\n"


def test_env_of_the_stage(lab: Lab) -> None:
    """What a stage sets in env is in the command's environment, quoted."""
    lab.tracker(
        env={"GREETING": "hello {{ params.who }}", "EMPTY": ""},
        params={"who": {"default": "$(world) 'x'", "help": "whom"}},
        command='printf "%s|%s" "$GREETING" "$EMPTY" > {{ output.copy }}',
    )
    lab.videos(1)
    assert lab.go().code == 0, lab.log(1, 1)
    assert lab.result("d1/v1.txt").read_text() in ("hello $(world) 'x'|", "hello '$(world) '\"'\"'x'\"'\"''|")


@pytest.mark.parametrize(
    "text",
    [
        "false",
        "return 1",
        'echo "$NOT_SET_AT_ALL"',
        "no_such_module load tracker",
        "set -eu",
        "set -u; set -e",
        "unset IFS",
        "for n in 7 8; do :; done",
        "n=9 out=/nowhere work=/nowhere mode=in-place place=x project=/ unit=x stage=x params=x tracker=/x",
        "inputs=() outputs=() globs=() command=(false) here=/nowhere batch=9 helper=/x deep=x folder_names=x start=(x)",
        "IFS=,",
        "set -f",
        "cd /",
        "read -r x",
        "alias cp=false",
    ],
)
def test_activate(lab: Lab, text: str) -> None:
    """Nothing an activate.sh does to the shell it is read by can harm the task or put its result elsewhere."""
    lab.tracker(command='[ "$FROM_ACTIVATE" = yes ] && cp {{ input.video }} {{ output.copy }}')
    lab.activate(f"export FROM_ACTIVATE=yes\n{text}\n")
    lab.videos(1)
    assert lab.go().code == 0, lab.log(1, 1)
    assert lab.results() == ["d1/v1.txt"]
    assert lab.counts() == {"finished": 1}


@pytest.mark.parametrize("text", ["exit 0", "exit 5", "set -e; false"])
def test_activate_that_exits(lab: Lab, text: str) -> None:
    """An activate.sh that ends the shell is a failure that says so, not a task that vanished."""
    lab.activate(f"{text}\n")
    lab.videos(1)
    assert lab.go().code == 1
    assert "workspace/activate.sh ended the task" in lab.log(1, 1).splitlines()[-1]
    assert "result=failed" in lab.log(1, 1)


def test_helper_out_of_sight(lab: Lab) -> None:
    """Where the compute node does not see the helper's Python the quick checks hold, and the scan does the rest."""
    lab.tracker(
        output={"info": "Results/{subdir}/{name}.json"},
        check=[{"json": "info", "key": "finished", "equals": True}],
        command="echo '{' > {{ output.info }}",
    )
    lab.videos(1)
    lab.scan()
    lab.share(1, lab.shared(1) + "helper=/nowhere/python\n")
    assert lab.process().code == 0
    assert lab.counts() == {"incomplete": 1}
