"""The process in which pyttsx3 runs: jobs come in as lines of JSON, answers go out as lines of JSON.

pyttsx3 hangs, drops and overwrites when it is used freely, and prints to standard output. Here it does the
one thing that it does well, one utterance into one file, in a process that may be killed at any time.
The first line out is `{"ready": true}`, or `{"problem": …}` and the process ends.
"""

import array
import contextlib
import json
import os
import queue
import signal
import sys
import threading
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

_EMPTY_WAV_BYTES = 44
_SETTLE_S = 0.02
_SETTLES_WITHIN_S = 3.0
_LEAVES_WITHIN_S = 3.0

_TRIES = 6
_LONGEST_PAUSE_S, _SHORTER_A_WPM_S, _SHORTEST_PAUSE_S = 0.65, 0.0022, 0.06
"""espeak ends every text with a pause: 0.62 s at 110 words a minute, 0.39 s at 150, 0.24 s at 200, 0.08 s at
300. A file with less than this line below those broke off."""
_PAUSE_LEVEL = 100

_PRIMARY_LANGUAGE_IDS = {
    "de": 0x07, "en": 0x09, "es": 0x0A, "fr": 0x0C, "it": 0x10, "ja": 0x11, "ko": 0x12, "nl": 0x13,
    "pl": 0x15, "pt": 0x16, "ru": 0x19, "zh": 0x04,
}  # fmt: skip
"""Windows names a voice's language by an LCID in hexadecimal; its low ten bits are the language."""


def main() -> None:
    """Answer jobs until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = _take_stdout()
    try:
        engine = _engine()
    except Exception as error:  # noqa: BLE001 whatever the foreign engine raises is an answer
        _answer(answers, {"problem": _words(error)})
        return
    _answer(answers, {"ready": True})
    for job in _jobs():
        try:
            _answer(answers, _work(engine, json.loads(job)))
        except Exception as error:  # noqa: BLE001 as above
            _answer(answers, {"problem": _words(error)})


def _jobs() -> Iterator[str]:
    """Give the jobs until standard input ends; end the process then, even from within a job.

    pyttsx3 waits for ever where it can't write its file, as when whoever asked has gone with the folder.
    """
    arrived: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            arrived.put(line)
        arrived.put("")
        time.sleep(_LEAVES_WITHIN_S)
        os._exit(1)

    threading.Thread(target=read, name="voice-jobs", daemon=True).start()
    return iter(arrived.get, "")


def _take_stdout() -> TextIO:
    """Keep standard output for the answers and send everything else that is printed nowhere."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _answer(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _engine() -> Any:
    _bring_espeak()
    import pyttsx3

    return pyttsx3.init()


def _bring_espeak() -> None:
    """Load the espeak-ng that came as a package, so that pyttsx3 finds it by its name."""
    with contextlib.suppress(ImportError, OSError):
        import ctypes

        import espeakng_loader

        ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
        os.environ["ESPEAK_DATA_PATH"] = str(espeakng_loader.get_data_path())


def _work(engine: Any, job: dict[str, Any]) -> dict[str, Any]:
    voices = engine.getProperty("voices")
    if job["do"] == "voices":
        return {"voices": [{"id": v.id, "name": v.name, "languages": _languages(v)} for v in voices]}
    voice = _choose(voices, job["preferred"], job["language"])
    if voice is not None:
        _set(engine, "voice", voice)
    _set(engine, "rate", job["rate_wpm"])
    path = Path(job["path"])
    for _ in range(_TRIES):
        engine.save_to_file(job["text"], str(path))
        engine.runAndWait()
        _settle(path)
        if _is_whole(path, job["rate_wpm"]):
            return {"voice": voice}
    if path.exists() and path.stat().st_size > _EMPTY_WAV_BYTES:
        return {"voice": voice}
    return {"problem": "it gives no sound"}


def _set(engine: Any, name: str, value: object) -> None:
    """Set a property of the engine.

    pyttsx3 keeps it back until it speaks, and espeak takes it up in a thread of its own: set that way, one
    text in five was spoken at the rate of the one before it. So espeak is told at once, and waited for.
    """
    if sys.platform != "linux":
        engine.setProperty(name, value)
        return
    from pyttsx3.drivers import _espeak

    _espeak.Synchronize()
    engine.proxy._driver.setProperty(name, value)  # noqa: SLF001 there is no other way in
    _espeak.Synchronize()


def _choose(voices: list[Any], preferred: list[str], language: str) -> str | None:
    """Take a preferred voice, else one of the language, else None for the engine's own."""
    ids = {str(voice.id).casefold(): str(voice.id) for voice in voices}
    for wanted in preferred:
        if wanted.casefold() in ids:
            return ids[wanted.casefold()]
    return next((str(voice.id) for voice in voices if _speaks(voice, language)), None)


def _languages(voice: Any) -> list[str]:
    raw = [
        tag.decode(errors="ignore") if isinstance(tag, bytes) else str(tag) for tag in voice.languages or ()
    ]
    return ["".join(char for char in tag if char.isprintable()).replace("_", "-") for tag in raw]


def _speaks(voice: Any, language: str) -> bool:
    for tag in _languages(voice):
        if tag.casefold().split("-")[0] == language:
            return True
        with contextlib.suppress(ValueError):
            if int(tag, 16) & 0x3FF == _PRIMARY_LANGUAGE_IDS.get(language):
                return True
    return False


def _settle(path: Path) -> None:
    """Wait until the file has stopped growing; macOS goes on writing after `runAndWait`."""
    if sys.platform == "linux":
        return
    give_up = time.monotonic() + _SETTLES_WITHIN_S
    size = -1
    while time.monotonic() < give_up:
        before, size = size, path.stat().st_size if path.exists() else 0
        if size > _EMPTY_WAV_BYTES and size == before:
            return
        time.sleep(_SETTLE_S)


def _is_whole(path: Path, rate_wpm: int) -> bool:
    """Tell whether a text was rendered to its end.

    pyttsx3 takes a late "finished" of one text for that of the next: one in 250 files was empty or cut short.
    """
    if sys.platform != "linux":
        return True
    pause_s = max(_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S - _SHORTER_A_WPM_S * rate_wpm)
    try:
        with wave.open(str(path), "rb") as sound:
            length = round(pause_s * sound.getframerate())
            sound.setpos(max(0, sound.getnframes() - length))
            end = array.array("h", sound.readframes(length))
    except (OSError, EOFError, wave.Error):
        return False
    return len(end) == length and max(map(abs, end)) < _PAUSE_LEVEL


def _words(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


if __name__ == "__main__":
    main()
