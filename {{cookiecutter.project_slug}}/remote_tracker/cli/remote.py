"""The verb that types a verb on the other side of a project: it parses, calls and prints. No logic lives here."""

from __future__ import annotations

import os
import sys
from shlex import quote

import click

from ..model import Project
from ..remote.ask import channel_of, introduce, require_remote
from ..remote.channel import log_out, watch_far
from ..remote.seen import TOLD, note_seen
from .open_project import HOME_IS
from .options import asker, project_verb

OURS = {"login", "logout"}


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="VERB...")
@project_verb
def remote(project: Project, words: tuple[str, ...]) -> int:
    """Type a verb on the cluster. Its screen and its exit code come here; Ctrl-C stops the watching, not the jobs.

    setup: look at the cluster, and make or update the project there. login: open the one connection, where a password
    and a second factor are typed. logout: close it. run: push, submit, look again, pull, up to the joined table here.
    """
    if words[0] == "setup" or words == ("run",):
        from .both_sides import follow_to_the_end, setup  # 50 modules, 60 ms of each verb that is typed there

        if words == ("run",):
            return follow_to_the_end(project)
        setup.main([*words[1:]], prog_name="./rt remote setup", obj=project, standalone_mode=False)
        return 0
    if words[0] in OURS and len(words) == 1:
        return _connect(project, words[0])
    settings = [f"{HOME_IS}={quote(introduce(project))}", f"{TOLD}={{word}}"]
    settings += ["RT_ASKER=home"] if asker(False) else []
    ran = watch_far(channel_of(project), require_remote(project).folder, ["./rt", *words], _show, settings)
    note_seen(project, (ran.told or {}).get("counts", {}))
    return ran.code


def _connect(project: Project, word: str) -> int:
    from ..remote.log_in import log_in  # 3 ms of each verb that is typed there

    there = require_remote(project)
    for host in dict.fromkeys((there.login, there.data_host)):
        if word == "logout":
            click.echo(f"Closed: {host}" if log_out(host) else f"There was no connection to {host}.")
        else:
            log_in(host)
            click.echo(f"{host}: connected.")
    return 0


def _show(piece: bytes) -> None:
    os.write(sys.__stdout__.fileno(), piece)  # type: ignore[union-attr]
