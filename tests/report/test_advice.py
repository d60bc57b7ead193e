"""What to type next: in every state of a project that can be built, it leads on and it ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain, combinations, product
from typing import NamedTuple

import pytest
from lab import TEMPLATE
from remote_tracker.report.advice import AFTER, ENDS, Advice, Do, advise
from remote_tracker.report.standing import Did, Joined, Situation, Stand

KINDS = (
    "good",  # to do, and will finish
    "weak",  # to do, and will fail however often it is tried
    "bad",  # to do, and the first try shows that no other can help
    "flying",
    "stuck",  # queued, and it can never start
    "arriving",
    "broken_off",
    "held",
    "stranded",
    "aside",
    "hopeless",
    "gone",
    "moved",
    "refused",  # moved, and its results cannot be taken along
    "invalid",
    "finished",
    "archived",
    "days",  # days to summarize
    "stores",  # imgstores that are not read
    "unread",  # other files
)
CHECKED_BY_A_SCAN = (Did.FOUND_NO_LIST, Did.RAN, Did.FAILED, Did.STOPPED, Did.REDID, Did.ACCEPTED, Did.REFUTED)
ELSEWHERE = (Do.LOGS, Do.SNAKEMAKE, Do.PUSH, Do.SCAN_THERE, Do.PULL, Do.FREE)  # what these show leads on there
ATTEMPTS = 3
LONGEST = 40  # screens


class Surroundings(NamedTuple):
    """What no command changes."""

    has_queue: bool
    has_tables: bool
    has_room: bool  # the queue takes more
    is_large: bool  # a scan of the videos does not look at the days


class World(NamedTuple):
    """A project with no or a single video of each kind, and what the last command did."""

    there: frozenset[str]
    around: Surroundings
    joined: Joined
    did: Did
    folder: str = "workspace"
    listed: str = ""  # the folder with a list that was not run
    tries: int = 0  # how often the weak video was tried
    is_halted: bool = False

    def has(self, *kinds: str) -> bool:
        """Return whether there is a video of any of these kinds."""
        return not self.there.isdisjoint(kinds)

    def to_do(self, folder: str) -> bool:
        """Return whether a scan of the folder has something to list."""
        return self.has("days") if folder == "summarizer" else self.has("good", "weak", "bad")

    def turned(self, new: str, *old: str) -> World:
        """Return the world where the videos of the old kinds are of a new kind."""
        return self._replace(there=self.there - {*old} | {new}) if self.has(*old) else self

    def doing(self, did: Did, folder: str = "workspace") -> World:
        """Return the world behind another command."""
        return self._replace(did=did, folder=folder)

    def situation(self) -> Situation:
        """Return how the advice sees this world."""
        kinds = ("arriving", "broken_off", "held", "stranded", "aside", "hopeless", "gone", "invalid", "finished")
        counts = {kind: int(kind in self.there) for kind in (*kinds, "archived", "stores", "unread")}
        work = Stand(
            "track",
            "workspace",
            to_do=sum(kind in self.there for kind in ("good", "weak", "bad")),
            failed=int(self.has("weak") and self.tries > 0),
            in_flight=sum(kind in self.there for kind in ("flying", "stuck")),
            stuck="0001" if self.has("stuck") and not self.has("flying") else "",
            moved=sum(kind in self.there for kind in ("moved", "refused")),
            halted=self.is_halted,
            **counts,
        )
        days = Stand("sum", "summarizer", to_do=int(self.has("days")), finished=int(self.joined is not Joined.NOTHING))
        seen_all = not (self.around.is_large and self.did is Did.SCANNED and self.folder == "workspace")
        stages = (work, days) if self.around.has_tables and seen_all else (work,)
        queue, tables = self.around.has_queue, self.around.has_tables
        joined = self.joined if tables else Joined.NOTHING
        return Situation(self.did, self.folder, stages, seen_all, queue, tables, joined)


def scan(now: World, folder: str) -> World:
    """Return the world behind a scan of the folder."""
    if now.to_do(folder) and now.around.has_room:
        return now.doing(Did.LISTED, folder)._replace(listed=folder)
    is_due = now.did in CHECKED_BY_A_SCAN or now.to_do(folder) or (now.around.is_large and folder == "summarizer")
    assert is_due, f"a scan of {folder} that finds nothing to do"
    return now.doing(Did.SCANNED, folder)


def run_list(now: World) -> World:
    """Return the world behind a run of the list, or behind its submission."""
    assert now.listed, "there is no list to run"
    assert now.to_do(now.listed), "nothing is to do in the list"
    folder, now = now.listed, now._replace(listed="", is_halted=False)
    if folder == "summarizer":
        now = now._replace(there=now.there - {"days"}, joined=Joined.OLD)
        return now.doing(Did.RAN, folder)
    if now.around.has_queue:
        return now.turned("flying", "good", "weak", "bad").doing(Did.SENT)
    failed = now.has("weak", "bad")
    if now.has("good"):
        now = now.turned("finished", "good")
        now = now._replace(there=now.there | {"days"}) if now.around.has_tables else now
    if now.has("weak"):
        now = now._replace(tries=now.tries + 1)
        now = now.turned("aside", "weak") if now.tries == ATTEMPTS else now
    return now.turned("hopeless", "bad").doing(Did.FAILED if failed else Did.RAN)


def type_it(now: World, advice: Advice) -> World:
    """Return the world once somebody typed what was advised; fails where that says there is nothing to do."""
    if advice.do is Do.SCAN:
        return scan(now, advice.folder)
    if advice.do is Do.SCAN_THEN_STATUS:
        return scan(now, advice.folder).doing(Did.LOOKED)
    if advice.do is Do.RUN_LIST:
        return run_list(now)
    if advice.do is Do.SUBMIT:
        return run_list(scan(now, "workspace"))
    if advice.do is Do.RETRY:
        assert now.has("weak"), "nothing failed that could be tried again"
        return now.turned("flying", "weak").doing(Did.SENT)
    if advice.do is Do.CANCEL:
        assert advice.batch, "no batch is named"
        assert now.has("stuck"), "no job is stuck"
        assert not now.has("flying"), "something else is waited for"
        return now.turned("good", "stuck").doing(Did.CANCELLED)
    if advice.do is Do.MOVED:
        assert now.has("moved", "refused"), "nothing was moved"
        return now.turned("finished", "moved").doing(Did.TOOK_ALONG)
    if advice.do is Do.SCAN_AS_NEW:
        return now.turned("good", "moved", "refused").doing(Did.LISTED)._replace(listed="workspace")
    if advice.do is Do.REDO_GONE:
        assert now.has("gone"), "nothing is gone"
        return now.turned("good", "gone").doing(Did.REDID)
    if advice.do is Do.JOIN:
        assert now.joined is Joined.OLD, "there is nothing to join"
        return now._replace(joined=Joined.NEW).doing(Did.JOINED, "summarizer")
    if advice.do is Do.IGNORED:
        assert now.there == {"unread"}, "there are videos"
        return now.doing(Did.SORTED)
    assert advice.do in (Do.STATUS, Do.FAILURES), advice
    trouble = ("broken_off", "held", "stranded", "aside", "hopeless", "invalid")
    told = advice.do is Do.STATUS or now.is_halted or now.has(*trouble) or now.to_do("workspace") or now.has("days")
    assert told, "nothing failed"
    return now.doing(Did.LOOKED if advice.do is Do.STATUS else Did.TRIAGED)


def is_true(now: World, end: Do) -> bool:
    """Return whether an end says what is the case."""
    reasons = {
        Do.WAIT: now.has("flying") or (not now.around.has_room and (now.to_do("workspace") or now.to_do("summarizer"))),
        Do.WAIT_FOR_COPY: now.has("arriving"),
        Do.BRING: not now.there,
        Do.BRING_THEN_PUSH: now.did is Did.PUSHED_NONE,
        Do.WRITE_SETUP: now.did is Did.TOLD_SETUP,
        Do.READ_STORES: "stores" in now.there <= {"stores", "unread"},
        Do.CONVERT: now.there == {"unread"},
        Do.COPY_AGAIN: now.has("broken_off", "hopeless", "invalid"),
        Do.MEND_THEN_RETRY: now.has("aside"),
        Do.MEND_THEN_SCAN: now.has("held", "stranded"),
        Do.LOOK: now.has("finished", "archived") and now.there <= {"finished", "archived", "stores", "unread"},
        Do.OPEN: now.did is Did.REPORTED and now.there <= {"finished", "archived", "stores", "unread"},
    }
    return reasons[end]


Ended = dict[World, tuple[int, Do]]  # the worlds that were followed: how many screens are left, and the end


def follow(now: World, ended: Ended) -> tuple[int, Do]:
    """Type what is advised until nothing is to be typed; return the number of screens and the end.

    Fails on a circle and on an idle command. The same world is always followed alike, so that a way which meets
    another way need not be gone to its end again.
    """
    way: dict[World, Advice] = {}
    while now not in ended:
        assert now not in way, f"a circle: {told(way)}"
        way[now] = advice = advise(now.situation())
        assert len(way) < LONGEST, told(way)
        if advice.do in ENDS or advice.do in ELSEWHERE:
            assert advice.do not in ENDS or is_true(now, advice.do), f"{sorted(now.there)}: {told(way)}"
            ended[now] = (1, advice.do)
            break
        try:
            now = type_it(now, advice)
        except AssertionError as error:
            raise AssertionError(f"{error}: {sorted(now.there)} {now.around}: {told(way)}") from None
    left, end = ended[now]
    for screens, world in enumerate((one for one in reversed(way) if one != now), left + 1):
        assert screens < LONGEST, told(way)
        ended[world] = (screens, end)
    return ended[next(iter(way), now)]


def told(way: dict[World, Advice]) -> list[str]:
    """Return a way as text: each command, where it ran, and what it advised."""
    return [f"{now.did.name} in {now.folder} -> {advice.do.name} {advice.folder}" for now, advice in way.items()]


def is_possible(now: World) -> bool:
    """Return whether a command can have left the project so."""
    has_days = now.around.has_tables or not (now.has("days") or now.joined is not Joined.NOTHING)
    with_videos = now.has("finished", "archived") or now.joined is Joined.NOTHING
    return has_days and with_videos and (now.around.has_queue or now.around.has_room) and can_leave(now)


def can_leave(now: World) -> bool:
    """Return whether this command can have left a project so, of all that are possible."""
    needs: dict[Did, Callable[[], bool]] = {
        Did.LISTED: lambda: now.to_do(now.folder) and now.around.has_room,
        Did.HALTED: lambda: now.is_halted,
        Did.PILOTED: lambda: now.to_do("workspace") and now.around.has_room,
        Did.SCANNED: lambda: not now.to_do(now.folder) or not now.around.has_room,
        Did.TOOK_ALONG: lambda: not now.has("moved"),
        Did.JOINED: lambda: now.around.has_tables and now.joined is Joined.NEW,
        Did.RAN_ALL: lambda: (
            now.joined is not Joined.OLD
            and (not now.has("good", "bad", "days") or not now.around.has_room)
            and (not now.has("weak") or now.tries > 0)
        ),
    }
    return now.did not in needs or needs[now.did]()


def build(most: int, starts: tuple[Did, ...]) -> Iterator[World]:
    """Yield each world with at most so many kinds of videos, behind each of the commands."""
    for number, (around, joined, did) in product(
        range(most + 1), product(map(Surroundings._make, product((False, True), repeat=4)), Joined, starts)
    ):
        folders = (
            ("workspace", "summarizer") if did in (Did.SCANNED, Did.RAN, Did.REDID, Did.LISTED) else ("workspace",)
        )
        for kinds, folder in product(combinations(KINDS, number), folders):
            now = World(frozenset(kinds), around, joined, did, folder, folder if did is Did.LISTED else "")
            for one in (now, now._replace(is_halted=True, tries=1) if "weak" in kinds else now):
                if is_possible(one):
                    yield one


def test_from_each_command_it_leads_on_and_ends() -> None:
    """Behind each command, with up to two kinds of videos, what is advised leads on, and ends truly."""
    worlds = chain(build(1, (*AFTER,)), build(2, tuple(did for did in Did if did not in AFTER)))
    ended: Ended = {}
    assert {follow(now, ended)[1] for now in worlds} >= {*ENDS} - {Do.LOOK_AT_MISSING}


def test_from_each_state_it_leads_on_and_ends() -> None:
    """From the status of each project with up to three kinds of videos, what is advised leads on, and ends truly."""
    ended: Ended = {}
    assert sum(follow(now, ended)[0] > 1 for now in build(3, (Did.LOOKED,))) > 1000


def test_no_screen_decides_by_itself() -> None:
    """Whatever is printed behind Next: comes from the one function that decides, in Python and in bash."""
    files = [path for end in ("py", "sh") for path in sorted((TEMPLATE / "remote_tracker").rglob(f"*.{end}"))]
    lines = [(path, line) for path in files for line in path.read_text("utf-8").splitlines() if "Next:  " in line]
    asked = re.compile(r"Next:  (scan again with )?\{(after|next_text)\(|Next:  \{following\}")
    assert len(lines) > 20
    assert not [(path.name, line) for path, line in lines if not asked.search(line)]


@pytest.mark.parametrize("did", sorted(AFTER, key=lambda did: did.name))
def test_what_follows_from_the_command_alone_needs_no_survey(did: Did) -> None:
    """Behind commands that change something, the advice is the same without a look at the project."""
    assert advise(Situation(did)).do is AFTER[did]


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (Situation(Did.JOINED, stages=(Stand(finished=2),), joined=Joined.NEW, unexplained=1), Do.LOOK_AT_MISSING),
        (Situation(Did.JOINED, stages=(Stand(finished=2, invalid=1),), joined=Joined.NEW, unexplained=1), Do.FAILURES),
        (Situation(Did.SCANNED, stages=(Stand("a"), Stand("b", finished=1))), Do.LOOK),
        (Situation(Did.SCANNED, stages=(Stand("a", finished=1), Stand("b"))), Do.BRING),
        (Situation(Did.SCANNED, stages=(Stand("a", finished=1), Stand("b", to_do=1)), scanned="a"), Do.SCAN),
        (Situation(Did.SCANNED, stages=(Stand("a", finished=1), Stand("b", to_do=1)), scanned="b"), Do.WAIT),
        (
            Situation(Did.LOOKED, stages=(Stand("a", waiting=1), Stand("b", to_do=1, failed=1)), has_queue=True),
            Do.RETRY,
        ),
    ],
)
def test_what_it_says(now: Situation, end: Do) -> None:
    """Failures come before tables without them; the last stage of several is the one that needs videos."""
    assert advise(now).do is end
