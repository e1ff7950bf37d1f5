"""Doing it: files written whole or not at all, the system's own commands called with a limit."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from matside.errors import EdgeError
from matside.remind.installation import Command, Places, Steps, System
from matside.settings import Paths

WAITS_S = 15.0
"""For a system's command; they take milliseconds, and hang where there is no session bus."""

_ICS = "Use a calendar instead: add --ics FILE and import that file."


def find_system() -> System:
    """Find who keeps reminders on this computer.

    Raises:
        EdgeError: Nobody that we know.
    """
    if sys.platform == "darwin":
        return System.LAUNCHD
    if sys.platform == "win32":
        return System.SCHTASKS
    if shutil.which("systemctl"):
        return System.SYSTEMD
    raise EdgeError("This computer has no systemd to keep reminders.", hint=_ICS)


def find_places(environ: Mapping[str, str], paths: Paths) -> Places:
    """Find where each system looks for its files."""
    home = Path(environ.get("HOME") or Path.home())
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return Places(
        units=config / "systemd" / "user",
        agents=home / "Library" / "LaunchAgents",
        tasks=paths.config / "reminders",
        user=os.getuid() if sys.platform != "win32" else 0,
    )


def carry_out(steps: Steps) -> None:
    """Do all the steps; where one fails, the files are as they were before.

    Raises:
        EdgeError: A file can't be written, or the system refuses.
    """
    for command in steps.before:
        with contextlib.suppress(EdgeError):
            _call(command)
    former = {path: path.read_bytes() if path.is_file() else None for path in steps.files}
    try:
        for path, content in steps.files.items():
            _put(path, content)
        for command in steps.after:
            _call(command)
    except EdgeError:
        for path, content in former.items():
            with contextlib.suppress(EdgeError):
                _put(path, content)
        raise


def _put(path: Path, content: bytes | None) -> None:
    try:
        if content is None:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise EdgeError(
            f"{path} can't be changed: {error.strerror}.", hint=f"Nothing was changed. {_ICS}"
        ) from error


def _call(command: Command) -> None:
    name = " ".join(command[:3])
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=WAITS_S, stdin=subprocess.DEVNULL
        )
    except OSError as error:
        raise EdgeError(f"{command[0]} can't be called: {error.strerror}.", hint=_ICS) from error
    except subprocess.TimeoutExpired as error:
        raise EdgeError(f"{name} gives no answer.", hint=_ICS) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["without a word"]
        raise EdgeError(f"{name} failed: {said[0]}.", hint=_ICS)
