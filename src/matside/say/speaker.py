"""The loudspeaker: lines at their sample, a watchdog, and the way back after a loss.

The session's clock follows what this device plays. A line's onset is turned into a sample once, by the anchor
that the stream got when it was opened, so onsets stand to each other exactly as planned; where the stream
lost samples since, the next lines begin so much earlier in it, and are in time all the same. When the device
is lost, time goes on without it; whatever should have sounded then is never made up for. When it is back, the
new stream gets a new anchor.
"""

import threading
import time
from collections.abc import Callable
from typing import assert_never

import numpy as np

from matside import portaudio
from matside.errors import EdgeError
from matside.pcm import HEARING_RATE_HZ, Signal
from matside.say.line import Duck, Hush, MouthOrder, Say
from matside.say.playback import LATENCY_S, Playback
from matside.say.sample_clock import SampleClock
from matside.say.sounds import LEAD_MS, Sounds
from matside.units import Db, Ms, Samples

_STALLED_S = 0.8
_RETRY_S = (0.5, 1.0, 2.0, 3.0)
_WATCH_S = 0.1
_CLOSES_WITHIN_S = 2.0
"""The watcher may be waiting for a device that never begins to play; nobody who leaves waits for that."""
_LEAD_MARGIN_MS: Ms = 40


class Speaker:
    """One output device, found by name; None is the system's default.

    Attributes:
        clock: The session's clock, which follows this device.
        lead_ms: How long before its onset an order must be given for the onset to be exact.
        late_ms: By how much the latest late line began late; 0 where none did.
    """

    def __init__(
        self,
        sounds: Sounds,
        clock: SampleClock,
        *,
        device: str | None = None,
        lost: Callable[[str], None] = lambda _problem: None,
        found: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            sounds: Who knows how lines sound.
            clock: The session's clock.
            device: Its name or a part of it.
            lost: Told once an outage, from the watching thread, what happened.
            found: Told, from the watching thread, that the device plays again.
        """
        self.clock = clock
        self.lead_ms = LEAD_MS
        self.late_ms: Ms = 0
        self._sounds = sounds
        self._device = device
        self._lost, self._found = lost, found
        self._playback: Playback | None = None
        self._anchor_ms = 0.0
        self._has_told = False
        self._volume_db: Db = 0.0
        self._duck_db: Db = 0.0
        self._claim: portaudio.Claim | None = None
        self._closing = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="speaker-watch", daemon=True)

    def open(self) -> None:
        """Open the device, anchor the clock's milliseconds to its samples, and start watching it.

        Raises:
            EdgeError: There is no PortAudio, no such device, or it refuses. It may be tried again.
        """
        playback = self._start()
        latency_ms = round(max(LATENCY_S, min(playback.latency_s, 1.0)) * 1000)
        self.lead_ms = max(LEAD_MS, latency_ms + _LEAD_MARGIN_MS)
        self._stand_by()

    def open_when_there(self) -> None:
        """Open the device, or begin in silence, tell of it, and go on trying.

        Raises:
            EdgeError: There is no PortAudio, so that trying again can't help.
        """
        try:
            self.open()
        except EdgeError as error:
            if portaudio.library_problem() is not None:
                raise
            self._has_told = True
            self._lost(f"{error} {error.hint}".strip())
            self._stand_by()

    def obey(self, order: MouthOrder) -> None:
        """Carry out an order; doesn't block. Without a device nothing happens."""
        if isinstance(order, Duck):
            self._duck_db = order.gain_db
        playback = self._playback
        if playback is None:
            return
        match order:
            case Say():
                samples = self._sounds.sound_of(order.line, playback.rate_hz)
                start = self._frame(playback, order.at_ms)
                late = playback.mixer.position - start
                if late > 0:
                    self.late_ms = late * 1000 // playback.rate_hz
                playback.mixer.play(start, samples)
            case Hush():
                playback.mixer.hush(self._frame(playback, order.at_ms))
            case Duck():
                playback.mixer.duck(order.gain_db)
            case _:
                assert_never(order)

    def set_volume(self, gain_db: Db) -> None:
        """Set the volume that the person chose, relative to normal."""
        self._volume_db = gain_db
        if self._playback is not None:
            self._playback.mixer.set_volume(gain_db)

    def between(self, start_s: float, end_s: float) -> Signal:
        """Give what was in the air in that time, by `time.monotonic`, at 16 kHz; silence without a device."""
        playback = self._playback
        if playback is None:
            return np.zeros(max(0, round((end_s - start_s) * HEARING_RATE_HZ)), dtype=np.float32)
        return playback.between(start_s, end_s)

    def close(self) -> None:
        """Stop watching and close the device."""
        self._closing.set()
        if self._watcher.is_alive():
            self._watcher.join(_CLOSES_WITHIN_S)
        if self._claim is not None:
            self._claim.drop()
        self._release()

    def _stand_by(self) -> None:
        self._claim = portaudio.claim(self._release)
        self._watcher.start()

    def _frame(self, playback: Playback, at_ms: Ms) -> Samples:
        return round((at_ms - self._anchor_ms - playback.lost_s * 1000) * playback.rate_hz / 1000)

    def _start(self) -> Playback:
        playback = Playback(self._device)
        if self._closing.is_set():
            playback.close()
            raise EdgeError("The loudspeaker isn't wanted any more.")
        anchor_ms = self.clock.at_ms(playback.first_sample_s)
        playback.mixer.set_volume(self._volume_db)
        playback.mixer.duck(self._duck_db)
        playback.follow = lambda at_s, sounding_s: self.clock.heed(
            at_s, anchor_ms + (sounding_s + playback.lost_s) * 1000
        )
        self._anchor_ms = anchor_ms
        self._playback = playback
        return playback

    def _release(self) -> None:
        playback, self._playback = self._playback, None
        if playback is not None:
            playback.close()

    def _watch(self) -> None:
        while not self._closing.wait(_WATCH_S):
            playback = self._playback
            if playback is None or playback.generation != portaudio.generation():
                # Somebody renewed PortAudio for a device of their own: not a loss, if ours is still there.
                self._release()
                self._come_back("The loudspeaker can't be opened again.")
            elif time.monotonic() - playback.called_s > _STALLED_S:
                self._release()
                self._tell_lost(f'The loudspeaker "{playback.device_name}" has stopped.')
                self._come_back("")
            elif playback.is_adrift:
                # The stream is far from where it was, and what comes of it would be cut or late.
                self._release()
                self._come_back("The loudspeaker can't be opened again.")

    def _come_back(self, problem: str) -> None:
        """Try until the device plays again, or nobody wants it any more; a quick success goes untold."""
        tries = 0
        while not self._closing.is_set():
            try:
                self._start()
            except EdgeError:
                self._tell_lost(problem)
                if self._closing.wait(_RETRY_S[min(tries, len(_RETRY_S) - 1)]):
                    return
                tries += 1
                portaudio.renew_if_changed()
            else:
                self._tell_found()
                return

    def _tell_lost(self, problem: str) -> None:
        if not self._has_told:
            self._has_told = True
            self._lost(problem)

    def _tell_found(self) -> None:
        if self._has_told:
            self._has_told = False
            self._found()
