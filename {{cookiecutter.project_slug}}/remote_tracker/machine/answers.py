"""What probe.sh prints, as values. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..model import Need


@dataclass(frozen=True)
class Answer:
    """One need, whether it is met, and what its line of bash said last."""

    need: Need
    met: bool
    said: str


@dataclass(frozen=True)
class Space:
    """What is free below a folder: bytes and files (inodes), -1 where the machine does not tell."""

    folder: str
    free: int
    files: int


@dataclass(frozen=True)
class Surroundings:
    """What a machine has: its name, the tracker's version, what is met of its needs, GPUs, free space.

    ``activate`` is what is wrong with activate.sh; ``whole`` is false where the look around was broken off.
    """

    host: str = ""
    bash: str = ""
    python: str = ""
    modules: str = ""
    version: str = ""
    activate: str = ""
    answers: tuple[Answer, ...] = ()
    gpus: tuple[str, ...] = ()
    spaces: tuple[Space, ...] = ()
    whole: bool = False

    @property
    def missing(self) -> list[Answer]:
        """Return what is not there."""
        return [answer for answer in self.answers if not answer.met]


def read_surroundings(text: str, needs: Sequence[Need]) -> Surroundings:
    """Return what probe.sh printed; lines of other programs between its own are passed over."""
    lines = [line.split("\t")[1:] for line in text.splitlines() if line.startswith("rt\t")]
    said = {words[0]: words[1:] for words in lines}
    answers = {words[1]: words[2:] for words in lines if words[0] == "need" and len(words) == 4}
    known = [(need, answers[str(n)]) for n, need in enumerate(needs, 1) if str(n) in answers]
    return Surroundings(
        host=_word(said, "host"),
        bash=_word(said, "host", 1),
        python=_word(said, "python"),
        modules=_word(said, "modules"),
        version=_word(said, "version", 2) if _word(said, "version", 1) == "0" else "",
        activate=_word(said, "activate"),
        answers=tuple(Answer(need, code == "0", last) for need, (code, last) in known),
        gpus=tuple(words[1] for words in lines if words[0] == "gpu"),
        spaces=tuple(_space(words) for words in lines if words[0] == "space" and len(words) == 4),
        whole="end" in said,
    )


def _word(said: dict[str, list[str]], key: str, place: int = 0) -> str:
    words = said.get(key, [])
    return words[place] if place < len(words) else ""


def _space(words: Sequence[str]) -> Space:
    kib, files = (int(word) if word.isdecimal() else -1 for word in words[2:4])
    return Space(words[1], kib * 1024 if kib >= 0 else -1, files)
