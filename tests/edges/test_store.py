"""The history file: written by real SQLite, on a real disk, by processes that are killed."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matside.errors import EdgeError, MatsideError
from matside.history.migrations import MIGRATIONS, Migration, migrate, version_of
from matside.history.store import Store
from matside.session.outcome import Outcome, Result

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)


def outcome(item: int = 0, exercise: str = "plank", result: Result = Result.DONE, **more) -> Outcome:
    values = {
        "at_ms": 60_000 * (item + 1),
        "level_planned": 1,
        "level_done": 1,
        "reps_done": 4,
        "reps_planned": 4,
        "wants_harder": False,
    }
    return Outcome(item=item, exercise=exercise, result=result, **{**values, **more})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite3"


def opened(path: Path) -> Store:
    return Store.open(path, now=lambda: START + timedelta(minutes=7))


def test_what_was_recorded_is_read_back(path):
    with opened(path) as store:
        record = store.begin(started_at=START, routine="morning", language="ko")
        record.record(outcome(0))
        record.record(outcome(1, "bridge", Result.TOO_HARD, level_done=0, reps_done=2, wants_harder=True))
        record.finish(completed=True, active_ms=400_000, paused_ms=20_000)
    with opened(path) as store:
        (session,) = store.history()
    assert session.outcomes == (
        outcome(0),
        outcome(1, "bridge", Result.TOO_HARD, level_done=0, reps_done=2, wants_harder=True),
    )
    assert (session.started_at, session.ended_at) == (START, START + timedelta(minutes=7))
    assert (session.routine, session.language, session.completed) == ("morning", "ko", True)
    assert (session.active_ms, session.paused_ms) == (400_000, 20_000)


def test_a_wall_clock_of_another_zone_is_kept_as_utc(path):
    seoul = datetime.fromisoformat("2026-03-01T16:30:00+09:00")
    with opened(path) as store:
        store.begin(started_at=seoul, routine="breathe", language="ko")
        (session,) = store.history()
    assert session.started_at == START
    assert session.started_at.utcoffset() == timedelta(0)


def test_recording_an_item_again_replaces_it(path):
    with opened(path) as store:
        record = store.begin(started_at=START, routine="morning", language="en")
        record.record(outcome(3, result=Result.SKIPPED))
        record.record(outcome(3, result=Result.DONE))
        record.record(outcome(3, result=Result.DONE))
        assert store.history()[0].outcomes == (outcome(3, result=Result.DONE),)


def test_a_resumed_session_goes_on_with_its_own_record(path):
    with opened(path) as store:
        number = store.begin(started_at=START, routine="morning", language="en").id
    with opened(path) as store:
        again = store.resume(number)
        assert again is not None
        again.record(outcome())
        again.finish(completed=False, active_ms=1, paused_ms=0)
        assert [len(session.outcomes) for session in store.history()] == [1]
        assert store.resume(number + 1) is None


def test_the_latest_sessions_come_first_and_no_more_than_asked(path):
    with opened(path) as store:
        for day in (2, 0, 1):
            store.begin(started_at=START + timedelta(days=day), routine=f"day {day}", language="en")
        assert [session.routine for session in store.history(limit=2)] == ["day 2", "day 1"]


def test_exercises_done_before_are_met_and_others_are_not(path):
    with opened(path) as store:
        assert store.met_exercises() == frozenset()
        record = store.begin(started_at=START, routine="morning", language="en")
        record.record(outcome(0, "plank", Result.DONE))
        record.record(outcome(1, "bridge", Result.SKIPPED))
        assert store.met_exercises() == frozenset({"plank"})


def test_each_step_is_recorded_and_runs_once(path):
    opened(path).close()
    opened(path).close()
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM migrations ORDER BY number")]
        assert names == [migration.name for migration in MIGRATIONS]
        assert version_of(connection) == len(MIGRATIONS)


def test_a_step_that_fails_leaves_the_file_as_it_was(path):
    opened(path).close()
    steps = [*MIGRATIONS, Migration(name="bad", statements=("CREATE TABLE more (a)", "CREATE NONSENSE"))]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, START, steps)
        assert version_of(connection) == len(MIGRATIONS)
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert "more" not in tables


def test_a_later_step_runs_on_a_file_with_sessions_in_it(path):
    with opened(path) as store:
        store.begin(started_at=START, routine="morning", language="en")
    step = Migration(name="mood", statements=("ALTER TABLE sessions ADD COLUMN mood TEXT",))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert migrate(connection, START, [*MIGRATIONS, step]) == ["mood"]
        assert connection.execute("SELECT routine, mood FROM sessions").fetchall() == [("morning", None)]


def test_a_file_of_a_newer_version_is_left_alone_and_said_so(path):
    opened(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = (path.read_bytes(), path.stat().st_mtime_ns, sorted(path.parent.iterdir()))
    with pytest.raises(MatsideError, match="newer matside") as caught:
        opened(path)
    assert "Update matside" in caught.value.hint
    assert (path.read_bytes(), path.stat().st_mtime_ns, sorted(path.parent.iterdir())) == before


@pytest.mark.parametrize(
    "content",
    [b"hello", b"SQLite format 3\x00", b"\x00" * 8192, os.urandom(4096)],
    ids=["text", "cut short", "zeros", "noise"],
)
def test_a_file_that_is_no_history_is_kept_and_said_so(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(MatsideError, match="damaged") as caught:
        opened(path)
    assert "left as it is" in caught.value.hint
    assert path.read_bytes() == content


def test_a_damaged_page_is_found_at_opening(path):
    with opened(path) as store:
        record = store.begin(started_at=START, routine="morning", language="en")
        for _ in range(2000):
            record._store._connection.execute(
                "INSERT INTO sessions (started_at, routine, language) VALUES (1, 2, 3)"
            )
    content = bytearray(path.read_bytes())
    content[4096 * 8 : 4096 * 12] = b"\xff" * (4096 * 4)
    path.write_bytes(content)
    with pytest.raises(MatsideError, match="damaged"):
        opened(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("change", ["outcomes SET at_ms = 'x'", "sessions SET active_ms = 'abc'"])
def test_a_text_where_a_number_belongs_is_damage(path, change):
    with opened(path) as store:
        store.begin(started_at=START, routine="morning", language="en").record(outcome())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"UPDATE {change}")
        connection.commit()
    with opened(path) as store, pytest.raises(MatsideError, match="damaged"):
        store.history()


def test_a_file_of_another_program_is_kept_and_said_so(path):
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 42")
        connection.execute("CREATE TABLE theirs (a)")
    before = path.read_bytes()
    with pytest.raises(MatsideError, match="another program"):
        opened(path)
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_history(path):
    path.parent.mkdir()
    path.touch()
    with opened(path) as store:
        assert store.history() == []


def test_a_place_where_nothing_can_be_written_is_said_at_opening(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(EdgeError) as caught:
        opened(tmp_path / "data" / "history.sqlite3")
    assert "session can go on" in caught.value.hint


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions don't bind root")
def test_a_file_that_may_not_be_written_is_said_at_opening(path):
    opened(path).close()
    path.chmod(0o400)
    with pytest.raises(EdgeError):
        opened(path)


def test_a_file_that_another_holds_is_said_and_nothing_is_lost(path, monkeypatch):
    monkeypatch.setattr("matside.history.store.BUSY_WAIT_MS", 50)
    with opened(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        record = store.begin(started_at=START, routine="morning", language="en")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(EdgeError, match="locked"):
            record.record(outcome())
        other.execute("ROLLBACK")
        record.record(outcome())
        assert store.history()[0].outcomes == (outcome(),)


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from matside.history.store import Store
from matside.session.outcome import Outcome, Result
store = Store.open(Path(sys.argv[1]))
record = store.begin(started_at=datetime.now(UTC), routine="morning", language="en")
for item in range(100_000):
    record.record(Outcome(at_ms=item, item=item, exercise="plank", result=Result.DONE, level_planned=1,
                          level_done=1, reps_done=1, reps_planned=1, wants_harder=False))
    print(item, flush=True)
"""


@pytest.mark.parametrize("wait_s", [0.01, 0.023, 0.057, 0.11])
def test_a_process_killed_while_writing_loses_nothing_that_it_had_recorded(path, wait_s):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    with writer, writer.stdout:
        said = [writer.stdout.readline()]
        time.sleep(wait_s)
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.readlines()
    recorded = [int(line) for line in said if line.endswith("\n")]
    with opened(path) as store:
        (session,) = store.history()
    kept = [outcome.item for outcome in session.outcomes]
    assert kept[: len(recorded)] == recorded
    assert len(kept) - len(recorded) in (0, 1)
    assert session.ended_at is None
