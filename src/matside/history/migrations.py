"""The steps that make a history file, and bring an older one up to date.

A step that has been released is never edited: a new need is a new step. Each runs in one transaction
together with the record that it ran, so a file killed in the middle of a step is the file before it.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

APPLICATION_ID = 0x6D617473
""""mats": told apart from any other program's SQLite file by this, at byte 68 of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step; its number is its place in `MIGRATIONS`, counted from 1."""

    name: str
    statements: tuple[str, ...]


MIGRATIONS: Sequence[Migration] = (
    Migration(
        name="sessions-and-outcomes",
        statements=(
            """
            CREATE TABLE migrations (
                number INTEGER PRIMARY KEY,
                name TEXT NOT NULL,
                applied_at TEXT NOT NULL
            )
            """,
            """
            CREATE TABLE sessions (
                id INTEGER PRIMARY KEY,
                started_at TEXT NOT NULL,
                routine TEXT NOT NULL,
                language TEXT NOT NULL,
                completed INTEGER NOT NULL DEFAULT 0 CHECK (completed IN (0, 1)),
                ended_at TEXT,
                active_ms INTEGER NOT NULL DEFAULT 0 CHECK (active_ms >= 0),
                paused_ms INTEGER NOT NULL DEFAULT 0 CHECK (paused_ms >= 0)
            )
            """,
            """
            CREATE TABLE outcomes (
                session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
                at_ms INTEGER NOT NULL,
                item INTEGER NOT NULL,
                exercise TEXT NOT NULL,
                result TEXT NOT NULL,
                level_planned INTEGER NOT NULL,
                level_done INTEGER NOT NULL,
                reps_done INTEGER NOT NULL,
                reps_planned INTEGER NOT NULL,
                wants_harder INTEGER NOT NULL CHECK (wants_harder IN (0, 1)),
                PRIMARY KEY (session_id, item)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX outcomes_by_exercise ON outcomes (exercise, result)",
        ),
    ),
    Migration(
        name="profile-and-resets",
        statements=(
            """
            CREATE TABLE profile (
                key TEXT PRIMARY KEY,
                value TEXT NOT NULL,
                set_at TEXT NOT NULL
            ) WITHOUT ROWID
            """,
            """
            CREATE TABLE resets (
                exercise TEXT NOT NULL,
                at TEXT NOT NULL
            )
            """,
            "ALTER TABLE sessions ADD COLUMN stage TEXT",
        ),
    ),
)


def version_of(connection: sqlite3.Connection) -> int:
    """Tell how many steps a file has seen."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(
    connection: sqlite3.Connection, now: datetime, migrations: Sequence[Migration] = MIGRATIONS
) -> list[str]:
    """Run the steps that a file has not seen.

    Args:
        connection: In autocommit mode, so that the transactions are ours.
        now: The wall clock, for the record.
        migrations: All steps, in order.

    Returns:
        The names of the steps that ran.
    """
    ran: list[str] = []
    for number, migration in enumerate(migrations, start=1):
        if version_of(connection) >= number:
            continue
        connection.execute("BEGIN IMMEDIATE")
        try:
            if version_of(connection) < number:  # another process may have been first
                _apply(connection, number, migration, now)
                ran.append(migration.name)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return ran


def _apply(connection: sqlite3.Connection, number: int, migration: Migration, now: datetime) -> None:
    for statement in migration.statements:
        connection.execute(statement)
    connection.execute(
        "INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)",
        (number, migration.name, now.isoformat(timespec="seconds")),
    )
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {number}")
