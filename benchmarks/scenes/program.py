"""The tracker of the scenes: plain bash, told by files in a folder what goes wrong, and a ledger of what it did."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from pathlib import Path
from typing import NamedTuple

ROWS = 50
TRACK = r"""#!/usr/bin/env bash
# track.sh <video> <result> [<info>]: a table of so many rows, each with the digest of the video.
set -euo pipefail
control=CONTROL video=$1 result=$2 info=${3:-} name=${1##*/}
digest=$(md5sum <"$video")
digest=${digest%% *}
size=$(stat -L -c %s "$video")
mode=whole rows=ROWS
if [[ -e $control/mode.$name ]]; then
  read -r mode <"$control/mode.$name"
  if [[ $mode != *! ]]; then rm "$control/mode.$name"; fi
fi
mode=${mode%!}
if [[ -e $control/rows ]]; then read -r rows <"$control/rows"; fi
again=''
while read -r word who of pid; do
  if [[ $who == "$name" && $of == "$digest" && $word != end ]] &&
    [[ -n $(tr -d '\0' <"/proc/$pid/cmdline" 2>/dev/null) ]]; then again=again; fi
done <"$control/ledger"
printf '%s %s %s %s\n' "${again:-begin}" "$name" "$digest" "$$" >>"$control/ledger"
wait_for() { until [[ -e $control/$1 ]]; do sleep 0.05; done; }
begun() { touch "$control/begun.$name"; }
table() { awk -v d="$digest" -v n="$1" 'BEGIN {print "frame,digest"; for (i = 0; i < n; i++) print i "," d}'; }
case $mode in
  fail) exit 3 ;;
  nothing) exit 0 ;;
  wait) begun; wait_for go ;;
  forge) printf '# end 2026-01-01T00:00:00+0000 exit=0 seconds=1 result=finished why=\n'; begun; wait_for never ;;
  endless) head -c 30000000 /dev/zero | tr '\0' x ;;
esac
mkdir -p "${result%/*}"
if [[ $result == *_out || $result == *_out/ ]]; then
  mkdir -p "$result"
  echo log >"$result/log.txt"
  if [[ $mode == log ]]; then exit 0; fi
  table "$rows" >"$result/poses.h5"
elif [[ $mode == half ]]; then
  { table "$rows" || true; } | head -c $((rows * 15)) >"$result" || true
  begun
  wait_for never
else
  table "$rows" >"$result"
fi
if [[ $mode == between ]]; then begun; wait_for never; fi
if [[ -n $info ]]; then
  printf '{"finished": true, "rows": %s, "source": {"name": "%s", "size": %s, "digest": "%s"}}\n' \
    "$rows" "$name" "$size" "$digest" >"$info"
fi
printf 'end %s %s %s\n' "$name" "$digest" "$$" >>"$control/ledger"
"""
# A program of the system's, put before it in PATH: it stops where a scene wants a job killed.
MOVER = r"""#!/usr/bin/env bash
# As PROGRAM, but it stops, for good, with the second result in its place still to come (the file `between` is there) or
# with half of the bytes copied where the two places lie on different disks (the file `cut` is there).
control=CONTROL to=${!#} from=${*: -2:1}
if [[ -e $control/between && $to == */Results/* && $to != */.* ]]; then
  echo x >>"$control/moves"
  if [[ $(wc -l <"$control/moves") -ge 2 ]]; then
    touch "$control/begun"
    until [[ -e $control/never ]]; do sleep 0.05; done
  fi
fi
if [[ -e $control/cut && -f $from && $(stat -L -c %d "$from") != "$(stat -L -c %d "${to%/*}")" ]]; then
  head -c "$(($(stat -c %s "$from") / 2))" "$from" >"$to"
  touch "$control/begun"
  until [[ -e $control/never ]]; do sleep 0.05; done
fi
exec REAL "$@"
"""
REFUSED = '#!/bin/sh\necho "ln: failed to create hard link: Operation not permitted" >&2\nexit 1\n'


class Did(NamedTuple):
    """A line of the ledger: begin, again (begun while another one lives), end; asked (for it once more), cut (off)."""

    word: str
    name: str
    digest: str
    pid: int


class Program:
    """The tracker in a folder of its own, from which a scene tells it what goes wrong."""

    def __init__(self, control: Path) -> None:
        self.control = control
        (control / "bin").mkdir(parents=True)
        (control / "ledger").write_text("")
        self.path = control / "track.sh"
        self.path.write_text(TRACK.replace("CONTROL", str(control)).replace("=ROWS", f"={ROWS}"))

    def tell(self, name: str, mode: str) -> None:
        """Say how the next start for a video ends; with ``!`` at its end each one until it is told otherwise."""
        (self.control / f"mode.{name[3:]}.avi").write_text(f"{mode}\n")

    def untell(self, name: str) -> None:
        """Let it be whole again."""
        (self.control / f"mode.{name[3:]}.avi").unlink(missing_ok=True)

    def put(self, name: str, text: str = "") -> None:
        """Write a file that the programs look for."""
        (self.control / name).write_text(f"{text}\n")

    def take(self, name: str) -> None:
        """Remove such a file."""
        (self.control / name).unlink(missing_ok=True)

    def has_begun(self, name: str = "") -> bool:
        """Return whether the program has come to where it waits."""
        return (self.control / (f"begun.{name[3:]}.avi" if name else "begun")).exists()

    def wrap(self, program: str) -> None:
        """Put a wrapper of cp or mv into PATH, or an ln that fails as on a disk without hard links."""
        path = self.control / "bin" / program
        text = MOVER.replace("CONTROL", str(self.control)).replace("PROGRAM", program)
        path.write_text(REFUSED if program == "ln" else text.replace("REAL", str(shutil.which(program))))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def read_ledger(self) -> list[Did]:
        """Return what was done, in order."""
        lines = (self.control / "ledger").read_text().splitlines()
        words = (line.split() for line in lines)
        return [Did(word, name, digest, int(pid)) for word, name, digest, pid in words]

    def note(self, word: str, name: str) -> None:
        """Note that a person asked for this video once more or damaged its result, or that a job of it was cut off."""
        with open(self.control / "ledger", "a") as ledger:
            ledger.write(f"{word} {name[3:]}.avi - 0\n")

    def rows(self) -> int:
        """Return how many rows a whole table has."""
        told = self.control / "rows"
        return int(told.read_text()) if told.exists() else ROWS


def digest_of(video: Path) -> str:
    """Return the digest of a video."""
    return hashlib.md5(video.read_bytes()).hexdigest()


def is_table(path: Path, digest: str, rows: int) -> bool:
    """Return whether a table is the one of the video with this digest."""
    try:
        return path.read_text() == "frame,digest\n" + "".join(f"{row},{digest}\n" for row in range(rows))
    except (OSError, ValueError):
        return False


def is_info(path: Path, video: Path, rows: int) -> bool:
    """Return whether the second result is that of the video."""
    source = {"name": video.name, "size": video.stat().st_size, "digest": digest_of(video)}
    try:
        return bool(json.loads(path.read_text()) == {"finished": True, "rows": rows, "source": source})
    except (OSError, ValueError):
        return False


def find_session(leader: int) -> list[int]:
    """Return the processes of the session that a process began."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(name))
    return found
