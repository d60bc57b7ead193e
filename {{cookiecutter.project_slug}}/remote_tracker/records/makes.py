"""Tell by what names a stage's results go, so that a batch knows whether it made results of these names."""

from __future__ import annotations

from zlib import crc32

from ..model import Stage


def makes_of(stage: Stage) -> str:
    """Return a short digest of the name pattern of each of the stage's results, with dashes between the digests."""
    texts = [output.pattern.text.encode("utf-8", "surrogateescape") for output in stage.outputs]
    return "-".join(f"m{crc32(text):08x}" for text in texts)
