"""The system's own voice through pyttsx3, kept in a process of its own that can be killed."""

import contextlib
import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from matside.errors import EdgeError
from matside.say.voice import Manner, VoiceInfo

STARTS_WITHIN_S = 15.0
"""A cold disk and a slow machine need seconds to load an engine; it happens once."""

ANSWERS_WITHIN_S = 5.0
"""A cue takes 10 ms with espeak and some 100 ms elsewhere; after this long the engine hangs."""

_FAILURES_ALLOWED = 2
_HINTS = {
    "linux": "Install espeak-ng from your distribution, or: pip install espeakng-loader",
    "darwin": "Check the system's voices in System Settings, Accessibility, Spoken Content.",
    "win32": "Check the system's voices in Settings, Time & language, Speech.",
}
_COMMAND = (sys.executable, "-P", "-m", "matside.say.voice_worker")


class Pyttsx3Voice:
    """Render through pyttsx3. The process starts with the first job; a hanging one is killed and replaced."""

    name = "pyttsx3"

    def __init__(
        self,
        manner: Manner,
        *,
        command: tuple[str, ...] = _COMMAND,
        answers_within_s: float = ANSWERS_WITHIN_S,
    ) -> None:
        self.manner = manner
        self._command = command
        self._answers_within_s = answers_within_s
        self._worker: _Worker | None = None
        self._lock = threading.Lock()
        self._problem: str | None = None

    def render(self, text: str, path: Path) -> None:
        """Write the spoken text to `path`, as WAV or, on macOS, AIFF.

        Raises:
            EdgeError: The engine isn't there, or failed twice running; from then on it stays broken.
        """
        job = {
            "do": "render",
            "text": text,
            "path": str(path),
            "language": self.manner.language,
            "preferred": self.manner.preferred,
            "rate_wpm": self.manner.rate_wpm,
        }
        self._ask(job, made=path)

    def voices(self) -> list[VoiceInfo]:
        """List the engine's voices.

        Raises:
            EdgeError: As for `render`.
        """
        found = self._ask({"do": "voices"})["voices"]
        return [
            VoiceInfo(id=str(v["id"]), name=str(v["name"]), languages=tuple(v["languages"])) for v in found
        ]

    def close(self) -> None:
        """End the engine's process."""
        with self._lock:
            self._drop_worker()

    def _ask(self, job: dict[str, Any], *, made: Path | None = None) -> dict[str, Any]:
        with self._lock:
            for _ in range(_FAILURES_ALLOWED):
                if self._problem is None:
                    answer = self._try(job)
                    if "problem" not in answer and (made is None or made.exists()):
                        return answer
                    self._drop_worker()
                    problem = answer.get("problem", "it wrote no sound")
            self._problem = self._problem or problem
            raise EdgeError(f"No voice: {self._problem}.", hint=_HINTS.get(sys.platform, ""))

    def _try(self, job: dict[str, Any]) -> dict[str, Any]:
        if self._worker is None:
            try:
                self._worker = _Worker(self._command)
            except OSError as error:
                return {"problem": f"its process can't start ({error})"}
            begun = self._worker.answer(STARTS_WITHIN_S)
            if "problem" in begun:
                return begun
        self._worker.send(job)
        return self._worker.answer(self._answers_within_s)

    def _drop_worker(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker = None


class _Worker:
    """One process and the thread that reads its answers; a pipe can't be waited for with a limit."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            # Ctrl-C is for the session, not for the voice that says goodbye.
            start_new_session=True,
        )
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="voice-answers", daemon=True)
        self._reader.start()

    def send(self, job: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()

    def answer(self, within_s: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=within_s)
        except queue.Empty:
            return {"problem": f"it gave no answer for {within_s:g} s"}
        try:
            found: dict[str, Any] = json.loads(line)
        except ValueError:
            return {"problem": "its process ended"}
        return found

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")
