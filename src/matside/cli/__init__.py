"""The command line: one file a family of commands, every heavy import late."""

import contextlib
import errno
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from matside.cli.commands import ShyGroup
from matside.errors import MatsideError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A pipe may know no Korean and no notes; their escapes are valid JSON, a crash is nothing.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(arguments))


def _open_closed_streams() -> None:
    """Give a closed stream an end that reads and takes nothing, so that no command need think of it."""
    nowhere = Path(os.devnull)
    sys.stdin = sys.stdin or nowhere.open(encoding="utf-8")
    sys.stdout = sys.stdout or nowhere.open("w", encoding="utf-8")
    sys.stderr = sys.stderr or nowhere.open("w", encoding="utf-8")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        The exit code: 0 done, 1 a problem, 2 wrong use, 130 interrupted.
    """
    from matside.cli.root import root

    group: ShyGroup = root
    try:
        code = group.main(
            args=None if arguments is None else list(arguments), prog_name="matside", standalone_mode=False
        )
    except click.exceptions.Abort:
        click.echo("Interrupted.", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except MatsideError as error:
        click.echo(f"matside: {error}", err=True)
        if error.hint:
            click.echo(error.hint, err=True)
        return error.exit_code
    except BrokenPipeError:
        # The reader went away, as `matside history | head` does. Nothing more can be said to it.
        sys.stderr.close()
        return 1
    except OSError as error:
        if not _is_of_stdout(error):
            raise
        _say_lost(error)
        return 1
    return code if isinstance(code, int) else 0


def _is_of_stdout(error: OSError) -> bool:
    """Tell whether what we wrote couldn't be taken, as by a full disk; everything else has its own words."""
    return error.filename is None and error.errno in {errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG}


def _say_lost(error: OSError) -> None:
    click.echo(f"matside: The output can't be written: {error.strerror}.", err=True)
    click.echo("Send it somewhere else, or make room.", err=True)
    with contextlib.suppress(OSError):
        sys.stdout.close()  # what is still in it would fail again, without words
