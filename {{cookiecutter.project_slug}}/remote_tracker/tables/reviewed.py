"""Read what the lab says about results, AuxiliaryFiles/reviewed.csv: good, bad or look again.

A word is about one result: when that is made anew, the word lapses. The report's page writes the file; a person may
write it in a spreadsheet, too, also by adding a column ``word`` to a copy of ``videos.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ..errors import unknown_word
from ..model import said_word
from ..model.said_word import SaidWord
from ..named_tuple import NamedTuple
from .record_time import TIME
from .spreadsheet import Sheet, key_of
from .video_row import VideoRow

REVIEWED = said_word.REVIEWED
WORDS = GOOD, BAD, LOOK_AGAIN = ("good", "bad", "look again")
WHOLE = ("finished", "archived")  # the states in which there is a result to speak about
VIDEO, WORD, RESULT, NOTE = "video", "word", "result", "note"
AS_IN_VIDEOS = (
    "sha256_result",
    "proven_at",
)  # columns of videos.csv that name a result; the first filled cell counts
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{16,64})")  # of a digest its first 16 digits are enough
_FORMULA = "=+-@\t\r"  # where a cell begins so, a ' was put before it


class Said(NamedTuple):
    """A line of the file."""

    line: int
    video: str  # as the cell has it
    word: str
    result: str  # the SHA-256 of the result, its beginning, or when it was proven; "": not said
    note: str


@dataclass(frozen=True)
class Reviewed:
    """All that the lab says about results."""

    said: Mapping[str, Sequence[Said]] = field(default_factory=dict)  # a video's name -> its lines, in order
    saved: float = 0.0  # when the file was last changed, s since 1970

    @property
    def lines(self) -> Sequence[Said]:
        """Return each line once, in order."""
        return sorted({one for said in self.said.values() for one in said})

    def about(self, video: str) -> Sequence[Said]:
        """Return the lines about a video, also where a ' guards its name, or RawVideos stands before it."""
        guarded = f"'{video}" if video[:1] in _FORMULA else video
        return next((self.said[key] for key in (video, guarded, key_of(video)) if key in self.said), ())

    def find(self, row: VideoRow) -> SaidWord | None:
        """Return the lab's last word on a video's result, lapsed where no line is about this result; None: no word."""
        said = self.about(row.video) if self.said and row.state in WHOLE else ()
        if not said:
            return None
        valid = [one for one in said if _is_about(one, row, self.saved)]
        last = (valid or said)[-1]
        about = "" if valid else last.result or _tell_time(self.saved)
        return SaidWord(last.word, not valid, last.note, about)

    def word_of(self, row: VideoRow) -> tuple[str, bool]:
        """Return the lab's word on a video's result ("": none), and whether the result was made anew since."""
        found = self.find(row)
        return (found.word, found.lapsed) if found else ("", False)


class Unseen:
    """The lines about videos that have not come by."""

    def __init__(self) -> None:
        self._seen: set[Said] = set()

    def watch(self, rows: Iterable[VideoRow], reviewed: Reviewed) -> Iterator[VideoRow]:
        """Yield the rows, and note which lines are about them."""
        for row in rows:
            self._seen.update(reviewed.about(row.video))
            yield row

    def names(self, reviewed: Reviewed) -> tuple[str, ...]:
        """Return the names in the lines about no video that came by, each once."""
        return tuple(dict.fromkeys(key_of(one.video) for one in reviewed.lines if one not in self._seen))


def with_word(row: VideoRow, reviewed: Reviewed) -> VideoRow:
    """Return the row with the lab's word on its result."""
    found = reviewed.find(row)
    return row._replace(word=found.word, word_lapsed=found.lapsed) if found else row


def _is_about(said: Said, row: VideoRow, saved: float) -> bool:
    if not said.result:
        ended = _read_time(row.ended)
        return ended is None or ended.timestamp() <= saved
    if _DIGEST.fullmatch(said.result):
        return row.sha256_result.startswith(said.result)
    return _read_time(said.result) in (_read_time(row.proven), _read_time(row.ended))


def _tell_time(saved: float) -> str:
    """Return a time that names no result that was made since."""
    return datetime.fromtimestamp(saved).astimezone().strftime(TIME)


def _read_time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, TIME)
    except ValueError:
        return None


def load_reviewed(root: Path) -> Reviewed:
    """Return what the project at ``root`` holds of the lab's words, none where the file is not there.

    Raises RemoteTrackerError, with the line, for a word that there is not, and a file that cannot be read.
    """
    if not (root / REVIEWED).exists():
        return Reviewed()
    return read_reviewed(root / REVIEWED, Sheet(REVIEWED))


def read_reviewed(path: Path, sheet: Sheet) -> Reviewed:
    """Return the lab's words in the file at ``path``; raises RemoteTrackerError, as ``sheet`` says it."""
    try:
        raw, saved = path.read_bytes(), path.stat().st_mtime
    except OSError as error:
        sheet.fail_to_read(error)
    said: dict[str, list[Said]] = {}
    for one in _read_lines(sheet, raw):
        key = key_of(one.video)
        for other in said.get(key, ()):
            if other.result == one.result and other.word != one.word:
                told = f"{key} is {other.word} in line {other.line}, and {one.word} here. Keep one of the two."
                sheet.fail(one.line, told)
        for name in {key, one.video}:
            said.setdefault(name, []).append(one)
    return Reviewed(said, saved)


def _read_lines(sheet: Sheet, raw: bytes) -> Iterator[Said]:
    """Yield each line that has a word."""
    lines = sheet.read(raw)
    number, head = next(lines, (1, []))
    places = {name.strip().casefold(): at for at, name in reversed(list(enumerate(head)))}
    for name in (VIDEO, WORD):
        if name not in places:
            sheet.fail(number, f'it has no column "{name}": it needs the columns {VIDEO} and {WORD}.')
    results = [name for name in AS_IN_VIDEOS if name in places] or [RESULT]
    for line, cells in lines:
        told = {name: cells[at] if at < len(cells) else "" for name, at in places.items()}
        word = " ".join(told[WORD].casefold().split())
        if not word:
            continue
        if word not in WORDS:
            sheet.fail(line, unknown_word("word", told[WORD].strip(), WORDS))
        if not key_of(told[VIDEO]):
            sheet.fail(line, "has no video.")
        result = next((text for name in results if (text := told.get(name, "").strip())), "").removeprefix("'")
        digest = _DIGEST.fullmatch(result.lower())
        if result and digest is None and _read_time(result) is None:
            sheet.fail(line, f'"{result}" names no result: write its sha256_result, or proven_at, of videos.csv there.')
        note = told.get(NOTE, "").strip()
        note = note[1:] if note[:1] == "'" and note[1:2] in tuple(_FORMULA) else note
        yield Said(line, told[VIDEO], word, digest[1] if digest else result, note)
