"""The large screen on a real terminal: keys in, pictures out, the terminal given back."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time

import pytest

pty = pytest.importorskip("pty")

ALTERNATE, NORMAL = b"\x1b[?1049h", b"\x1b[?1049l"
COLOUR = (b"\x1b[3", b"\x1b[1;3", b"\x1b[2;3", b"\x1b[9")


class Terminal:
    """A session on a pseudo-terminal, without microphone, into a file."""

    def __init__(self, folder, *options, **setting):
        self.main, other = pty.openpty()
        program = [sys.executable, "-m", "matside", "start", "breathe", "--no-mic", *options]
        environ = {name: value for name, value in os.environ.items() if name != "TERM"}
        self.process = subprocess.Popen(
            [*program, "--speaker-wav", str(folder / "out.wav")],
            stdin=other,
            stdout=other,
            stderr=other,
            env=environ | {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"} | setting,
            start_new_session=True,
        )
        os.close(other)
        self.told = b""

    def read_until(self, words, within_s=30.0):
        until_s = time.monotonic() + within_s
        while words not in self.told:
            left_s = until_s - time.monotonic()
            assert left_s > 0, self.told[-3_000:]
            if select.select([self.main], [], [], left_s)[0]:
                try:
                    part = os.read(self.main, 65_536)
                except OSError:
                    part = b""
                assert part, self.told[-3_000:]
                self.told += part

    def press(self, key):
        os.write(self.main, key)

    def rest(self):
        with contextlib.suppress(OSError):
            while part := os.read(self.main, 65_536):
                self.told += part
        return self.process.wait(30)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.main)


@pytest.fixture
def terminal(tmp_path):
    opened = []

    def begin(*options, **setting):
        opened.append(Terminal(tmp_path, *options, **setting))
        return opened[-1]

    yield begin
    for one in opened:
        one.close()


def test_keys_steer_and_the_terminal_is_given_back(terminal):
    session = terminal()
    session.read_until(ALTERNATE)
    session.read_until(b"Sit")
    session.press(b"p")
    session.read_until(b"Paused")
    session.press(b"q")
    session.read_until(b"nd here")
    session.press(b"y")
    assert session.rest() == 0
    assert session.told.rstrip().endswith(b"What you did is kept.")
    assert session.told.rindex(NORMAL) > session.told.rindex(ALTERNATE)


def test_ctrl_c_interrupts_and_tells_how_to_go_on(terminal):
    session = terminal()
    session.read_until(b"Sit")
    os.killpg(session.process.pid, signal.SIGINT)
    assert session.rest() == 130
    assert b"matside resume" in session.told
    assert NORMAL in session.told


@pytest.mark.parametrize(("setting", "is_coloured"), [({"NO_COLOR": "1"}, False), ({}, True)], ids=str)
def test_colours_come_only_where_they_are_wanted(terminal, setting, is_coloured):
    session = terminal(**setting)
    session.read_until(b"Sit")
    os.killpg(session.process.pid, signal.SIGINT)
    assert session.rest() == 130
    assert any(code in session.told for code in COLOUR) is is_coloured


@pytest.mark.parametrize(("options", "setting"), [(["--plain"], {}), ([], {"TERM": "dumb"})], ids=str)
def test_plain_lines_where_they_are_asked_for_or_the_terminal_is_dumb(terminal, options, setting):
    session = terminal(*options, **setting)
    session.read_until(b"Sit")
    session.press(b"p")
    session.read_until(b"> pause")
    os.killpg(session.process.pid, signal.SIGINT)
    assert session.rest() == 130
    assert b"\x1b" not in session.told
