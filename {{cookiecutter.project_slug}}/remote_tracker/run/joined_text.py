"""Tell people what a join wrote, what is missing, and what the lab's table does not name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..report.next_step import JOINED
from ..summaries.find import LAB_TABLE
from ..tables.reviewed import REVIEWED
from ..tables.write_tables import ANIMALS, SUMMARIZER, VIDEOS, Beside
from ..text.counted import number_of
from ..text.visible import shown
from .join import Outcome

SHOWN = 5  # names of videos for each reason
REASONS = 5


def joined_text(outcome: Outcome) -> str:
    """Return the lines that tell people what was joined, what is missing, and in which videos nothing was found."""
    joined = outcome.joined
    counted = f"{number_of(joined.files, outcome.counts)} with {number_of(joined.rows, 'rows')}"
    lines = [f"{counted} {'is' if joined.files == 1 else 'are'} joined in {JOINED}/{ANIMALS}"]
    for gap in joined.gaps:
        table = f"The table of {gap.day or '(no day)'}"
        as_one = "" if len(gap.columns) == 1 else "as "
        lacks = f"{number_of(len(gap.columns), 'columns')}, {as_one}{gap.columns[0]}"
        lines.append(f"{table} lacks {lacks}: left empty.")
    if len(joined.mixed) > 1:
        lines.append(f"The results were made with {len(joined.mixed)} sets of parameters and versions, mixed here:")
        lines.append(
            f"the column made_with of {JOINED}/filenames_summary.csv says which.  ./rt redo --stale evens them"
        )
    for remark, count in sorted(joined.remarks.items()):
        names = f"{JOINED}/missing.csv names {'it' if count == 1 else 'them'}"
        lines.append(f"{remark[:1].upper()}{remark[1:]} in {number_of(count, outcome.counts)}: {names}.")
    if joined.missing:
        what = f"{number_of(joined.missing, outcome.counts)} {'is' if joined.missing == 1 else 'are'}"
        lines += [f"{what} in no table: {JOINED}/missing.csv names {'it' if joined.missing == 1 else 'them'}."]
        reasons = sorted(joined.reasons.items(), key=lambda pair: -len(pair[1]))
        lines += [f"  {_tell_missing(reason, names)}" for reason, names in reasons[:REASONS]]
        lines += [f"  ... and {number_of(len(reasons) - REASONS, 'other reasons')}"] if len(reasons) > REASONS else []
    lines += _beside_lines(outcome.beside)
    return "\n".join([*lines, *(f"Not up to date: {day}." for day in outcome.late)])


def _beside_lines(beside: Beside) -> Iterator[str]:
    """Yield what people are told about the tables beside the joined tables: what fits nowhere, what nobody defined."""
    if beside.lab_only:
        what = (
            f"{number_of(len(beside.lab_only), 'rows')} of {LAB_TABLE} {_verb(beside.lab_only, 'match')} nothing here"
        )
        yield f"{what}: {_named(beside.lab_only)}"
    if beside.not_in_lab:
        what = f"{number_of(len(beside.not_in_lab), beside.lab_key + 's')} {_verb(beside.not_in_lab, 'be')} not in"
        yield f"{what} {LAB_TABLE}: {_named(beside.not_in_lab)}"
    if beside.lapsed:
        words = number_of(len(beside.lapsed), "words")
        about = "is about a result that was" if len(beside.lapsed) == 1 else "are about results that were"
        yield f"{words} of {REVIEWED} {about} made anew: {_named(beside.lapsed)}"
    if beside.reviewed_only:
        what = f"{number_of(len(beside.reviewed_only), 'names')} in {REVIEWED} {_verb(beside.reviewed_only, 'match')}"
        yield f"{what} nothing here: {_named(beside.reviewed_only)}"
    if beside.no_video:
        what = number_of(beside.no_video, "results")
        yield f"{what} in the tables of the days: of no video here, see {JOINED}/{VIDEOS}."
    if beside.undefined:
        what = f"{number_of(len(beside.undefined), 'columns')} {_verb(beside.undefined, 'have')} no definition"
        yield f"{what} in {SUMMARIZER}/columns.yml: {_named(beside.undefined)}"


def _tell_missing(reason: str, names: Sequence[str]) -> str:
    """Return a reason with the videos that it kept out of the table; a single video is named once, before it."""
    if len(names) > 1:
        return f"{len(names)} {reason}: {_named(names)}"
    return f"{_named(names)}: {reason.replace(f'RawVideos/{names[0]}: ', '', 1)}"


def _verb(names: Sequence[str], verb: str) -> str:
    one = {"match": "matches", "be": "is", "have": "has"}
    return one[verb] if len(names) == 1 else {"be": "are"}.get(verb, verb)


def _named(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(map(shown, names[:SHOWN]))}{more}"
