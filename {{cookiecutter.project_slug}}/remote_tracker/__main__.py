"""``python -m remote_tracker``: the command line, or one line on what is missing to run it."""

from __future__ import annotations

import gc
import os
import sys
from io import TextIOWrapper

INSTALL = "conda create -n remote-tracker -c conda-forge python=3.12 cookiecutter h5py"


def main() -> int:
    """Run the command line; returns its exit code."""
    gc.disable()  # a scan makes millions of small values and no cycles: looking for some costs a tenth of it
    try:
        return run()
    except KeyboardInterrupt:  # while the imports of run() are still under way, too
        print("Stopped.", file=sys.stderr)
        return 130
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == __package__:
            raise
        print(f'{sys.executable} has no module "{error.name}". Type: {INSTALL}', file=sys.stderr)
        return 1


def run() -> int:
    """Run a verb; every error is one line; returns the exit code."""
    import click

    from .cli import rt
    from .errors import RemoteTrackerError, WrongUse

    for stream in (sys.stdout, sys.stderr):  # a name or a program's last word may be no text of this terminal
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        rt.main(standalone_mode=False, prog_name="rt")
    except RemoteTrackerError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return WrongUse.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"{place}{error.strerror or error}. Mend that, then try again.", err=True)
        return RemoteTrackerError.exit_code
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
