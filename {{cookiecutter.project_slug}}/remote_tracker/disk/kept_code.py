"""The code of this package, kept in its user's cache where the package lies on a disk behind a network.

For each module that is imported, Python asks the disk six times, one after the other: a scan's 150 modules take half a
second where a call takes 0.5 ms. Kept code costs one look at each module's file, all of them side by side, and is
believed while the file has the size, times and inode that it had when its code was kept.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType
from typing import TypeVar
from zlib import crc32

from ..named_tuple import NamedTuple
from .side_by_side import run_threads

FOLDER = "remote-tracker/code"  # in the user's cache
FEW = 5  # so many modules that are not kept are imported in less time than the file is written anew
THREADS = 32
Stamp = tuple[int, int, int, int]
T = TypeVar("T")


class KeptModule(NamedTuple):
    """A module's code, and the file that it was made from as it was then."""

    place: str
    stamp: Stamp
    is_package: bool
    code: bytes  # as marshal writes it


class _Loader(SourceFileLoader):
    def __init__(self, name: str, kept: KeptModule) -> None:
        super().__init__(name, kept.place)
        self._code = kept.code

    def get_code(self, fullname: str) -> CodeType | None:
        code: CodeType = marshal.loads(self._code)
        return code


class KeptCode:
    """Finds the modules of a package in the cache, where their files are as they were."""

    def __init__(self, package: str) -> None:
        self._package = package  # the package's folder
        self._path = _path_for(package)
        self._kept = _choose_unchanged(_load(self._path, package))

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how the module is loaded, as Python asks its finders; None where its code is not kept."""
        kept = self._kept.get(name)
        if kept is None:
            return None
        spec = ModuleSpec(name, _Loader(name, kept), origin=kept.place, is_package=kept.is_package)
        spec.has_location = True
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(os.path.dirname(kept.place))
        return spec

    def keep(self) -> None:
        """Keep the code of the modules that this process imported, where the cache lacks more than a few modules.

        Nothing is kept where Python is to write no code (PYTHONDONTWRITEBYTECODE), or where it cannot be written.
        """
        new = [name for name, module in [*sys.modules.items()] if self._is_new(name, module)]
        if len(new) < FEW or sys.dont_write_bytecode:
            return
        found = _ask_all(_read_module, new)
        kept = {**self._kept, **{name: one for name, one in found.items() if one}}
        with suppress(OSError):
            _write(self._path, self._package, kept)

    def _is_new(self, name: str, module: ModuleType) -> bool:
        spec = getattr(module, "__spec__", None)
        if name in self._kept or not isinstance(spec, ModuleSpec) or spec.name != name or not spec.origin:
            return False
        return spec.origin.startswith(f"{self._package}/") and type(spec.loader) is SourceFileLoader


def _path_for(package: str) -> str:
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return f"{cache}/{FOLDER}/{crc32(os.fsencode(package)):08x}.{sys.implementation.cache_tag}"


def _load(path: str, package: str) -> Mapping[str, KeptModule]:
    """Return what is kept of the package; nothing where the file is spoilt, or where another user may write into it."""
    try:
        with open(path, "rb") as file:
            found = os.fstat(file.fileno())
            raw = file.read() if found.st_uid == os.getuid() and not found.st_mode & 0o022 else b""
        if raw[:4] != crc32(raw[4:]).to_bytes(4, "big"):
            return {}
        python, folder, kept = marshal.loads(raw[4:])
        return {n: KeptModule(*one) for n, one in kept.items()} if (python, folder) == (sys.version, package) else {}
    except (OSError, ValueError, EOFError, TypeError):
        return {}


def _ask_all(ask: Callable[[str], T], names: Sequence[str]) -> dict[str, T]:
    """Return what ``ask`` returns for each name; many are asked for at once, since the disk answers late."""
    parts = [names[at::THREADS] for at in range(min(THREADS, len(names)))]
    found = run_threads(lambda part: [(name, ask(name)) for name in part], parts) if parts else []
    return dict(pair for part in found for pair in part)


def _choose_unchanged(kept: Mapping[str, KeptModule]) -> dict[str, KeptModule]:
    now = _ask_all(lambda name: _stamp_of(kept[name].place), [*kept])
    return {name: one for name, one in kept.items() if now[name] == one.stamp}


def _stamp_of(place: str) -> Stamp | None:
    try:
        found = os.stat(place)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino, found.st_ctime_ns


def _read_module(name: str) -> KeptModule | None:
    """Return an imported module's code with its file's stamp; None where the file changes meanwhile, or is gone."""
    spec = sys.modules[name].__spec__
    if spec is None or not isinstance(spec.loader, SourceFileLoader) or spec.origin is None:
        return None
    with suppress(OSError, ImportError, SyntaxError):
        stamp = _stamp_of(spec.origin)
        code = spec.loader.get_code(name)
        if stamp and code and _stamp_of(spec.origin) == stamp:
            return KeptModule(spec.origin, stamp, spec.submodule_search_locations is not None, marshal.dumps(code))
    return None


def _write(path: str, package: str, kept: Mapping[str, KeptModule]) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    raw = marshal.dumps((sys.version, package, {name: tuple(one) for name, one in kept.items()}))
    temporary = f"{path}.{os.getpid()}.tmp"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(crc32(raw).to_bytes(4, "big") + raw)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def use_kept_code(package: str) -> KeptCode:
    """Let Python find modules of the package's folder in the cache from now on; return what keeps the others."""
    kept = KeptCode(package)
    sys.meta_path.insert(0, kept)
    return kept
