"""The command line as it is called: in this process, and as a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Ran:
    """What a call left behind."""

    code: int
    out: str
    err: str

    @property
    def rows(self):
        """Standard output as one JSON value a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Keep away from everything that is the user's."""
    folder = tmp_path / "home"
    for name in [name for name in os.environ if name.startswith(("MATSIDE_", "NO_COLOR"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MATSIDE_HOME", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    return folder


@pytest.fixture
def matside(capfd):
    """Call the command line in this process."""
    from matside.cli import run

    def call(*arguments):
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        told = capfd.readouterr()
        return Ran(code, told.out, told.err)

    return call


@pytest.fixture
def process():
    """Call the command line as a process."""

    def call(*arguments, **options):
        command = [sys.executable, "-m", "matside", *map(str, arguments)]
        settings = {"capture_output": True, "text": True, "timeout": 120, "stdin": subprocess.DEVNULL}
        done = subprocess.run(command, check=False, **settings | options)
        return Ran(done.returncode, done.stdout, done.stderr)

    return call
