"""Write the sentences of a paper's methods from what is known of how results were made. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from .. import __version__
from ..named_tuple import NamedTuple
from ..text.visible import shown
from .method_facts import MethodFacts, Place
from .reviewed import BAD, GOOD, LOOK_AGAIN

MOST_VALUES = 30  # values of parameters that are named
MOST_REASONS = 3  # reasons that are named for a state
# What a paper says of results that are left out, where the word for the state is a word of our screens.
IN_A_PAPER = {"invalid": "could not be used", "to do": "not processed"}
OF_ONE = {"failed": "failed", "invalid": "could not be used", "to do": "was not processed", "gone": "lost its result"}
SCHEDULERS = {"slurm": "Slurm", "pbs": "PBS", "sge": "GridEngine", "lsf": "LSF"}


class Subject(NamedTuple):
    """What the sentences are about."""

    counts: str  # what people call what was processed, as "videos"
    name: str  # what a paper calls the tracker
    program: str  # the program whose version the tasks note
    cited: tuple[str, ...]  # the works that are cited, as a text cites them
    steps: tuple[tuple[str, str], ...]  # the steps, each with what it does
    step: str  # the step whose results are meant
    checks: tuple[str, ...]  # what must hold for a result, a phrase each
    differing: tuple[str, ...]  # the parameters in which results differ
    has_parameters: bool  # whether the step has any
    own: Mapping[str, str]  # the tracker's own value of each parameter
    has_days: bool


def write_sentences(facts: MethodFacts, subject: Subject) -> Iterator[str]:
    """Yield the sentences, in order; what is not known is left out, or said to be unknown."""
    yield _what(facts, subject)
    yield from _versions(facts, subject)
    yield from _says(facts)
    if len(subject.steps) > 1:
        steps = _list([f"{name} ({shown(what)})" if what else name for name, what in subject.steps], "; ")
        yield f"The steps were {steps}."
    yield from _parameters(facts, subject)
    if subject.checks:
        of_step = f" of the step {subject.step}" if len(subject.steps) > 1 else ""
        yield (
            f"A result{of_step} counted as finished only when all its files were there and not empty, and these checks "
            f"held: {'; '.join(map(shown, subject.checks))}."
        )
    yield from _left(facts, subject)
    yield from _judged(facts)
    yield from _places(facts)


def _what(facts: MethodFacts, subject: Subject) -> str:
    days = f" of {number(len(facts.days), 'days')}" if subject.has_days and any(facts.days) else ""
    some = f"{facts.whole:,} of " if facts.whole != facts.total else ""
    were = "was" if facts.total == 1 else "were"
    cited = f" ({'; '.join(subject.cited)})" if subject.cited else ""
    return f"{some}{number(facts.total, subject.counts)}{days} {were} processed with {shown(subject.name)}{cited}."


def _versions(facts: MethodFacts, subject: Subject) -> Iterator[str]:
    known = {version: count for version, count in facts.versions.items() if version}
    if not known:
        return
    named = {_version(version, subject): count for version, count in known.items()}
    unknown = facts.versions.get("", 0)
    rest = f"; for {unknown:,} the version is not known" if unknown else ""
    yield f"The tasks noted {'this version' if len(known) == 1 else 'these versions'}: {_counted(named)}{rest}."


def _version(version: str, subject: Subject) -> str:
    """Return a version behind the program's name, unless it has that before it; a record has _ for a blank."""
    return version.replace("_", " ") if version[0].isalpha() else f"{subject.program} {version}"


def _says(facts: MethodFacts) -> Iterator[str]:
    told = [_said(word, texts, facts) for word, texts in facts.says.items()]
    if told:
        yield f"The results themselves say how they were made: {'; '.join(told)}."


def _said(word: str, texts: Counter[str], facts: MethodFacts) -> str:
    silent = facts.whole - sum(texts.values())
    rest = f", not said by {silent:,}" if silent else ""
    return f"{shown(word)} {_counted(texts)}{rest}"


def _counted(texts: Mapping[str, int]) -> str:
    """Return the texts, the most frequent first, each with its count unless one text holds for all results."""
    ordered = sorted(texts.items(), key=lambda pair: (-pair[1], pair[0]))
    if len(ordered) == 1:
        return shown(ordered[0][0])
    return _list([f"{shown(text)} (n = {count:,})" for text, count in ordered])


def _parameters(facts: MethodFacts, subject: Subject) -> Iterator[str]:
    sets = {key: values for key, values in facts.values.items() if values}
    if len(facts.values) > 1:
        differ = f"; they differ in {_differences(facts, sets, subject)}" if subject.differing else ""
        yield f"{len(facts.values)} sets of parameters were used{differ}."
    if not sets:
        return
    values = next(iter(sets.values()))
    told = [n for n in values if n not in subject.differing and values[n] != subject.own.get(n)]
    named = _by_file({name: values[name] for name in told[:MOST_VALUES]})
    more = f"{len(told) - MOST_VALUES} more, which the batches keep" if len(told) > MOST_VALUES else ""
    rest = "the tracker's own values" if not told else "for all else the tracker's own values"
    whose = " of all" if len(facts.values) > 1 else ""
    yield f"The parameters{whose} were {'; '.join(filter(None, (*named, more, rest)))}."


