"""The verbs that speak with a scheduler: they parse, call and print. No logic lives here."""

from __future__ import annotations

from typing import Any

import click

from ..batches.cancel import cancel as take_out
from ..batches.cancel import find_held
from ..batches.cancel_here import cancel_here
from ..batches.prepare import choose_stage
from ..batches.submit import ResourceRequest
from ..doctor import examine
from ..doctor.on_node import examine_node
from ..model import Project
from ..notify.tell import try_ways
from ..report.next_step import after
from ..report.standing import Did
from ..report.words import heading
from ..run.project import retry as do_again
from ..run.project import start
from ..run.submit import refuse_unused, require_queue, send, send_pilot
from ..text.counted import number_of
from .options import folder_option, here_option, json_option, project_verb, require_here, show

RESOURCE_OPTIONS = (
    click.option("--throttle", type=click.IntRange(min=1), default=None, help="At most so many tasks at once."),
    click.option("--partition", help="The partition or queue to use."),
    click.option("--account", help="Who pays."),
    click.option("--qos", help="The quality of service."),
    click.option("--cpus", help="Cores a task."),
    click.option("--memory", help="Memory a task, as 12G."),
    click.option("--mem-per-cpu", help="Memory a core, as 4G."),
    click.option("--walltime", help="The longest a task may take, as 4:00:00."),
    click.option("--gpus", help="GPUs a task, as 1, or a100:1 for a kind."),
    click.option("--exclude", help="Nodes not to use."),
    click.option("--email", help="Who gets mail when it begins, ends, fails."),
    click.option("--scheduler-option", "own", multiple=True, help="Any other option, as the scheduler takes it."),
    click.option("--dry", is_flag=True, help="Write and print everything, submit nothing."),
)


def with_resources(verb: Any) -> Any:
    """Give a verb the options that say what a task asks for; they replace the job script's lines."""
    for option in reversed(RESOURCE_OPTIONS):
        verb = option(verb)
    return verb


def asked_of(options: dict[str, Any]) -> ResourceRequest:
    """Take the resource options out of a verb's options, and return them as a request."""
    throttle, own, dry = options.pop("throttle"), options.pop("own"), options.pop("dry")
    return ResourceRequest({word: value for word, value in options.items() if value}, own, throttle or 0, dry)


@click.command()
@click.argument("stage", required=False)
@folder_option
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Without a queue: tasks at once (default: the cores).")
@click.option("--through", metavar="STAGE", help="Submit the stages up to this one too, one behind the other.")
@click.option("--pilot", is_flag=True, help="Do one median task first; say what it took and what all will.")
@with_resources
@here_option
@project_verb
def submit(
    project: Project,
    stage: str | None,
    folder: str,
    jobs: int | None,
    through: str | None,
    pilot: bool,
    here: bool,
    **options: Any,
) -> int:
    """Scan, then run or submit what was listed. STAGE may be summarizer: every day that is new or changed."""
    require_here(project, here or "summarizer" in (stage, folder), "submit")
    asked = asked_of(options)
    if pilot:
        return send_pilot(project, folder, stage, asked, jobs, click.echo)
    if through:
        return send(project, folder, stage, through, asked, click.echo)
    return start(project, folder, stage, jobs, asked, click.echo)


@click.command()
@click.argument("stage", required=False)
@folder_option
@click.option("--more-memory", metavar="2x", help="So many times the memory (2x by itself where it ran out).")
@click.option("--more-time", metavar="2x", help="So many times the walltime (2x by itself where it ran out).")
@click.option("--cause", help="Only what failed for this cause, as status --failures names it.")
@with_resources
@here_option
@project_verb
def retry(
    project: Project,
    stage: str | None,
    folder: str,
    more_memory: str | None,
    more_time: str | None,
    cause: str | None,
    here: bool,
    **options: Any,
) -> int:
    """Do again what failed, and only that. Where memory or time ran out, a queue is asked for more."""
    require_here(project, here, "retry")
    more = {"memory": more_memory, "time": more_time, "cause": cause}
    return do_again(project, folder, stage, asked_of(options), click.echo, more)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|DAY|BATCH...]")
@project_verb
def cancel(project: Project, names: tuple[str, ...]) -> None:
    """Take this project's jobs, or only these, out of the queue. Without a queue, end what runs here."""
    if project.cluster.scheduler.is_local:
        count = cancel_here(project, names)
        said = f"{number_of(count, 'tasks')} cancelled." if count else "Nothing of this project runs here."
        did = Did.CANCELLED if count else Did.CHANGED_NOTHING
    else:
        taken = take_out(project, find_held(project, names))
        for line in taken.over:
            click.echo(f"{line}: it was over already, or just ending.")
        said, did = f"{number_of(taken.tasks, 'tasks')} cancelled.", Did.CANCELLED
    click.echo(f"{said} Next:  {after(project, did)}")


@click.command()
@click.argument("stage", required=False)
@json_option
@click.option("--on-node", is_flag=True, help="Look on a compute node: sends a job with STAGE's job script.")
@click.option("--notify", is_flag=True, help="Send a message by the ways of notify in project.yml: does it arrive?")
@with_resources
@project_verb
def doctor(project: Project, stage: str | None, as_json: bool, on_node: bool, notify: bool, **options: Any) -> int:
    """Say what would go wrong: programs, files, space, the queue."""
    asked = asked_of(options)
    if on_node:
        require_queue(project)
        step = choose_stage(project, "workspace", stage)[0]
        shown, wrong = examine_node(project, step, asked, lambda line: click.echo(line, err=True))
    else:
        refuse_unused(project, asked)
        shown, wrong = try_ways(project) if notify else examine(project)
    if as_json:
        show({"shown": shown, "wrong": wrong})
        return 1 if wrong else 0
    if notify and not on_node:
        show("\n".join([heading(project), *shown, *wrong]))
        return 1 if wrong else 0
    said = wrong or ["Nothing is wrong that can be seen from here."]
    show("\n".join([heading(project), *shown, *said]))
    return 1 if wrong else 0
