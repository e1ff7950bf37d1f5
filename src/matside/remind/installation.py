"""What it takes to hand a reminder to a system, and to take it back: files and commands, not yet touched."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from matside.remind import launchd, systemd, task_scheduler
from matside.remind.schedule import Reminder

Command = tuple[str, ...]


class System(StrEnum):
    """Who keeps the time and runs the command."""

    SYSTEMD = "systemd"
    LAUNCHD = "launchd"
    SCHTASKS = "schtasks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a system looks for its files.

    Attributes:
        units: Of systemd's user manager, `~/.config/systemd/user`.
        agents: Of launchd, `~/Library/LaunchAgents`.
        tasks: Ours, for what the Task Scheduler reads once.
        user: The user's number, which launchd names its domain by.
    """

    units: Path
    agents: Path
    tasks: Path
    user: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What is to be done, in this order.

    Attributes:
        before: Commands whose failure doesn't matter: what they stop may not be there.
        files: Files and their content; None removes one.
        after: Commands that must succeed.
    """

    files: Mapping[Path, bytes | None]
    before: tuple[Command, ...] = ()
    after: tuple[Command, ...] = ()


def label_of(name: str, person: str | None) -> str:
    """Name a reminder where all programs of a computer have theirs."""
    return f"matside-{person}-{name}" if person else f"matside-{name}"


def to_install(label: str, reminder: Reminder, command: Sequence[str], system: System, at: Places) -> Steps:
    """Decide how to hand a reminder over; one of the same name is replaced."""
    match system:
        case System.SYSTEMD:
            units = systemd.units(label, reminder, command)
            timer = f"{label}.timer"
            return Steps(
                files={at.units / name: text.encode() for name, text in units.items()},
                after=(
                    ("systemctl", "--user", "daemon-reload"),
                    ("systemctl", "--user", "enable", "--quiet", timer),
                    ("systemctl", "--user", "restart", timer),
                ),
            )
        case System.LAUNCHD:
            path = at.agents / f"app.{label}.plist"
            return Steps(
                before=(("launchctl", "bootout", f"gui/{at.user}/app.{label}"),),
                files={path: launchd.agent(f"app.{label}", reminder, command)},
                after=(("launchctl", "bootstrap", f"gui/{at.user}", str(path)),),
            )
        case System.SCHTASKS:
            path = at.tasks / f"{label}.xml"
            arguments = subprocess.list2cmdline(command[1:])
            # Any day that is past will do, so that the same reminder gives the same file.
            since = date(2026, 1, 1)
            return Steps(
                files={path: task_scheduler.task(reminder, command[0], arguments, since)},
                after=(("schtasks", "/Create", "/TN", f"matside\\{label}", "/XML", str(path), "/F"),),
            )


def to_remove(label: str, system: System, at: Places) -> Steps:
    """Decide how to take a reminder back; nothing of it stays."""
    match system:
        case System.SYSTEMD:
            return Steps(
                before=(("systemctl", "--user", "disable", "--now", "--quiet", f"{label}.timer"),),
                files={at.units / f"{label}.{kind}": None for kind in ("timer", "service")},
                after=(("systemctl", "--user", "daemon-reload"),),
            )
        case System.LAUNCHD:
            return Steps(
                before=(("launchctl", "bootout", f"gui/{at.user}/app.{label}"),),
                files={at.agents / f"app.{label}.plist": None},
            )
        case System.SCHTASKS:
            return Steps(
                before=(("schtasks", "/Delete", "/TN", f"matside\\{label}", "/F"),),
                files={at.tasks / f"{label}.xml": None},
            )
