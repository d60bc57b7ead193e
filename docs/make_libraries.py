"""Write the libraries of the page that ./rt report makes: python docs/make_libraries.py [--check]

Each is the file that its authors publish for browsers, unchanged, at a pinned version, behind its licence and the
licences of what is inside it. The packages come from npm (`npm pack`, which runs nothing of theirs), and must be those
whose digests stand here. --check changes nothing, and fails where a file is not what would be written.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "{{cookiecutter.project_slug}}" / "remote_tracker" / "page" / "assets"
PATIENCE = 600  # seconds for all packages


class Package(NamedTuple):
    """A package of npm at a pinned version."""

    name: str
    version: str
    digest: str  # SHA-512 in base64, of the package's archive, as package-lock.json has it
    what: str  # what the page, or the library around it, takes it for
    script: str = ""  # the file for browsers; "": it is inside another library's file
    licence: str = "LICENSE"

    @property
    def title(self) -> str:
        """Return the name with the version."""
        return f"{self.name} {self.version}"


# d3 is made of 30 packages, most of the same author under the same licence. Listed are the others inside.
PACKAGES = (
    Package(
        "d3",
        "7.9.0",
        "e1U46jVP+w7Iut8Jt8ri1YsPOvFpg46k+K8TpCb0P+zjCkjkPnV7WzfDJzMHy1LnA+wj5pLT1wjO901gLXeEhA==",
        "scales, axes and colours, for Observable Plot",
        "dist/d3.min.js",
    ),
    Package(
        "@observablehq/plot",
        "0.6.17",
        "/qaXP/7mc4MUS0s4cPPFASDRjtsWp85/TbfsciqDgU1HwYixbSbbytNuInD8AcTYC3xaxACgVX06agdfQy9W+g==",
        "charts",
        "dist/plot.umd.min.js",
    ),
    Package(
        "d3-scale-chromatic",
        "3.1.0",
        "A3s5PWiZ9YCXFye1o246KoscMWqf8BsD9eRiJ3He7C9OBaxKhAd5TFCdEx/7VbKtxxTsu//1mMJFrEt572cEyQ==",
        "inside d3",
    ),
    Package(
        "d3-geo",
        "3.1.1",
        "637ln3gXKXOwhalDzinUgY83KzNWZRKbYubaG+fGVuc/dxO64RRljtCTnf5ecMyE1RIdtqpkVcq0IbtU2S8j2Q==",
        "inside d3",
    ),
    Package(
        "d3-delaunay",
        "6.0.4",
        "mdjtIZ1XLAM8bm/hx3WwjfHt6Sggek7qH043O8KEjDXN40xi3vx/6pYSVTwLjEgiXQTbvaouWKynLBiUZ6SK6A==",
        "inside d3",
    ),
    Package(
        "d3-ease",
        "3.0.1",
        "wR/XK3D3XcLIZwpbvQwQ5fK+8Ykds1ip7A2Txe0yxncXSdq1L9skcG7blcedkOX+ZcgxGAmLX1FrRGbADwzi0w==",
        "inside d3",
    ),
    Package(
        "delaunator",
        "5.0.1",
        "8nvh+XBe96aCESrGOqMp/84b13H9cdKbG5P2ejQCh4d4sK9RL4371qou9drQjMhvnPmhWl5hnmqbEE0fXr9Xnw==",
        "inside d3",
    ),
    Package(
        "robust-predicates",
        "3.0.2",
        "IXgzBWvWQwE6PrDI05OvmXUIruQTcoMDzRsOd5CDvHCVLcLHMTSYvOK5Cm46kWqlV3yAbuSpBZdJ5oP5OUoStg==",
        "inside d3",
    ),
    Package(
        "internmap",
        "2.0.3",
        "5Hh7Y1wQbvY5ooGgPbDaL5iYLAPzMTUrjMulskHLH6wnv/A+1q5rgEaiuqEjB+oxGXIVZs1FF+R/KPN3ZSQYYg==",
        "inside d3",
    ),
    Package(
        "interval-tree-1d",
        "1.0.4",
        "wY8QJH+6wNI0uh4pDQzMvl+478Qh7Rl4qLmqiluxALlNvl+I+o5x38Pw3/z7mDPTPS1dQalZJXsmbvxx5gclhQ==",
        "inside Observable Plot",
    ),
    Package(
        "binary-search-bounds",
        "2.0.5",
        "H0ea4Fd3lS1+sTEB2TgcLoK21lLhwEJzlQv3IN47pJS976Gx4zoWe0ak3q+uYh60ppQxg9F16Ri4tS1sfD4+jA==",
        "inside Observable Plot",
    ),
    Package(
        "isoformat",
        "0.2.1",
        "tFLRAygk9NqrRPhJSnNGh7g7oaVWDwR0wKh/GM2LgmPa50Eg4UfyaCO4I8k6EqJHl1/uh2RAD6g06n5ygEnrjQ==",
        "inside Observable Plot",
    ),
)


def fetch(folder: Path) -> dict[Package, Path]:
    """Return each package's archive, fetched by one npm; ends the program where one is not the pinned one."""
    wanted = [f"{package.name}@{package.version}" for package in PACKAGES]
    argv = ["npm", "pack", *wanted, "--ignore-scripts", "--silent", "--pack-destination", str(folder)]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        sys.exit(f"docs/make_libraries.py: npm cannot fetch the packages: {done.stderr.strip() or 'no word of why'}")
    archives = dict(zip(PACKAGES, (folder / name for name in done.stdout.split()), strict=True))
    for package, archive in archives.items():
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode("ascii")
        if digest != package.digest:
            sys.exit(f"docs/make_libraries.py: {package.title} has the digest {digest}, pinned is {package.digest}")
    return archives


def read(archive: Path, name: str) -> str:
    """Return the text of a package's file."""
    with tarfile.open(archive) as packed:
        inside = packed.extractfile(f"package/{name}")
        assert inside, name
        return inside.read().decode("utf-8").strip()


def written(archives: dict[Package, Path]) -> dict[Path, str]:
    """Return the path of each file -> what stands in it."""
    licences = {package: read(archives[package], package.licence) for package in PACKAGES}
    told = [f"{p.title} ({p.what})\n{'=' * 72}\n{text}" for p, text in licences.items()]
    notice = "\n\n\n".join(told)
    scripts = [f"/* {p.title} */\n{read(archives[p], p.script)}" for p in PACKAGES if p.script]
    bundle = "/*\n" + notice.replace("*/", "* /") + "\n*/\n" + "\n;\n".join(scripts) + "\n"
    for mark in ("</script", "<!--"):
        assert mark not in bundle.lower(), f"{mark} would end the element that holds the libraries"
    sizes = [f"{p.title}: {len(read(archives[p], p.script).encode()):,} bytes" for p in PACKAGES if p.script]
    head = "The libraries inside Results/report.html, as docs/make_libraries.py fetches them.\n\n"
    return {
        ASSETS / "libraries.js": bundle,
        ASSETS / "libraries.txt": head + "\n".join(sizes) + "\n\n\n" + notice + "\n",
    }


def main(argv: list[str]) -> int:
    """Write the libraries, or say which files are not as they would be written."""
    with tempfile.TemporaryDirectory() as folder:
        files = written(fetch(Path(folder)))
    stale = {p: text for p, text in files.items() if not p.is_file() or p.read_text(encoding="utf-8") != text}
    for path, text in stale.items():
        print(f"{path.relative_to(ROOT)}: {'is not what its packages hold' if '--check' in argv else 'written'}")
        if "--check" not in argv:
            path.write_text(text, encoding="utf-8")
    return int(bool(stale) and "--check" in argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
