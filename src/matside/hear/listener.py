"""The thread that listens: microphone in, what was heard out, and a lost microphone brought back.

It opens the microphone first and loads the model then, so what is said meanwhile waits in the queue and is
heard late rather than never. A device that stops giving sound is noticed within a second, closed, and opened
again by name, after half a second first and every 3 s at last, so that it is heard again within 5 s of its
return. One that gives nothing but zeros, or is cut off at full scale, is told, too. A sound server without a
microphone lends what the loudspeaker plays in its place: that counts as none.
"""

import contextlib
import threading
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import numpy as np

from matside import portaudio
from matside.errors import EdgeError
from matside.hear.ear import Ear, Hearing
from matside.hear.health import CLIPPED, MUTED, Health
from matside.hear.microphone import Captured, Microphone, no_microphone
from matside.hear.vosk_recogniser import Recogniser
from matside.pcm import HEARING_RATE_HZ, Pcm, Signal
from matside.units import Ms

_READ_S: Final = 0.1
_STALLED_S: Final = 0.8
_RETRY_S: Final = (0.5, 1.0, 2.0, 3.0)
_RINGS_S: Final = 0.3
"""So long after something was played, sound may still be it."""
_FAR_LEAD_S: Final = 0.05
"""The reference is read a little ahead, in case PortAudio's times make an echo seem to come early."""


class FarEnd(Protocol):
    """What remembers the sound that was played."""

    def between(self, start_s: float, end_s: float) -> Signal:
        """Give what was in the air in that time, by `time.monotonic`, at 16 kHz."""
        ...


class Hearer(Protocol):
    """Who is told; called from the listening thread and must not block."""

    def post(self, heard: Hearing) -> None:
        """Take what was heard."""
        ...

    def lost(self, edge: str, problem: str) -> None:
        """Learn that "microphone", its level or "model" isn't right, and again where more is known of it."""
        ...

    def found(self, edge: str) -> None:
        """Learn that it works again."""
        ...


def played_with(far_end: FarEnd, captured: Captured) -> Signal:
    """Give what was played while a block was taken, as long as the block."""
    far = _in_the_air(far_end, captured)
    lacking = len(captured.samples) - len(far)
    if lacking == 0:
        return far
    return np.pad(far, (0, lacking)) if lacking > 0 else far[:lacking]


def _in_the_air(far_end: FarEnd, captured: Captured, before_s: float = 0.0) -> Signal:
    ahead_s = captured.late_s + _FAR_LEAD_S
    return far_end.between(captured.start_s - before_s + ahead_s, captured.end_s + ahead_s)


class Listener:
    """Listen in a thread of its own.

    Args:
        microphone: What to listen to; nobody else may use it.
        load: Gives the recogniser; called in the thread, may take seconds and raise `EdgeError`. None means
            that there is no model.
        hearer: Who is told.
        to_session_ms: Turns `time.monotonic` seconds into session time.
        far_end: What was played; None where nothing is, or nothing of it can be heard.
    """

    def __init__(
        self,
        microphone: Microphone,
        load: Callable[[], Recogniser | None],
        hearer: Hearer,
        to_session_ms: Callable[[float], Ms],
        far_end: FarEnd | None = None,
    ) -> None:
        self.ear = Ear(None)
        self._microphone = microphone
        self._load = load
        self._hearer = hearer
        self._to_session_ms = to_session_ms
        self._far_end = far_end
        self._wanted: Sequence[str] = ()
        self._attended: Sequence[str] = self._wanted
        self._problem: str | None = None
        self._health = Health()
        self._is_clipped = False
        self._failures = 0
        self._is_deaf = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="matside-listener", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def attend(self, phrases: Sequence[str]) -> None:
        """Listen for these phrases from the next utterance on."""
        self._wanted = tuple(phrases)

    def deafen(self) -> None:
        """Learn, from any thread, that what comes in is no microphone's but what the loudspeaker plays."""
        self._is_deaf.set()

    def stop(self, within_s: float = 5.0) -> bool:
        """End listening.

        Returns:
            Whether the thread ended in time; it is a daemon, so it never keeps the process alive.
        """
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(within_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._try_to_open()
            self._load_recogniser()
            while not self._stop.is_set():
                if self._microphone.is_open:
                    self._listen()
                else:
                    self._mend()
        finally:
            self._microphone.close()

    def _load_recogniser(self) -> None:
        try:
            self.ear.recogniser = self._load()
        except EdgeError as error:
            self._hearer.lost("model", _in_words(error))

    def _listen(self) -> None:
        captured = self._microphone.read(_READ_S)
        if self._is_deaf.is_set():
            self._close(_in_words(no_microphone()))
        elif captured is not None:
            self._hear(captured)
        elif self._microphone.stalled_s > _STALLED_S:
            self._close("The microphone has stopped.")

    def _close(self, problem: str) -> None:
        self._lose(problem)
        self._post(self.ear.lapse())
        self._microphone.close()

    def _hear(self, captured: Captured) -> None:
        self._look_after(captured)
        if (wanted := self._wanted) is not self._attended:
            self.ear.attend(wanted)
            self._attended = wanted
        if captured.is_after_gap:
            self._post(self.ear.lapse())
        start_ms = self._to_session_ms(captured.start_s + captured.skew_s)
        near = Pcm(samples=captured.samples, start=start_ms * HEARING_RATE_HZ // 1000)
        self._post(self.ear.feed(near, self._played(captured)))

    def _played(self, captured: Captured) -> Signal | None:
        return None if self._far_end is None else played_with(self._far_end, captured)

    def _post(self, heard: Sequence[Hearing]) -> None:
        for one in heard:
            self._hearer.post(one)

    def _look_after(self, captured: Captured) -> None:
        """Tell a muted microphone from a quiet room, and one that is cut off from a loud one."""
        health = self._health
        health.take(captured.samples)
        if health.is_muted:
            self._lose(MUTED)
        elif np.any(captured.samples) and (self._problem is None or not self._may_be_ours(captured)):
            self._regain()
        if health.is_clipped is not self._is_clipped:
            self._is_clipped = health.is_clipped
            if self._is_clipped:
                self._hearer.lost("microphone-level", CLIPPED)
            else:
                self._hearer.found("microphone-level")

    def _may_be_ours(self, captured: Captured) -> bool:
        """Tell whether what comes in may be what was just played; a real room isn't silent beside it."""
        if self._far_end is None:
            return False
        return bool(np.any(_in_the_air(self._far_end, captured, _RINGS_S)))

    def _mend(self) -> None:
        """Wait, then try again."""
        wait_s = _RETRY_S[min(self._failures, len(_RETRY_S) - 1)]
        self._failures += 1
        if self._stop.wait(wait_s) or self._try_to_open():
            return
        # The list of devices is as old as the library; it is read again only where it changed.
        with contextlib.suppress(EdgeError):
            if portaudio.renew_if_changed():
                self._try_to_open()

    def _try_to_open(self) -> bool:
        self._is_deaf.clear()
        try:
            self._microphone.open()
        except EdgeError as error:
            self._lose(_in_words(error))
            return False
        self._health.begin()
        return True

    def _lose(self, problem: str) -> None:
        if self._problem != problem:
            self._problem = problem
            self._hearer.lost("microphone", problem)

    def _regain(self) -> None:
        self._failures = 0
        if self._problem is not None:
            self._problem = None
            self._hearer.found("microphone")


def _in_words(error: EdgeError) -> str:
    return f"{error} {error.hint}".strip()
