r"""The journal of a running session: what makes one that was killed resumable to the second.

A journal is a file of JSON lines, only ever appended to: a header, then every command with its session
time *before* it takes effect, and a beat at least each half second, so that the last line is never older
than that. Each line reaches the system in one write, which a kill can't undo; commands, and every five
seconds, reach the disk itself, which bounds what a power cut can take.

Reading believes the longest prefix of whole, valid lines and no more: what a kill, a power cut or a full
disk left behind it is cut off before anything is appended. The journal is locked while its session runs,
so a session that lives isn't offered for resuming, and two never write to one file. A session that has
ended gets an end line and its journal moves to the folder `finished`, where the last few stay for replay.

    {"journal": 1, "session": "20260301T073000Z", "routine": "morning", ...}\n
    {"at": 12000}\n
    {"at": 12340, "command": "next"}\n
    {"at": 420000, "end": true}\n
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from matside.errors import EdgeError, MatsideError
from matside.locking import try_lock
from matside.session.command import Command
from matside.units import Ms

VERSION = 1
BEAT_MS: Ms = 500
"""A session resumes at the last beat, so this bounds what is heard twice."""
SYNC_MS: Ms = 5_000
LARGEST_FILE_BYTES = 16 * 1024 * 1024
LONGEST_MS: Ms = 10 * 365 * 24 * 3_600_000
"""Of a session with all the time that she was away from it; more is damage."""
"""More than a day of beats."""
KEPT_FINISHED = 10
FINISHED = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What was asked for when the session began; enough to begin the same one again.

    Attributes:
        routine: The routine's name, or the path of its file.
        routine_text: The text of the routine's file as it was; empty for one of our own.
        options: The session's options, as plain data.
        plan: Fingerprint of the plan, so that changed content is noticed before resuming.
        started_at: Aware, UTC.
        record: The session's number in the history, where it has one.
    """

    routine: str
    routine_text: str
    language: str
    options: Mapping[str, object]
    plan: str
    started_at: datetime
    record: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A command and the session time it was given at."""

    at_ms: Ms
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a journal says.

    Attributes:
        last_ms: The last session time it knows of.
        ended: The session came to its end.
        valid_bytes: How much of the file is whole; what follows is the remains of a broken write.
    """

    path: Path
    header: Header
    notes: tuple[Note, ...]
    last_ms: Ms
    ended: bool
    valid_bytes: int


class Journal:
    """The journal of this session, open for appending and locked."""

    def __init__(self, path: Path, fileno: int, *, size: int, at_ms: Ms) -> None:
        self.path = path
        self._fileno = fileno
        self._size = size
        self._written_ms = at_ms
        self._synced_ms = at_ms

    @classmethod
    def begin(cls, folder: Path, header: Header) -> Self:
        """Begin a journal in a folder, which is made where needed.

        Raises:
            EdgeError: The disk doesn't let us.
        """
        stem = header.started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path, fileno = _create(folder, stem)
        except OSError as error:
            raise _broken(folder, error) from error
        try_lock(fileno)
        journal = cls(path, fileno, size=0, at_ms=0)
        try:
            journal._append(_header_line(path.stem, header), sync=True)
        except BaseException:
            journal.close()
            path.unlink(missing_ok=True)
            raise
        return journal

    @classmethod
    def resume(cls, path: Path) -> tuple[Self, Written]:
        """Go on with a journal: cut off what isn't whole, and append from there.

        Returns:
            The journal, and what it says up to here.

        Raises:
            MatsideError: Its session is running, is over, or it can't be read.
            EdgeError: The disk doesn't let us.
        """
        try:
            fileno = os.open(path, os.O_RDWR | os.O_APPEND | _O_BINARY)
        except FileNotFoundError as error:
            raise MatsideError(f"There is no journal {path}.", hint="Begin a new session.") from error
        except OSError as error:
            raise _broken(path, error) from error
        try:
            written = _claim(path, fileno)
        except OSError as error:
            os.close(fileno)
            raise _broken(path, error) from error
        except BaseException:
            os.close(fileno)
            raise
        return cls(path, fileno, size=written.valid_bytes, at_ms=written.last_ms), written

    def note(self, at_ms: Ms, command: Command) -> None:
        """Write a command down, to the disk itself, before it takes effect.

        Raises:
            EdgeError: The disk doesn't take it; what was written before stays whole.
        """
        self._append({"at": at_ms, "command": command.value}, sync=True)
        self._written_ms = self._synced_ms = at_ms

    def beat(self, at_ms: Ms) -> None:
        """Write down that the session was alive, where the last line is half a second old.

        Raises:
            EdgeError: As for `note`.
        """
        if at_ms - self._written_ms < BEAT_MS:
            return
        sync = at_ms - self._synced_ms >= SYNC_MS
        self._append({"at": at_ms}, sync=sync)
        self._written_ms = at_ms
        if sync:
            self._synced_ms = at_ms

    def finish(self, at_ms: Ms) -> Path:
        """Write the end, and put the journal away so that it isn't offered again.

        Returns:
            Where it lies now.
        """
        try:
            self._append({"at": at_ms, "end": True}, sync=True)
        finally:
            self.close()
        return _put_away(self.path)

    def close(self) -> None:
        """Let go of the journal without an end: its session can be resumed."""
        if self._fileno >= 0:
            os.close(self._fileno)
            self._fileno = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _append(self, line: Mapping[str, object], *, sync: bool) -> None:
        data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        try:
            done = os.write(self._fileno, data)
            if done < len(data):
                os.ftruncate(self._fileno, self._size)
                raise EdgeError(f"The journal {self.path} can't be written: the disk is full.", hint=_HINT)
            self._size += done
            if sync:
                os.fsync(self._fileno)
        except OSError as error:
            raise _broken(self.path, error) from error


