"""Let another program's library write a file under a temporary name, and rename it when it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..disk.files import cannot_write, make_folder
from ..errors import NotWritten


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary place beside ``path``; behind the block the file there is flushed and takes the name ``path``.

    Where the block raises, the temporary file is removed and the old file stands. Raises NotWritten as write_file does.
    """
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{os.uname().nodename}.{os.getpid()}.{os.urandom(8).hex()}.tmp")
    try:
        yield temporary
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise cannot_write(path, error) from None
    except RuntimeError as error:  # HDF5 does not say why the system refused
        told = f"{path}: cannot be written ({' '.join(str(error).split())}); is the disk or a quota full?"
        raise NotWritten(told, " Nothing was changed.") from None
    finally:
        with suppress(OSError):
            temporary.unlink()
