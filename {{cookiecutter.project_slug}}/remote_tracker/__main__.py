"""``python -m remote_tracker``: the command line, or one line on what is missing to run it."""

from __future__ import annotations

import gc
import sys

INSTALL = "conda create -n remote-tracker -c conda-forge python=3.12 cookiecutter h5py"


def main() -> int:
    """Run the command line; returns its exit code."""
    gc.disable()  # a scan makes millions of small values and no cycles: looking for some costs a tenth of it
    try:
        from .cli import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == __package__:
            raise
        print(f'{sys.executable} has no module "{error.name}". Type: {INSTALL}', file=sys.stderr)
        return 1
    return run()


if __name__ == "__main__":
    sys.exit(main())
