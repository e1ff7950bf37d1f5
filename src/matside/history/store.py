"""The file of past sessions, in SQLite.

SQLite's rollback journal is used, with every commit forced to the disk: a session writes a handful of
rows in many minutes, so speed is no matter, and it leaves one single file that may be copied, lie on a
network disk or be read where nothing can be written. A write-ahead log would need none of the first and
break the other two. A process killed at any moment loses at most the row it was writing.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from matside.errors import EdgeError, MatsideError
from matside.history.migrations import APPLICATION_ID, MIGRATIONS, migrate
from matside.session.outcome import Outcome, Result
from matside.units import Ms

MAGIC = b"SQLite format 3\x00"
BUSY_WAIT_MS: Ms = 1000
"""How long to wait for another matside that is writing; its transactions take a few milliseconds."""

_OUTCOME_COLUMNS = (
    "at_ms, item, exercise, result, level_planned, level_done, reps_done, reps_planned, wants_harder"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSession:
    """A session as the history knows it.

    Attributes:
        started_at: Aware, UTC.
        ended_at: None where the session was never finished: killed, or still running.
        completed: It went on to the routine's end.
        stage: The person's stage on that day, where it was known.
        outcomes: In the order of the plan.
    """

    id: int
    started_at: datetime
    routine: str
    language: str
    completed: bool
    ended_at: datetime | None
    active_ms: Ms
    paused_ms: Ms
    outcomes: tuple[Outcome, ...]
    stage: str | None = None


class SessionRecord:
    """The running session's place in the history."""

    def __init__(self, store: "Store", session_id: int) -> None:
        self._store = store
        self.id = session_id

    def record(self, outcome: Outcome) -> None:
        """Keep an outcome for good. The last word about an item counts, so recording again is harmless.

        Raises:
            EdgeError: The disk doesn't take it; everything recorded before is kept.
        """
        self._store.write(
            f"INSERT OR REPLACE INTO outcomes (session_id, {_OUTCOME_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)",  # noqa: S608  # constants
            (
                self.id,
                outcome.at_ms,
                outcome.item,
                outcome.exercise,
                outcome.result.value,
                outcome.level_planned,
                outcome.level_done,
                outcome.reps_done,
                outcome.reps_planned,
                int(outcome.wants_harder),
            ),
        )

    def finish(self, *, completed: bool, active_ms: Ms, paused_ms: Ms) -> None:
        """Note how the session ended, and when.

        Raises:
            EdgeError: The disk doesn't take it; the outcomes are kept.
        """
        self._store.write(
            "UPDATE sessions SET completed = ?, active_ms = ?, paused_ms = ?, ended_at = ? WHERE id = ?",
            (int(completed), active_ms, paused_ms, _text_of(self._store.now()), self.id),
        )


