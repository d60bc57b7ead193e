"""Build the pages as a site: python docs/make_site.py FOLDER (or make site)

Lays out all pages in FOLDER/pages as they lie here, writes FOLDER/mkdocs.yml, which inherits mkdocs.yml and whose
navigation is docs/README.md, and lets MkDocs build FOLDER/html. Fails where MkDocs warns: of a link that leads nowhere,
a heading that there is not, a page that docs/README.md leaves out. The site can be opened from a disk, and searched
there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Union

try:
    import yaml
except ModuleNotFoundError as missing:
    sys.exit(f"{missing}. Type:  make site")

ROOT = Path(__file__).resolve().parents[1]
BESIDE = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", "LICENSE")
SHOWN = (".md", ".png", ".svg", ".jpg", ".webp", ".gif", ".css", ".js", ".html")
SHORT = ("clusters", "reference", "trackers")  # folders whose titles begin with a name
INDEX = "docs/README.md"
Nav = list[dict[str, Union[str, "Nav"]]]


def as_built(text: str, page: str) -> str:
    """Return a page as MkDocs reads it, from its path in the repository.

    A git host wants | escaped in the code of a table; MkDocs would show the escape. A link whose words are the path
    of a page is called by that page's heading, in the index by its name in the navigation.
    """

    def call(link: re.Match[str]) -> str:
        target = os.path.normpath(os.path.join(os.path.dirname(page), link[1]))
        return f"[{title_of(target, whole=page != INDEX)}]({link[1]})" if (ROOT / target).is_file() else link[0]

    text = re.sub(r"^\|.*", lambda line: re.sub(r"`[^`]*`", _unescape, line[0]), text, flags=re.MULTILINE)
    return re.sub(r"\[[\w./-]+\.md\]\(([\w./-]+\.md)\)", call, text)


def _unescape(code: re.Match[str]) -> str:
    return code[0].replace("\\|", "|")


def lay_out(pages: Path) -> None:
    """Copy all that the site shows to ``pages``, in the folders in which it lies here."""
    shutil.rmtree(pages, ignore_errors=True)
    shown = [path for path in (ROOT / "docs").rglob("*") if path.suffix in SHOWN and path.is_file()]
    for path in [*(ROOT / name for name in BESIDE), *shown]:
        target = pages / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            page = str(path.relative_to(ROOT))
            target.write_text(as_built(path.read_text(encoding="utf-8"), page), encoding="utf-8")
        else:
            shutil.copyfile(path, target)


def read_nav(index: str) -> Nav:
    """Return the navigation that docs/README.md says: a section for each heading, a page for each link to a page."""
    nav: Nav = [{"Home": "README.md"}]
    for part in re.split(r"^## ", index, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        pages = [page.removeprefix("docs/../") for page in find_links(text)]
        section: Nav = [{title_of(page): page} for page in pages if "/decisions/" not in page]
        why: Nav = [{title_of(page): page} for page in pages if "/decisions/" in page]
        if why:
            section.append({"Why it is as it is": why})
        nav.append({heading: section})
    nav[1][next(iter(nav[1]))].insert(0, {"All pages": INDEX})  # type: ignore[union-attr]
    return nav


def find_links(text: str) -> Iterator[str]:
    """Yield the pages to which a part of docs/README.md leads, each once, as paths from the repository's root."""
    yield from dict.fromkeys(f"docs/{target}" for target in re.findall(r"\]\(([^)#:]+\.md)\)", text))


def title_of(page: str, whole: bool = False) -> str:
    """Return how a page is called in the navigation: its ``whole`` heading, or the name with which that begins."""
    path = ROOT / page
    if not path.is_file():
        raise SystemExit(f"{INDEX} leads to {page}, which is not there: write that page, or take the link out.")
    head = next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# "))
    title = head.removeprefix("# ").replace("`", "")
    if whole or path.parent.name not in SHORT:
        tour = title.removeprefix("A tour: ")
        return title if whole else tour[0].upper() + tour[1:]
    parts = re.split(r"[:,] ", title)
    return next((part for part in parts if part.lower() == path.stem), parts[0])


def main(argv: list[str]) -> int:
    """Lay the pages out and build the site; return the exit code of MkDocs."""
    if len(argv) != 1 or argv[0].startswith("-"):
        print(__doc__)
        return 0 if argv in (["-h"], ["--help"]) else 2
    place = Path(argv[0]).resolve()
    lay_out(place / "pages")
    nav = read_nav((ROOT / INDEX).read_text(encoding="utf-8"))
    settings = {"INHERIT": str(ROOT / "mkdocs.yml"), "docs_dir": "pages", "site_dir": "html", "nav": nav}
    (place / "mkdocs.yml").write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean", "-f", str(place / "mkdocs.yml")]
    done = subprocess.run(command, capture_output=True, text=True)  # with --quiet it would not count what it warns of
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        return 1
    print(f"The site:  {place}/html/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
