"""The verbs of ./rt: parse, call, print. No logic lives here."""

from __future__ import annotations

import os
from pathlib import Path

import click

from .. import __version__
from ..model import Project
from .options import folder_option, json_option, project_verb, show
from .project import TRACKER_VERBS
from .scan import scan_screen
from .submit import CLUSTER_VERBS

EVERY_DAY = ("run", "scan", "submit", "status", "why", "redo", "logs", "summarize", "join")


class Verbs(click.Group):
    """The list of verbs: those of every day, or all with --all."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the verbs in the order people need them."""
        rest = sorted(name for name in self.commands if name not in EVERY_DAY)
        return [name for name in EVERY_DAY if name in self.commands] + (rest if context.params.get("all") else [])


@click.group(cls=Verbs, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--all", is_flag=True, is_eager=True, help="Show every verb, not only those of every day.")
@click.version_option(__version__, message="remote-tracker %(version)s")
@click.pass_context
def rt(context: click.Context, all: bool) -> None:
    """From a folder of videos to one table: what this project can do.

    Every verb explains itself: ./rt VERB --help
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        if not all:
            click.echo("\n./rt --all shows the others.")


@rt.command()
@click.argument("stage", required=False)
@folder_option
@json_option
@click.option("--all", "again", is_flag=True, help="List also what was set aside because it failed too often.")
@click.option("--deep", is_flag=True, help="Read every frame of what is to be listed: are there as many as claimed?")
@click.option("--assume-gone", metavar="BATCH", help="Nothing of this batch runs any more, whatever the queue says.")
@project_verb
def scan(
    project: Project,
    stage: str | None,
    folder: str,
    as_json: bool,
    again: bool,
    deep: bool,
    assume_gone: str | None,
) -> None:
    """List what is to be processed, fill in the job script."""
    if assume_gone:
        from ..batches.seal import give_up
        from ..records import BatchesFolder

        give_up(BatchesFolder(project.root / folder), assume_gone)
    click.echo(scan_screen(project, folder, stage, as_json, again, deep))


@rt.command()
@folder_option
@click.option("--batch", required=True, help="The batch's number, as the scan filled it in.")
@click.option("--tasks", type=int, required=True, help="How many tasks it has.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Tasks at once (default: the cores).")
@project_verb
def process(project: Project, folder: str, batch: str, tasks: int, jobs: int | None) -> int:
    """Run a batch on this machine (process_all.sh calls this)."""
    from ..report import heading
    from ..run.project import run_tasks

    click.echo(heading(project))
    return run_tasks(project, folder, batch, tasks, jobs, click.echo)


@rt.command()
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Days at once (default: the cores).")
@project_verb
def summarize(project: Project, jobs: int | None) -> int:
    """Summarize every day that is new or changed."""
    from ..batches.submit import ResourceRequest
    from ..run.project import start

    return start(project, "summarizer", None, jobs, ResourceRequest(), click.echo)


@rt.command(name="run")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Tasks at once (default: the cores).")
@project_verb
def run_everything(project: Project, jobs: int | None) -> int:
    """Do it all, up to the joined table; goes on where it was."""
    from ..run.project import run_all

    return run_all(project, jobs, click.echo)


@rt.command()
@json_option
@click.option("--failures", is_flag=True, help="What failed or cannot be processed, by cause, with what to do.")
@click.option("--usage", is_flag=True, help="What the last batches used of what they asked for.")
@project_verb
def status(project: Project, as_json: bool, failures: bool, usage: bool) -> None:
    """Show how far everything is, by day, and what failed."""
    from ..report import failures_data, failures_text, heading, next_of, status_data, status_text
    from ..report.queue import queue_lines
    from ..report.usage import usage_lines
    from ..survey import Survey, examine_stage

    if usage:
        show("\n".join([heading(project), *usage_lines(project)]))
        return
    found = [Survey(stage) for stage in project.tracker.stages]
    surveys = [(one.stage, list(examine_stage(project, one.stage, one))) for one in found]
    queued = [line for one in found for line in queue_lines(one.stage, one.queue)]
    if failures:
        show(failures_data(project, surveys) if as_json else failures_text(project, surveys, next_of(project, surveys)))
    else:
        show(status_data(surveys) if as_json else status_text(project, surveys, queued))


@rt.command()
@click.argument("video")
@json_option
@project_verb
def why(project: Project, video: str, as_json: bool) -> None:
    """Tell one video's story: batches, checks, outcomes."""
    from ..report import heading
    from ..report.why import story_data, story_text, tell
    from ..survey.named import find_named

    stories = [tell(project, stage, seen) for stage, seen in find_named(project, video, project.tracker.stages)]
    show([story_data(s) for s in stories] if as_json else "\n\n".join([heading(project), *map(story_text, stories)]))


@rt.command()
@click.argument("names", nargs=-1, metavar="[VIDEO|DAY...]")
@click.option("--stage", help="Which step to do again (default: the first).")
@click.option("--stale", is_flag=True, help="What was made with other parameters, or another version of the tracker.")
@click.option("--gone", is_flag=True, help="What was finished once and has no results any more.")
@project_verb
def redo(project: Project, names: tuple[str, ...], stage: str | None, stale: bool, gone: bool) -> None:
    """Move old results aside, so that they are made again."""
    from ..batches.redo import redo as move_aside
    from ..report import shown
    from ..report.next_step import scan_line
    from ..survey.decision import is_gone, is_stale
    from ..survey.named import choose_to_redo

    if not (names or stale or gone):
        raise click.UsageError("Name videos or days, or say --stale or --gone.")
    kinds = [kind for kind, asked in ((is_stale, stale), (is_gone, gone)) if asked]
    step, chosen = choose_to_redo(project, names, stage, kinds)
    done = move_aside(project, step, chosen)
    for old, new in done.moved:
        click.echo(f"{shown(str(old.relative_to(project.root)))} -> {shown(str(new.relative_to(project.root)))}")
    click.echo(f"{len(done.keys)} will be listed again. Next:  {scan_line(project, step.folder)}")


@rt.command()
@click.argument("video")
@click.option("-f", "--follow", is_flag=True, help="Go on showing what is written.")
@click.option("--path", "only_path", is_flag=True, help="Print where the log lies, not what it says.")
@project_verb
def logs(project: Project, video: str, follow: bool, only_path: bool) -> int:
    """Show the log of a video's last run."""
    from ..shell import replace_with
    from ..survey.named import find_log

    log = find_log(project, video)
    if only_path:
        click.echo(str(log))
        return 0
    return replace_with(["tail", "-n", "+1", *(["-f"] if follow else []), str(log)])


@rt.command()
@click.option("--paths-for", default="", help="Where the results will be read, as /Volumes/lab/myproject.")
@click.option("--kind", help="Which of several kinds of tables that the days have, as tierpsy_plate.")
@project_verb
def join(project: Project, paths_for: str, kind: str | None) -> int:
    """Join the days' tables; name every video in none."""
    from ..report import heading
    from ..run.join import join_project, joined_text, next_after_join

    outcome = join_project(project, paths_for, kind)
    click.echo(f"{heading(project)}\n{joined_text(outcome)}\nNext:  {next_after_join(project, outcome)}")
    return 0 if outcome.whole else 1


@rt.command()
@project_verb
def verify(project: Project) -> int:
    """Check every finished result again, whole, as if for the first time."""
    from ..report import verified_text
    from ..survey import verify_project

    text, good = verified_text(project, verify_project(project))
    click.echo(text)
    return 0 if good else 1


@rt.command()
@project_verb
def scripts(project: Project) -> None:
    """Make the job scripts that are not there yet, for the cluster in force."""
    from ..batches.job_script import make_script

    for stage in project.tracker.stages:
        click.echo(str(make_script(project, stage).relative_to(project.root)))


@rt.command()
@click.option("--from", "source", default="", help="A zip, a folder or a git address (default: where it came from).")
def update(source: str) -> None:
    """Bring in a newer remote-tracker; your files stay as they are."""
    from ..update import update as swap

    click.echo(str(swap(Path(os.environ.get("RT_PROJECT") or Path.cwd()), source)))


for verb in (*CLUSTER_VERBS, *TRACKER_VERBS):
    rt.add_command(verb)


def run_verb() -> int:
    """Run the verb that was typed; returns its exit code."""
    try:
        rt.main(standalone_mode=False, prog_name="rt")
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 130
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 1
    return 0
