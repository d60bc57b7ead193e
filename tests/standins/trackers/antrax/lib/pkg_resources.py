"""Stand in for what setuptools brings with anTraX, its version: the real one takes 0.15 s, and each task asks it."""

from __future__ import annotations

from types import SimpleNamespace


def get_distribution(name: str) -> SimpleNamespace:
    """Return what is installed: anTraX 1.0.2."""
    assert name == "antrax"
    return SimpleNamespace(version="1.0.2")
