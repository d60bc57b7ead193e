"""Read the output of probe.sh as values. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Need
from ..quick_dataclass import dataclass


@dataclass(frozen=True)
class Answer:
    """A need of the tracker, whether the machine meets it, and the last line that its bash printed."""

    need: Need
    met: bool
    said: str
    seconds: int = 0  # how long it took


@dataclass(frozen=True)
class Space:
    """The free space in a folder: bytes and files (inodes), -1 where the machine does not tell."""

    folder: str
    free: int
    files: int


@dataclass(frozen=True)
class Surroundings:
    """What a machine has for the tracker."""

    host: str = ""
    bash: str = ""  # as "bash 5.2"
    python: str = ""  # the path of the program python
    modules: str = ""  # the loaded modules
    version: str = ""  # of the tracker
    activate: str = ""  # what is wrong with activate.sh; "": nothing
    printed: tuple[str, ...] = ()  # the lines that activate.sh printed as errors, bash's own as "line 1: ..."
    answers: tuple[Answer, ...] = ()  # for each need that was asked
    gpus: tuple[str, ...] = ()
    spaces: tuple[Space, ...] = ()
    whole: bool = False  # probe.sh ran to its end

    @property
    def complaints(self) -> list[str]:
        """Return what bash itself printed about lines of activate.sh that failed."""
        return [line for line in self.printed if line.startswith("line ")]

    @property
    def missing(self) -> list[Answer]:
        """Return the answers to needs that are not met."""
        return [answer for answer in self.answers if not answer.met]


def read_surroundings(text: str, needs: Sequence[Need]) -> Surroundings:
    """Return what probe.sh found about the ``needs`` that it asked; what other programs printed is skipped."""
    lines = [line.split("\t")[1:] for line in text.splitlines() if line.startswith("rt\t")]
    said = {words[0]: words[1:] for words in lines}
    answers = {words[1]: words[2:] for words in lines if words[0] == "need" and len(words) in (4, 5)}
    known = [(need, answers[str(n)]) for n, need in enumerate(needs, 1) if str(n) in answers]
    return Surroundings(
        host=_word(said, "host"),
        bash=_word(said, "host", 1),
        python=_word(said, "python"),
        modules=_word(said, "modules"),
        version=_word(said, "version", 2) if _word(said, "version", 1) == "0" else "",
        activate=_word(said, "activate"),
        printed=tuple(dict.fromkeys(_without_path(words[1]) for words in lines if words[0] == "printed" and words[1:])),
        answers=tuple(_answer(need, *words) for need, words in known),
        gpus=tuple(words[1] for words in lines if words[0] == "gpu"),
        spaces=tuple(_space(words) for words in lines if words[0] == "space" and len(words) == 4),
        whole="end" in said,
    )


def _without_path(line: str) -> str:
    """Return a line that bash printed about activate.sh without the file's path; any other line as it is."""
    path, found, rest = line.partition("workspace/activate.sh: line ")
    return f"line {rest}" if found and path.startswith("/") else line


def _answer(need: Need, code: str, said: str, seconds: str = "") -> Answer:
    return Answer(need, code == "0", said, int(seconds) if seconds.isdecimal() else 0)


def _word(said: dict[str, list[str]], key: str, place: int = 0) -> str:
    words = said.get(key, [])
    return words[place] if place < len(words) else ""


def _space(words: Sequence[str]) -> Space:
    kib, files = (int(word) if word.isdecimal() else -1 for word in words[2:4])
    return Space(words[1], kib * 1024 if kib >= 0 else -1, files)