def _by_file(values: Mapping[str, str]) -> Iterator[str]:
    """Yield the parameters of project.yml, then the values in each file, with its name behind them."""
    files: dict[str, list[str]] = {}
    for name, text in values.items():
        file, _, key = name.rpartition(": ")
        files.setdefault(file, []).append(f"{shown(key)} {shown(text) or 'empty'}")
    for file, named in sorted(files.items()):
        yield ", ".join(named) + (f" (in {shown(file)})" if file else "")


def _differences(facts: MethodFacts, sets: Mapping[str, Mapping[str, str]], subject: Subject) -> str:
    told = []
    for name in subject.differing:
        texts: Counter[str] = Counter()
        for key, values in sets.items():
            texts[values.get(name, "") or "empty"] += sum(facts.sets[key].values())
        file, _, key = name.rpartition(": ")
        told.append(f"{shown(key)}{f' (in {shown(file)})' if file else ''}: {_counted(texts)}")
    return "; ".join(told)


def _left(facts: MethodFacts, subject: Subject) -> Iterator[str]:
    left = facts.total - facts.whole
    if not left:
        return
    states: dict[str, Counter[str]] = {}
    for (state, reason), count in facts.left.items():
        states.setdefault(state, Counter())[reason] += count
    if left == 1:
        ((state, reasons),) = states.items()
        yield f"{number(1, subject.counts)} is left out: it {OF_ONE.get(state, f'was {state}')}{_why(reasons)}."
        return
    ordered = sorted(states.items(), key=lambda pair: -pair[1].total())
    told = [f"{reasons.total():,} {IN_A_PAPER.get(state, state)}{_why(reasons)}" for state, reasons in ordered]
    yield f"{number(left, subject.counts)} are left out: {'; '.join(told)}."


def _why(reasons: Counter[str]) -> str:
    """Return the reasons in brackets, the most frequent first; "" where none is known."""
    known = [(reason, count) for reason, count in reasons.most_common() if reason]
    named = [shown(reason) + (f" (n = {count:,})" if len(known) > 1 else "") for reason, count in known[:MOST_REASONS]]
    more = [number(len(known) - MOST_REASONS, "other reasons")] if len(known) > MOST_REASONS else []
    each = "each: " if len(known) == 1 and known[0][1] > 1 else ""  # as "it is empty", of a single video
    return f" ({each}{'; '.join([*named, *more])})" if named else ""


def _judged(facts: MethodFacts) -> Iterator[str]:
    told = {GOOD: "good", BAD: "bad", LOOK_AGAIN: "to be looked at again"}
    judged = [f"{facts.words[word]:,} {text}" for word, text in told.items() if facts.words.get(word)]
    if judged:
        none = facts.words.get("", 0)
        rest = f"; of {none:,} nobody said anything" if none else ""
        yield f"A person looked at results and called {_list(judged)}{rest}."
    if facts.lapsed:
        yield f"{number(facts.lapsed, 'words')} about results that were made anew since {_do(facts.lapsed)} not count."
    if facts.accepted:
        how = "it is" if facts.accepted == 1 else "they are"
        yield f"{number(facts.accepted, 'results')} {_were(facts.accepted)} changed by hand and accepted as {how}."
    if facts.changed:
        yield f"{number(facts.changed, 'results')} {_were(facts.changed)} changed since, and nobody accepted that."


def _places(facts: MethodFacts) -> Iterator[str]:
    where: Counter[str] = Counter()
    for place, count in facts.places.items():
        where[_place(place)] += count
    known = {text: count for text, count in where.items() if text}
    ours = sorted(filter(None, {place.remote_tracker for place in facts.places}))
    if known:
        ran = f"The tasks ran {_counted(known)}"
        yield " ".join(filter(None, (f"{ran}, and were listed, run and checked by remote-tracker", _list(ours)))) + "."
    elif facts.whole:
        yield f"remote-tracker {__version__} checked the results."


def _place(place: Place) -> str:
    if not place.cluster:
        return ""
    if scheduler := SCHEDULERS.get(place.scheduler):
        return f"on the cluster {place.cluster} under {scheduler}"
    return "on a machine without a scheduler" if place.scheduler == "local" else f"on the cluster {place.cluster}"


def number(count: int, what: str) -> str:
    """Return a count with its noun, as "6 videos" or "1 video"; ``what`` is the plural."""
    return f"{count:,} {what.removesuffix('s') if count == 1 else what}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _do(count: int) -> str:
    return "does" if count == 1 else "do"


def _list(texts: Sequence[str], between: str = ", ") -> str:
    """Return texts as a sentence lists them, with "and" before the last."""
    return " and ".join(filter(None, (between.join(texts[:-1]), texts[-1]))) if texts else ""
