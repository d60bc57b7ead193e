"""What was typed wrongly, in a line: the word, the nearest that there is, and where all of them stand."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import click

from ..text.visible import shown

MOST = 3  # verbs that are named as what may be meant
# What people type for a verb that has another name here; the first is the likeliest.
SYNONYMS = {
    "run": "all auto begin continue execute go launch resume start track",
    "scan": "find list ls search",
    "submit": "analyse analyze bsub qsub sbatch send summarise summary",
    "status": "info jobs monitor overview progress ps qstat queue show squeue state usage watch",
    "why": "describe explain inspect reason story tell",
    "logs": "cat output print stderr stdout tail",
    "push": "transfer upload",
    "pull": "download fetch get",
    "remote": "cluster login ssh",
    "report": "dashboard html",
    "redo": "again delete overwrite recompute reprocess reset",
    "retry": "rerun repeat resubmit",
    "verify": "check compare integrity test validate",
    "join": "collect combine concat export-csv features gather merge table tables",
    "docs": "doc man manual page pages readme",
    "doctor": "debug diagnose health preflight",
    "accept": "approve keep seal trust",
    "cancel": "abort bkill end kill qdel quit scancel stop",
    "clean": "clear gc prune purge remove rm space",
    "completion": "complete tab",
    "export": "snakemake workflow",
    "methods": "bibtex citations cite paper publication references works",
    "moved": "move mv rename renamed",
    "picture": "draw image pictures plot png",
    "preview": "try tune",
    "undo": "back restore revert rollback",
    "update": "upgrade",
    "trackers": "plugins programs",
    "scripts": "generate setup",
    "--version": "version",
}
# Words that may mean several verbs: all are named.
SEVERAL = {
    "check": ("verify", "doctor"),
    "test": ("verify", "doctor"),
    "again": ("retry", "redo"),
    "errors": ("status --failures", "why"),
    "failed": ("status --failures", "retry"),
    "failures": ("status --failures", "why"),
    "fail": ("status --failures", "retry"),
    "summarise": ("submit summarizer", "join"),
    "summary": ("submit summarizer", "join"),
    "summarizer": ("submit summarizer",),
}


class WrongVerb(click.UsageError):
    """A word that is no verb was typed where a verb stands."""

    def __init__(self, word: str, verbs: Sequence[str], context: click.Context | None = None) -> None:
        near = nearest_verbs(word, verbs)
        meant = f" Did you mean {' or '.join(f'./rt {verb}' for verb in near)}?" if near else ""
        super().__init__(f'no verb is called "{word}".{meant} All of them:  ./rt --all', context)


def nearest_verbs(word: str, verbs: Sequence[str]) -> tuple[str, ...]:
    """Return the verbs that a mistyped word, or another word for the same act, means; likeliest first."""
    word = word.lower().lstrip("-")
    known = {name: (verb,) for verb, names in SYNONYMS.items() for name in names.split()} | SEVERAL
    if word in known:
        return known[word]
    begun = tuple(verb for verb in verbs if word and verb.startswith(word))
    if begun:
        return begun[:MOST]
    near = get_close_matches(word, [*verbs, *known], n=1, cutoff=0.6)
    return known.get(near[0], (near[0],)) if near else ()


def wrong_use_line(error: click.ClickException) -> str:
    """Return the line that says what was typed wrongly: where, what, the nearest word, and where all words stand."""
    context = getattr(error, "ctx", None)
    place = context.command_path if context else "./rt"
    what = error.format_message()
    if context and isinstance(error, click.UsageError) and not isinstance(error, WrongVerb):
        what = _describe_option(error, context) if isinstance(error, click.NoSuchOption) else what
        what += "" if what.endswith((".", "?")) else "."
        what += f" All that it takes:  {' '.join(['./rt help', *([context.info_name] if context.parent else [])])}"
    return shown(f"{place}: {what}")


def _describe_option(error: click.NoSuchOption, context: click.Context) -> str:
    known = [one for one in context.command.get_params(context) if not getattr(one, "hidden", False)]
    words = [word for one in known if isinstance(one, click.Option) for word in one.opts]
    near = get_close_matches(error.option_name, words, n=1, cutoff=0.6)
    return f"no option is called {error.option_name}.{f' Did you mean {near[0]}?' if near else ''}"
