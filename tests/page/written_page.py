"""Write a drawn page to a folder, with what ./rt report puts beside it: days, thumbnails, pictures."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

from remote_tracker.page.assemble import assemble, pack


def png(width: int, height: int, shade: int = 120) -> bytes:
    """Return a picture as PNG: grey steps from left to right."""
    line = b"\0" + bytes((shade + at * 100 // width) % 256 for at in range(width))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(line * height)) + chunk(b"IEND", b"")
    )


def write_page(folder: Path, data: dict[str, Any], alone: bool = False) -> Path:
    """Write the page, and what lies beside it unless it is alone; returns the page's path."""
    page = folder / "report.html"
    page.write_text(assemble(data), encoding="utf-8")
    if not alone:
        write_beside(folder, data)
    return page


def write_beside(folder: Path, data: dict[str, Any]) -> None:
    """Write the stories and logs of each day, a sprite, and the pictures of the first videos."""
    names, days = data["columns"][0]["values"], data["columns"][1]
    (folder / "report").mkdir()
    for at, day in enumerate(days["words"]):
        own = [name for name, of in zip(names, days["at"], strict=True) if of == at]
        told = {
            "stories": {n: f"{n}\n  first seen\n  finished" for n in own},
            "logs": {n: f"log of {n}\n<b>end</b>" for n in own},
        }
        text = f'window.remoteTracker.day("{day}", "{pack(told)}");\n'
        (folder / f"report/{day}.js").write_text(text, encoding="utf-8")
    for sprite in data["sprites"].values():
        (folder / sprite["file"]).write_bytes(png(sprite["width"] * sprite["columns"], sprite["height"] * 2))
    for name in names[:8]:
        picture = folder / "report/pictures" / f"{name}.png"
        if len(picture.name.encode()) < 256:
            picture.parent.mkdir(parents=True, exist_ok=True)
            picture.write_bytes(png(640, 480))