class Store:
    """The history file, open."""

    def __init__(self, connection: sqlite3.Connection, path: Path, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._path = path
        self.now = now

    @classmethod
    def open(cls, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Self:
        """Open the history, making or updating the file where needed.

        Args:
            path: The file; its folder is made.
            now: The wall clock, aware, UTC.

        Raises:
            MatsideError: The file was written by a newer matside, is damaged, or isn't a history. It is
                left as it is.
            EdgeError: The disk doesn't let us.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _refuse_foreign(path)
        except OSError as error:
            raise EdgeError(
                f"The history {path} can't be opened: {error.strerror}.", hint=_HINT_DISK
            ) from error
        with _said_plainly(path):
            connection = sqlite3.connect(path, timeout=BUSY_WAIT_MS / 1000, isolation_level=None)
            try:
                connection.execute("PRAGMA synchronous = EXTRA")
                connection.execute("PRAGMA foreign_keys = ON")
                _refuse_damaged(connection, path)
                migrate(connection, now())
                # A file that can be read and not written must be found out now, not after an exercise.
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
            except BaseException:
                connection.close()
                raise
        return cls(connection, path, now)

    def begin(
        self, *, started_at: datetime, routine: str, language: str, stage: str | None = None
    ) -> SessionRecord:
        """Begin a session's record.

        Args:
            started_at: Aware wall clock.
            routine: The routine's name.
            language: The language code.
            stage: The person's stage, where it is known.

        Raises:
            EdgeError: The disk doesn't take it.
        """
        number = self.write(
            "INSERT INTO sessions (started_at, routine, language, stage) VALUES (?, ?, ?, ?)",
            (_text_of(started_at), routine, language, stage),
        )
        return SessionRecord(self, number)

    def resume(self, session_id: int) -> SessionRecord | None:
        """Go on with a record that was begun before; None where there is no such record."""
        with _said_plainly(self._path):
            row = self._connection.execute("SELECT id FROM sessions WHERE id = ?", (session_id,)).fetchone()
        return SessionRecord(self, session_id) if row else None

    def history(self, limit: int = 20) -> list[PastSession]:
        """List past sessions, the latest first.

        Raises:
            EdgeError: The file can't be read.
        """
        with _said_plainly(self._path):
            rows = self._connection.execute(
                "SELECT id, started_at, routine, language, completed, ended_at, active_ms, paused_ms, stage"
                " FROM sessions ORDER BY started_at DESC, id DESC LIMIT ?",
                (limit,),
            ).fetchall()
            return [_session_of(row, self._outcomes(row[0])) for row in rows]

    def met_exercises(self) -> frozenset[str]:
        """Name the exercises done before, so that they need no introduction."""
        with _said_plainly(self._path):
            rows = self._connection.execute(
                "SELECT DISTINCT exercise FROM outcomes WHERE result = ?", (Result.DONE.value,)
            )
            return frozenset(str(row[0]) for row in rows)

    def write(self, statement: str, values: tuple[str | int | None, ...]) -> int:
        """Carry out one statement in a transaction of its own; returns the row's number where it made one.

        Raises:
            EdgeError: The disk doesn't take it.
        """
        with _said_plainly(self._path):
            return self._connection.execute(statement, values).lastrowid or 0

    def write_all(self, statements: Sequence[tuple[str, tuple[str | int | None, ...]]]) -> None:
        """Carry out several statements in one transaction: all of them, or none.

        Raises:
            EdgeError: The disk doesn't take it.
        """
        with _said_plainly(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for statement, values in statements:
                    self._connection.execute(statement, values)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def read(self, query: str, values: tuple[str | int | None, ...]) -> list[tuple[Any, ...]]:
        """Read rows.

        Raises:
            EdgeError: The file can't be read.
        """
        with _said_plainly(self._path):
            return self._connection.execute(query, values).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _outcomes(self, session_id: int) -> tuple[Outcome, ...]:
        rows = self._connection.execute(
            f"SELECT {_OUTCOME_COLUMNS} FROM outcomes WHERE session_id = ? ORDER BY item",  # noqa: S608  # constants
            (session_id,),
        )
        return tuple(_outcome_of(row) for row in rows)


_HINT_DISK = (
    "The session can go on; its outcomes won't be kept. Check the disk's space and who may write there."
)
_HINT_KEPT = "The file is left as it is. Move it away to begin a new history; the old one isn't lost."


@contextmanager
def _said_plainly(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.OperationalError as error:
        raise EdgeError(f"The history {path} can't be used now: {error}.", hint=_HINT_DISK) from error
    except (sqlite3.DatabaseError, ValueError) as error:
        raise MatsideError(f"The history {path} is damaged: {error}.", hint=_HINT_KEPT) from error


def _refuse_foreign(path: Path) -> None:
    """Read the file's own header, so that one we mustn't touch isn't even opened by SQLite."""
    if not path.exists():
        return
    if not path.is_file():
        raise MatsideError(f"The history {path} is no ordinary file.", hint=_HINT_KEPT)
    with path.open("rb") as file:
        header = file.read(100)
    if not header:
        return
    if len(header) < 100 or not header.startswith(MAGIC):
        raise MatsideError(f"The history {path} is damaged: it is no SQLite file.", hint=_HINT_KEPT)
    version = int.from_bytes(header[60:64], "big")
    application = int.from_bytes(header[68:72], "big")
    if application != APPLICATION_ID and (application or version):
        raise MatsideError(f"{path} belongs to another program.", hint=_HINT_KEPT)
    if version > len(MIGRATIONS):
        raise MatsideError(
            f"The history {path} was written by a newer matside"
            f" (its version is {version}, this one knows {len(MIGRATIONS)}). Nothing in it was changed.",
            hint="Update matside. Until then sessions run, and their outcomes aren't kept.",
        )


def _refuse_damaged(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise MatsideError(f"The history {path} is damaged: {found}.", hint=_HINT_KEPT)


def _text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _session_of(
    row: tuple[int, str, str, str, int, str | None, int, int, str | None], outcomes: tuple[Outcome, ...]
) -> PastSession:
    number, started_at, routine, language, completed, ended_at, active_ms, paused_ms, stage = row
    return PastSession(
        id=number,
        started_at=datetime.fromisoformat(started_at),
        routine=routine,
        language=language,
        completed=bool(completed),
        ended_at=datetime.fromisoformat(ended_at) if ended_at else None,
        active_ms=int(active_ms),
        paused_ms=int(paused_ms),
        outcomes=outcomes,
        stage=stage,
    )


def _outcome_of(row: tuple[int, int, str, str, int, int, int, int, int]) -> Outcome:
    at_ms, item, exercise, result, level_planned, level_done, reps_done, reps_planned, wants_harder = row
    return Outcome(
        at_ms=int(at_ms),  # SQLite keeps a text where a number is wanted
        item=int(item),
        exercise=exercise,
        result=Result(result),
        level_planned=int(level_planned),
        level_done=int(level_done),
        reps_done=int(reps_done),
        reps_planned=int(reps_planned),
        wants_harder=bool(wants_harder),
    )
