"""A program of this repository that no package holds, loaded from its file: from hooks, docs or benchmarks."""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

from lab import REPOSITORY


def load_program(place: str) -> ModuleType:
    """Return the program at a place in this repository, as ``docs/make_site.py``, as a module of its own each time."""
    name = Path(place).stem
    loader = SourceFileLoader(name, str(REPOSITORY / place))
    spec = spec_from_loader(name, loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module
