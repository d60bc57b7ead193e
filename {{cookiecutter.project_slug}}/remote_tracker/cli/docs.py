"""The verb that opens the pages. It needs no project.yml that can be read: a page may say how to mend it."""

from __future__ import annotations

import os
import shutil
import sys
from io import StringIO
from pathlib import Path

import click

from ..errors import RemoteTrackerError, WrongUse, unknown_word
from ..update import load_origin
from ..update.pages import FOLDER, find_pages, list_pages, name_page, read_page, read_title

WIDEST = 100  # columns: longer lines are hard to read


@click.command()
@click.argument("name", required=False)
def docs(name: str | None) -> None:
    """Open a page of the documentation; without NAME list the pages."""
    root = Path(os.environ.get("RT_PROJECT") or Path.cwd())
    folder = find_folder(root)
    pages = {name_page(str(page)): page for page in find_pages(folder)}
    if name is None:
        titles = {page: read_title((folder / page).read_text(encoding="utf-8")) for page in pages.values()}
        click.echo(list_pages(titles))
        return
    if name_page(name) not in pages:
        raise WrongUse(unknown_word("page", name, pages))
    show_page(read_page((folder / pages[name_page(name)]).read_text(encoding="utf-8"), pages))


def find_folder(root: Path) -> Path:
    """Return the folder of the pages: in the package, else in the template; raises RemoteTrackerError without both."""
    template = load_origin(root).get("template", "")
    places = [Path(__file__).parents[1] / FOLDER, *([Path(template) / FOLDER] if template.startswith("/") else [])]
    for place in places:
        if next(find_pages(place), None):
            return place
    raise RemoteTrackerError(f"{places[0]}: the pages are not there. Type: ./rt update")


def show_page(text: str) -> None:
    """Print a page as it is, or set it for a terminal, in a pager where the machine has a pager."""
    if not sys.stdout.isatty():
        click.echo(text)
        return
    from rich.console import Console  # 16 to 26 ms, where there is no terminal, too
    from rich.markdown import Markdown  # 40 to 60 ms, where there is no terminal, too

    pager = any(shutil.which(word) for word in (os.environ.get("PAGER", "").partition(" ")[0], "less", "more") if word)
    width = min(shutil.get_terminal_size().columns, WIDEST)
    page = StringIO()
    console = Console(file=page, width=width, force_terminal=True)
    console.print(Markdown(text, hyperlinks=False))
    os.environ.setdefault("LESS", "-FRX")  # a short page stays on the screen, without a key
    click.echo_via_pager(page.getvalue(), color=pager)  # without a pager our stream would show colours as signs