def read(path: Path) -> Written:
    """Read the longest valid part of a journal.

    Raises:
        MatsideError: Not even its header is whole, or a newer matside wrote it. It is left as it is.
    """
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_FILE_BYTES:
            raise MatsideError(f"{path} is no journal of a session.", hint=_HINT_LEFT)
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES)
    except OSError as error:
        raise _broken(path, error) from error
    first, newline, rest = content.partition(b"\n")
    header = _header_of(path, first) if newline else None
    if header is None:
        raise MatsideError(f"The journal {path} breaks off in its first line.", hint=_HINT_LEFT)
    valid_bytes = len(first) + 1
    notes: list[Note] = []
    last_ms, ended = 0, False
    for line in rest.split(b"\n")[:-1]:
        entry = _entry_of(line)
        if entry is None or ended:
            break
        at_ms, command, ended = entry
        if not max((note.at_ms for note in notes[-1:]), default=0) <= at_ms <= LONGEST_MS:
            break  # time doesn't go back
        if command is not None:
            notes.append(Note(at_ms=at_ms, command=command))
        last_ms = max(last_ms, at_ms)
        valid_bytes += len(line) + 1
    return Written(
        path=path, header=header, notes=tuple(notes), last_ms=last_ms, ended=ended, valid_bytes=valid_bytes
    )


def latest_unfinished(folder: Path) -> Written | None:
    """Find the latest session that neither ended nor is running; None where there is none.

    A journal that can't be read is passed over here: `read` says what is wrong with it.
    """
    try:
        paths = sorted(folder.glob("*.jsonl"), reverse=True)
    except OSError:
        return None
    for path in paths:
        try:
            written = read(path)
        except MatsideError:
            continue
        if not written.ended and not _is_running(path):
            return written
    return None


def is_any_running(folder: Path) -> bool:
    """Tell whether a session is going on now, in whatever window."""
    try:
        return any(_is_running(path) for path in folder.glob("*.jsonl"))
    except OSError:
        return False


_O_BINARY = getattr(os, "O_BINARY", 0)
_HINT = "The session can go on; if it is killed, it can't be resumed from here on."
_HINT_LEFT = "The file is left as it is. Begin a new session."


def _broken(path: Path, error: OSError) -> EdgeError:
    return EdgeError(f"The journal {path} can't be used: {error.strerror}.", hint=_HINT)


def _create(folder: Path, stem: str) -> tuple[Path, int]:
    """Make a file that wasn't there; sessions begun in the same second get a number."""
    number = 1
    while True:
        path = folder / (f"{stem}.jsonl" if number == 1 else f"{stem}-{number}.jsonl")
        try:
            return path, os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | _O_BINARY, 0o600)
        except FileExistsError:
            number += 1


def _claim(path: Path, fileno: int) -> Written:
    """Lock an open journal and cut off what isn't whole."""
    if not try_lock(fileno):
        raise MatsideError(
            "That session is running in another window.", hint="Go on there, or end it there first."
        )
    written = read(path)
    if written.ended:
        raise MatsideError("That session came to its end.", hint="Begin a new session.")
    os.ftruncate(fileno, written.valid_bytes)
    return written


def _is_running(path: Path) -> bool:
    try:
        fileno = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not try_lock(fileno)
    finally:
        os.close(fileno)


def _put_away(path: Path) -> Path:
    """Move a finished journal aside, and drop all but the last few."""
    folder = path.parent / FINISHED
    try:
        folder.mkdir(exist_ok=True)
        kept = folder / path.name
        path.replace(kept)
        for old in sorted(folder.glob("*.jsonl"))[:-KEPT_FINISHED]:
            old.unlink(missing_ok=True)
    except OSError:
        return path  # its end line already says that it is over
    return kept


def _header_line(session: str, header: Header) -> Mapping[str, object]:
    return {
        "journal": VERSION,
        "session": session,
        "routine": header.routine,
        "routine_text": header.routine_text,
        "language": header.language,
        "options": dict(header.options),
        "plan": header.plan,
        "started_at": header.started_at.astimezone(UTC).isoformat(),
        "record": header.record,
    }


def _header_of(path: Path, line: bytes) -> Header | None:
    fields = _parse(line)
    version = fields.get("journal")
    if isinstance(version, int) and version > VERSION:
        raise MatsideError(
            f"The journal {path} was written by a newer matside. Nothing in it was changed.",
            hint="Update matside to resume this session, or begin a new one.",
        )
    match fields:
        case {
            "journal": 1,
            "routine": str(routine),
            "routine_text": str(routine_text),
            "language": str(language),
            "options": dict(options),
            "plan": str(plan),
            "started_at": str(started_at),
            "record": int() | None as record,
        }:
            try:
                moment = datetime.fromisoformat(started_at)
            except ValueError:
                return None
            return Header(
                routine=routine,
                routine_text=routine_text,
                language=language,
                options=options,
                plan=plan,
                started_at=moment,
                record=record,
            )
        case _:
            return None


def _entry_of(line: bytes) -> tuple[Ms, Command | None, bool] | None:
    """Read a line after the header as time, command and end; None where it isn't one."""
    match _parse(line):
        case {"at": int(at_ms), "command": str(name)} if name in _COMMANDS:
            return at_ms, Command(name), False
        case {"at": int(at_ms), "end": True}:
            return at_ms, None, True
        case {"at": int(at_ms), **others} if not others:
            return at_ms, None, False
        case _:
            return None


_COMMANDS = frozenset(command.value for command in Command)


def _parse(line: bytes) -> dict[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
