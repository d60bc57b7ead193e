"""The pages for users: docs/ of a template without the pages for its developers; a project has the pages, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

FOLDER = "docs"  # of a template, and of a project's package
LEFT_OUT = (
    "README.md",  # the index, which a list replaces
    "decisions",  # why the programs are as they are
    *("comparison.md", "figures.md", "gallery.md", "tours"),  # for whoever has no project yet
)
_CODE_OR_LINK = re.compile(r"```.*?```|`[^`\n]*`|(!?)\[([^\]]*)\]\((?![a-z]+:)([^)\s]*)\)", re.DOTALL)
_COMMENT = re.compile(r"^<!--.*?-->\n\n?", re.MULTILINE)


def find_pages(docs: Path) -> Iterator[Path]:
    """Yield each page for users below ``docs``, relative to it: the pages in the folder itself first."""
    for path in sorted(docs.rglob("*.md"), key=lambda path: (len(path.parts), path)):
        page = path.relative_to(docs)
        if page.parts[0] not in LEFT_OUT:
            yield page


def copy_pages(docs: Path, target: Path) -> None:
    """Copy the pages for users from ``docs`` to ``target``; raises OSError."""
    for page in find_pages(docs):
        (target / page).parent.mkdir(parents=True, exist_ok=True)
        (target / page).write_bytes((docs / page).read_bytes())


def name_page(page: str) -> str:
    """Return the name by which a page is opened: docs/clusters/slurm.md -> slurm, project.yml -> project-yml."""
    return page.rpartition("/")[2].lower().removesuffix(".md").replace(".", "-")


def read_title(text: str) -> str:
    """Return the first heading of a page as plain text."""
    head = next((line for line in text.splitlines() if line.startswith("# ")), "")
    return head.removeprefix("# ").replace("&lt;", "<").replace("&gt;", ">")


def read_page(text: str, known: Iterable[str]) -> str:
    """Return a page without comments and pictures; a link to a page among ``known`` says how that page is opened."""
    names = set(known)

    def tell(found: re.Match[str]) -> str:
        picture, words, target = found.groups()
        if picture or words is None:
            return "" if picture else found[0]
        page = target.partition("#")[0]
        way = f"`./rt docs {name_page(page)}`"
        if not page.endswith(".md") or name_page(page) not in names:
            return words
        return way if ".md" in words else f"{words} ({way})"

    return _CODE_OR_LINK.sub(tell, _COMMENT.sub("", text))


def list_pages(titles: Mapping[Path, str]) -> str:
    """Return the list of pages, a line for each: name and title, a group for each folder."""
    width = max(len(name_page(str(page))) for page in titles)
    lines, folder = ["One of these pages:  ./rt docs NAME"], None
    for page, title in titles.items():
        if page.parent != folder:
            folder = page.parent
            lines += ["", *([folder.name] if folder.name else [])]
        lines.append(f"  {name_page(str(page)):<{width}}  {title}")
    return "\n".join(lines)
