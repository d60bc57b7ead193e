"""Trackers in words: a list of them, or a tracker's stages, parameters, checks and resources. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..model import Check, Param, Stage, Tracker
from ..render import render_needs

NOT_SAID = "not said"


def trackers_text(trackers: Mapping[str, Tracker], chosen: str) -> str:
    """Return a line for each tracker, with its name and description; the tracker ``chosen`` is marked."""
    width = max(map(len, trackers), default=0)
    lines = [f"{'*' if name == chosen else ' '} {name:<{width}}  {t.description}" for name, t in trackers.items()]
    return "\n".join([*lines, "", "* is this project's. One of them:  ./rt trackers NAME"])


def tracker_text(tracker: Tracker) -> str:
    """Return everything that a tracker declares, as a text for people."""
    lines = [f"{tracker.name}: {tracker.description}"]
    lines += [f"  {tracker.url}"] if tracker.url else []
    lines += [f"  tried on: {tracker.tested or NOT_SAID}", f"  declared in: {tracker.folder / 'tracker.yml'}"]
    lines += [f"  needs: {need.command}  (else: {need.help})" for need in render_needs(tracker)]
    if tracker.declared:
        lines += ["", "parameters (project.yml, below params):"]
        lines += [line for param in tracker.declared for line in _param_lines(param, tracker.params[param.name])]
    lines += [line for stage in tracker.stages for line in _stage_lines(stage)]
    return "\n".join(lines)


def _param_lines(param: Param, value: Any) -> Iterator[str]:
    now = f", now {_shown(value)}" if value != param.default else ""
    choices = f"; one of {', '.join(map(str, param.choices))}" if param.choices else ""
    yield f"  {param.name}: {_shown(param.default)}{now}{choices}"
    yield f"      {param.help}"


def _shown(value: Any) -> str:
    return "nothing" if value in ("", None) or value == [] else str(value)


def _stage_lines(stage: Stage) -> Iterator[str]:
    yield ""
    yield f"{stage.name}: {stage.help}"
    yield from (f"  reads  {i.name}: {i.pattern.text}" for i in stage.inputs)
    yield from (f"  makes  {o.name}: {o.pattern.text}" for o in stage.outputs)
    yield from (f"  ready  {_clause(clause)}" for clause in stage.ready)
    yield from (f"  check  {_clause(clause)}" for clause in stage.checks)
    r = stage.resources
    asked = {"cpus": r.cpus, "memory": r.memory, "walltime": r.walltime, "gpus": r.gpus}
    yield "  asks   " + ", ".join(f"{word} {value}" for word, value in asked.items() if value)


def _clause(clause: Check) -> str:
    options = ", ".join(f"{key}: {value}" for key, value in clause.options.items())
    return f"{clause.kind}: {clause.subject}" + (f" ({options})" if options else "")


def tracker_data(tracker: Tracker) -> dict[str, Any]:
    """Return everything that a tracker declares, as data for programs (--json)."""
    return {
        "name": tracker.name,
        "description": tracker.description,
        "url": tracker.url,
        "tested": tracker.tested,
        "file": str(tracker.folder / "tracker.yml"),
        "needs": [{"command": n.command, "help": n.help, "on_node": n.on_node} for n in render_needs(tracker)],
        "params": {
            p.name: {"default": p.default, "value": tracker.params[p.name], "help": p.help} for p in tracker.declared
        },
        "stages": [_stage_data(stage) for stage in tracker.stages],
    }


def _stage_data(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "help": stage.help,
        "reads": {i.name: i.pattern.text for i in stage.inputs},
        "makes": {o.name: o.pattern.text for o in stage.outputs},
        "checks": [{"kind": c.kind, "subject": c.subject, **c.options} for c in stage.checks],
        "resources": vars(stage.resources),
    }
