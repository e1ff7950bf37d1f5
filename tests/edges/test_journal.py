"""The journal: appended to by real processes that are killed at random moments."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matside.errors import EdgeError, MatsideError
from matside.run.journal import (
    KEPT_FINISHED,
    Header,
    Journal,
    Note,
    latest_unfinished,
    read,
)
from matside.session.command import Command

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)


def header(**more) -> Header:
    values = {
        "routine": "morning",
        "routine_text": 'schema = "routine/1"\nid = "다음"\n',
        "language": "ko",
        "options": {"quiet": True, "volume_db": -3.0, "ramp": [1, 2]},
        "plan": "abc123",
        "started_at": START,
        "record": 7,
    }
    return Header(**{**values, **more})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal"


def test_what_was_written_is_read_back(folder):
    with Journal.begin(folder, header()) as journal:
        journal.note(1200, Command.NEXT)
        journal.beat(1700)
        journal.note(1900, Command.PAUSE)
    written = read(journal.path)
    assert written.header == header()
    assert written.notes == (Note(at_ms=1200, command=Command.NEXT), Note(at_ms=1900, command=Command.PAUSE))
    assert (written.last_ms, written.ended) == (1900, False)
    assert written.valid_bytes == journal.path.stat().st_size


@pytest.mark.parametrize("command", Command)
def test_every_command_has_a_journal_form(folder, command):
    with Journal.begin(folder, header()) as journal:
        journal.note(5, command)
    assert [note.command for note in read(journal.path).notes] == [command]


def test_beats_are_written_each_half_second_and_no_more_often(folder):
    with Journal.begin(folder, header()) as journal:
        for at_ms in range(0, 10_001, 10):
            journal.beat(at_ms)
    lines = journal.path.read_text(encoding="utf-8").splitlines()[1:]
    assert [json.loads(line)["at"] for line in lines] == list(range(500, 10_001, 500))


def test_a_command_reaches_the_disk_itself_and_beats_every_five_seconds(folder, monkeypatch):
    journal = Journal.begin(folder, header())
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda fileno: synced.append(now_ms))
    for now_ms in range(0, 12_000, 500):
        journal.beat(now_ms)
    now_ms = 12_100
    journal.note(now_ms, Command.STOP)
    journal.close()
    assert synced == [5000, 10_000, 12_100]


def test_sessions_begun_in_the_same_second_have_a_journal_each(folder):
    with Journal.begin(folder, header()) as one, Journal.begin(folder, header()) as other:
        assert one.path != other.path
    assert len({one.path, other.path, *folder.iterdir()}) == 2


def test_a_resumed_journal_goes_on_where_it_was(folder):
    with Journal.begin(folder, header()) as journal:
        journal.note(1000, Command.EASIER)
        journal.beat(1500)
    resumed, written = Journal.resume(journal.path)
    assert (written.last_ms, len(written.notes)) == (1500, 1)
    with resumed:
        resumed.note(1600, Command.NEXT)
    assert [note.at_ms for note in read(journal.path).notes] == [1000, 1600]


@pytest.mark.parametrize(
    "torn",
    [
        b'{"at":2000,"comm',
        b'{"at":2000}',
        b"\x00" * 300,
        b"\x00" * 300 + b"\n",
        b'{"at":2000,"command":"fly"}\n',
        b"[]\n",
        b'{"at":500,"command":"next"}\n',
        b'{"at":-1}\n',
        b'{"at":1000000000000000000}\n',
    ],
    ids=[
        "half a line",
        "no line end",
        "zeros",
        "zeros and a line end",
        "unknown command",
        "no object",
        "back in time",
        "before the session",
        "ages later",
    ],
)
def test_what_a_broken_write_left_is_not_believed_and_is_cut_off_on_resuming(folder, torn):
    with Journal.begin(folder, header()) as journal:
        journal.note(1000, Command.NEXT)
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole + torn)
    assert read(journal.path).valid_bytes == len(whole)
    resumed, _ = Journal.resume(journal.path)
    with resumed:
        resumed.note(3000, Command.BACK)
    assert [note.at_ms for note in read(journal.path).notes] == [1000, 3000]


@given(cut=st.integers(min_value=0), junk=st.binary(max_size=40))
def test_any_cut_of_a_journal_reads_as_a_prefix_of_it(tmp_path_factory, cut, junk):
    folder = tmp_path_factory.mktemp("journal")
    with Journal.begin(folder, header()) as journal:
        for at_ms in range(500, 5000, 500):
            journal.note(at_ms, Command.REPEAT)
    whole = journal.path.read_bytes()
    full = read(journal.path)
    journal.path.write_bytes(whole[: cut % (len(whole) + 1)] + junk.replace(b"\n", b""))
    try:
        written = read(journal.path)
    except MatsideError:
        assert cut % (len(whole) + 1) <= whole.index(b"\n")
        return
    assert written.notes == full.notes[: len(written.notes)]


def test_the_latest_unfinished_session_is_found(folder):
    assert latest_unfinished(folder) is None
    for day in range(3):
        with Journal.begin(folder, header(started_at=START + timedelta(days=day), record=day)):
            pass
    found = latest_unfinished(folder)
    assert found is not None
    assert found.header.record == 2


def test_a_finished_session_is_not_offered_and_can_not_be_resumed(folder):
    with Journal.begin(folder, header()) as journal:
        kept = journal.finish(9000)
    assert latest_unfinished(folder) is None
    assert read(kept).ended
    assert read(kept).last_ms == 9000
    with pytest.raises(MatsideError, match="end"):
        Journal.resume(kept)


def test_a_session_killed_between_its_end_and_putting_away_is_not_offered(folder):
    with Journal.begin(folder, header()) as journal:
        journal._append({"at": 1, "end": True}, sync=True)
    assert latest_unfinished(folder) is None


def test_only_the_last_few_finished_journals_are_kept(folder):
    for day in range(KEPT_FINISHED + 3):
        Journal.begin(folder, header(started_at=START + timedelta(days=day))).finish(1)
    assert len(list((folder / "finished").iterdir())) == KEPT_FINISHED


def test_a_running_session_is_not_offered_and_can_not_be_taken_over(folder):
    with Journal.begin(folder, header()) as journal:
        assert latest_unfinished(folder) is None
        with pytest.raises(MatsideError, match="running in another window"):
            Journal.resume(journal.path)
    assert latest_unfinished(folder) is not None


def test_a_journal_of_a_newer_version_is_left_alone_and_said_so(folder):
    with Journal.begin(folder, header()) as journal:
        pass
    content = journal.path.read_bytes().replace(b'"journal":1', b'"journal":2')
    journal.path.write_bytes(content)
    with pytest.raises(MatsideError, match="newer matside") as caught:
        Journal.resume(journal.path)
    assert "Update matside" in caught.value.hint
    assert latest_unfinished(folder) is None
    assert journal.path.read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"hello\n", b'{"journal":1}\n', b"[" * 100_000 + b"\n"])
def test_a_file_without_a_whole_header_is_no_journal(tmp_path, content):
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(MatsideError):
        read(path)
    assert latest_unfinished(tmp_path) is None
    assert path.read_bytes() == content


def test_a_missing_journal_or_a_folder_is_said_plainly(tmp_path):
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(MatsideError):
            Journal.resume(path)


def test_a_folder_that_can_not_be_made_is_an_error_of_the_edge(tmp_path):
    (tmp_path / "state").write_text("a file in the way")
    with pytest.raises(EdgeError):
        Journal.begin(tmp_path / "state" / "journal", header())


def test_a_full_disk_leaves_whole_lines_behind(folder, monkeypatch):
    journal = Journal.begin(folder, header())
    journal.note(1000, Command.NEXT)
    real_write = os.write
    monkeypatch.setattr(os, "write", lambda fileno, data: real_write(fileno, data[:7]))
    with pytest.raises(EdgeError, match="full"):
        journal.note(2000, Command.BACK)
    monkeypatch.undo()
    journal.note(3000, Command.REPEAT)
    journal.close()
    assert [note.at_ms for note in read(journal.path).notes] == [1000, 3000]


WRITER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from matside.run.journal import Header, Journal
from matside.session.command import Command
commands = list(Command)
journal = Journal.begin(Path(sys.argv[1]), Header(routine="morning", routine_text="x" * 2000, language="en",
                        options={}, plan="p", started_at=datetime.now(UTC)))
print("begun", flush=True)
step = 0
while True:
    step += 1
    at_ms = step * 100
    journal.beat(at_ms)
    if step % 3 == 0:
        journal.note(at_ms, commands[step % len(commands)])
    print(at_ms, flush=True)
"""


def test_a_process_killed_at_any_moment_leaves_a_journal_that_is_whole_to_the_last_second(tmp_path):
    moments = random.Random(4)  # noqa: S311  # moments, not secrets
    for attempt in range(12):
        folder = tmp_path / str(attempt)
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        with writer, writer.stdout:
            said = [writer.stdout.readline()]
            time.sleep(moments.uniform(0, 0.03))
            writer.send_signal(signal.SIGKILL)
            said += writer.stdout.readlines()
        last_said_ms = max((int(line) for line in said[1:] if line.endswith("\n")), default=0)
        written = latest_unfinished(folder)
        assert written is not None
        assert (
            last_said_ms - 500 < written.last_ms <= last_said_ms + 100 or written.last_ms == last_said_ms == 0
        )
        assert [note.at_ms for note in written.notes] == list(range(300, written.last_ms + 1, 300))
        resumed, again = Journal.resume(written.path)
        with resumed:
            assert again.last_ms == written.last_ms
            resumed.note(written.last_ms + 50, Command.RESUME)
        assert read(written.path).notes[-1].command is Command.RESUME
