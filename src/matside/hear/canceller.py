"""Our own voice taken out of what the microphone hears, by a linear filter that learns the room.

Theory of operation
-------------------
What was played (*far*) is known to the sample. The microphone hears it late, coloured by loudspeaker and
room, plus the person (*near*). If the way through the room is a linear filter h of 256 ms, then

    heard = far * h + person        and        heard - far * ĥ  is the person, as soon as ĥ is about h.

ĥ is learnt by a partitioned-block frequency-domain adaptive Kalman filter (Enzner & Vary, Signal Processing
86(6), 2006; Kuech, Mabande & Enzner, ICASSP 2014). Blocks of 256 samples, 16 partitions of ĥ, overlap-save
with FFTs of 512. The state is ĥ; it drifts by the transition factor A = 0.9995 a block; its uncertainty P
starts at 1. What remains after subtraction has the spectrum R, smoothed with 0.9. The step for each
partition and bin is

    mu = P / (0.5 * sum(P |far|²) + 2 R)

so it is bold while P is large, timid when somebody else speaks (R rises at once), and needs no step size.
After each step the second half of every partition's impulse response is set to zero, because a circular
convolution would leak there. There is no second, non-linear stage: those swallow a far talker's words, and
words are all that matters here.

Before ĥ can learn anything, far must be shifted by the bulk delay of buffers and air, up to 500 ms, which
`echo_delay` finds and keeps watching; 10 ms are left as a margin. ĥ is kept between cues for the whole
session. The owner sets `is_held` while somebody speaks over the coach, so that ĥ doesn't learn the person.

A sound server that drops a block, or holds one up, moves the echo in one moment. The room hasn't changed
then, only its delay: as soon as the effect collapses, the delay is looked for in the last 0.4 s, eight times
a second, and ĥ is moved there as it is.

What can't be cancelled is told: `erle_db` (how much quieter the echo got), `is_converged`, and
`echo_power`, the mean square of what is left of the echo in the last block, by prediction. Where clocks drift
apart (USB and Bluetooth mixes), ĥ never settles and `is_converged` stays false. Where the filter makes things
worse, its input is passed on as it is; where that lasts, it starts afresh.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from matside.hear.coupling import Coupling
from matside.hear.echo_delay import LATEST, WINDOW, DelayFinder
from matside.hear.level import level_db, power, ratio
from matside.pcm import Signal
from matside.units import Db, Ms, Samples

BLOCK: Final[Samples] = 256
PARTITIONS: Final = 16
_BINS: Final = BLOCK + 1
_TRANSITION: Final = 0.9995
_OBSERVATION: Final = 0.9
_CERTAINTY: Final = 0.25
"""Half of the textbook's: it loses its doubt before the room is learnt. 15 dB are there in 4 s, not in 8."""
_MARGIN: Final[Samples] = 160
_FAR_FLOOR: Final = ratio(-55.0)
_TAIL: Final[Samples] = BLOCK * PARTITIONS + LATEST
_LOOK_EVERY: Final[Samples] = 4_096
_WATCH_EVERY: Final[Samples] = 16_384
_SLOW: Final = 0.03
_QUICK: Final = 0.15
_ASTRAY_DB: Final[Db] = 4.0
"""A learnt room that takes away less than this has moved, or somebody speaks over the coach."""
_HURRY_EVERY: Final[Samples] = 2_048
_HURRY_WINDOW: Final[Samples] = 6_144
_MOVED: Final[Samples] = 24
_AUDIBLE: Final = ratio(-65.0)
_CONVERGED_DB: Final[Db] = 8.0
_LOST_DB: Final[Db] = 3.0
_LOST_FOR: Final = 125
"""Blocks of poor effect, two seconds, that make a lost room of what may be a person over the coach."""
_WORSE_DB: Final[Db] = -1.0
_LEARNT_AFTER: Final[Samples] = 16_000
_WORSE_FOR: Final = 60
_SHIFT_AT: Final[Samples] = 800
"""A delay that moved by 50 ms is a new path; less is the filter's own business."""


class Canceller:
    """Subtract the echo of `far` from `near`, both at 16 kHz and of equal length."""

    def __init__(self) -> None:
        self.is_held = False
        self.erle_db: Db = 0.0
        self.echo_power = 0.0
        self.echo: Signal = np.zeros(0, np.float32)
        self._echo = np.zeros(BLOCK, np.float32)
        self.delay: Samples | None = None
        self._finder = DelayFinder()
        self._hurried = DelayFinder()
        self._near_past = np.zeros(WINDOW, np.float32)
        self._far_past = np.zeros(WINDOW, np.float32)
        self._since_far: Samples = _TAIL
        self._since_look: Samples = 0
        self._filter = np.zeros((PARTITIONS, _BINS), np.complex128)
        self._spectra = np.zeros((PARTITIONS, _BINS), np.complex128)
        self._doubt = np.ones((PARTITIONS, _BINS), np.float64)
        self._noise = np.zeros(_BINS, np.float64)
        self._padded = np.zeros(2 * BLOCK, np.float64)
        self._newest = 0
        self._learnt: Samples = 0
        self._worse = 0
        self._poor = 0
        self._is_converged = False
        self._quick_db: Db = 0.0
        self._reach_db: Db | None = None
        self._coupling = Coupling()

    @property
    def is_converged(self) -> bool:
        """Whether the room is learnt well enough to trust what is left."""
        return self._is_converged

    @property
    def is_echoing(self) -> bool:
        """Whether echo of what was played may sound now."""
        return self._since_far < _TAIL

    @property
    def delay_ms(self) -> Ms | None:
        """The bulk delay, as far as it is known."""
        return None if self.delay is None else round(self.delay / 16)

    def process(self, near: Signal, far: Signal) -> Signal:
        """Give `near` without the echo of `far`.

        Args:
            near: What the microphone took; a multiple of 256 samples.
            far: What was played in the same time.
        """
        out, self.echo = np.empty_like(near), np.zeros_like(near)
        echo_power = 0.0
        for start in range(0, len(near), BLOCK):
            part = slice(start, start + BLOCK)
            self._echo = _SILENCE
            out[part] = self._block(near[part], far[part])
            self.echo[part] = self._echo
            self.echo_power = min(self.echo_power, self._coupling.bound)
            echo_power = max(echo_power, self.echo_power)
        self.echo_power = echo_power
        return out

    def _block(self, near: Signal, far: Signal) -> Signal:
        _push(self._near_past, near)
        _push(self._far_past, far)
        is_playing = power(far) > _FAR_FLOOR
        self._coupling.update(power(near), power(far))
        self._since_far = 0 if is_playing else min(_TAIL, self._since_far + BLOCK)
        if not self.is_echoing:
            self.echo_power = 0.0
            self._spectra[:] = 0  # exact: all of the past that the filter reaches is silence
            return near
        self._watch_delay(is_playing=is_playing)
        if self.delay is None:
            self.echo_power = power(near)
            return near
        return self._cancel(near)

    def _cancel(self, near: Signal) -> Signal:
        end = WINDOW - max(0, self.delay - _MARGIN) if self.delay is not None else WINDOW
        self._newest = (self._newest - 1) % PARTITIONS
        self._spectra[self._newest] = np.fft.rfft(self._far_past[end - 2 * BLOCK : end].astype(np.float64))
        spectra = self._spectra[self._order()]
        echo = np.fft.irfft((self._filter * spectra).sum(axis=0))[BLOCK:]
        error = near - echo
        self._echo = echo.astype(np.float32)
        if not self.is_held:
            self._learn(spectra, error)
        return self._judge(near, error.astype(np.float32), float(np.mean(np.square(echo))))

    def _learn(self, spectra: npt.NDArray[np.complex128], error: npt.NDArray[np.float64]) -> None:
        """Make one Kalman step."""
        self._padded[BLOCK:] = error
        error_spectrum = np.fft.rfft(self._padded)
        energy = np.abs(error_spectrum) ** 2
        if self._learnt == 0:
            self._noise[:] = energy
        self._noise *= _OBSERVATION
        self._noise += (1.0 - _OBSERVATION) * energy
        far_energy = spectra.real**2 + spectra.imag**2
        total = 0.5 * (self._doubt * far_energy).sum(axis=0) + 2.0 * self._noise + 1e-10
        step = self._doubt / total
        change = np.fft.irfft(step * np.conj(spectra) * error_spectrum, axis=1)
        change[:, BLOCK:] = 0.0
        self._filter += np.fft.rfft(change, axis=1)
        self._doubt *= _TRANSITION**2 * (1.0 - _CERTAINTY * step * far_energy)
        self._doubt += (1.0 - _TRANSITION**2) * np.abs(self._filter) ** 2
        if self._since_far == 0:
            self._learnt += BLOCK

    def _judge(self, near: Signal, error: Signal, echo_power: float) -> Signal:
        """Track how well it works; pass on the better of both."""
        before = power(near)
        if self._since_far == 0 and before > _AUDIBLE:
            self._measure(level_db(before) - level_db(power(error)))
        self.echo_power = max(self._left_of(echo_power), 0.5 * self.echo_power)  # the room rings on
        if self.erle_db > _WORSE_DB:
            self._worse = 0
            return error
        self._worse += 1
        if self._worse > _WORSE_FOR:
            self._learn_afresh()
        return near

    def _left_of(self, echo_power: float) -> float:
        """Predict what is left of an echo; while a room is learnt again, by how loud it was before."""
        if self.is_converged:
            if not self.is_held and self._since_far == 0:
                self._learn_reach(echo_power)
            return echo_power * ratio(-max(0.0, self.erle_db))
        if self._reach_db is None:
            return echo_power
        return max(echo_power, ratio(self._reach_db) * self._coupling.played)

    def _learn_reach(self, echo_power: float) -> None:
        """Follow how loud the echo is beside what was played."""
        reach_db = level_db(echo_power) - level_db(self._coupling.played)
        known_db = reach_db if self._reach_db is None else self._reach_db
        # The loudest counts: between two words the echo of the last one is little beside it.
        self._reach_db = max(reach_db, known_db + _SLOW * _SLOW * (reach_db - known_db))

    def _measure(self, quieter_db: Db) -> None:
        """Take one block's effect into account.

        An average of decibels, not of powers: a person who is far louder than the echo then counts for the
        moment that they are heard, and not for seconds after it.
        """
        quieter_db = max(-10.0, min(40.0, quieter_db))
        self._quick_db += _QUICK * (quieter_db - self._quick_db)
        if self.is_held:
            return
        self.erle_db += _SLOW * (quieter_db - self.erle_db)
        if self.erle_db >= _CONVERGED_DB and self._learnt >= _LEARNT_AFTER:
            self._is_converged = True
        self._poor = self._poor + 1 if self.erle_db < _LOST_DB else 0
        if self._poor > _LOST_FOR:
            self._is_converged = False

    def _watch_delay(self, *, is_playing: bool) -> None:
        if not is_playing:
            return
        self._since_look += BLOCK
        if self._is_astray:
            self._hurry()
            return
        every = _LOOK_EVERY if self.delay is None else _WATCH_EVERY
        if self._since_look < every or self.is_held:
            return
        self._since_look = 0
        found = self._finder.look(self._near_past, self._far_past)
        if found is None:
            return
        if self.delay is None or not -_MARGIN // 2 <= found - self.delay <= _SHIFT_AT:
            self.delay = found
            self._learn_afresh()

    @property
    def _is_astray(self) -> bool:
        return self.delay is not None and self._is_converged and self._quick_db < _ASTRAY_DB

    def _hurry(self) -> None:
        """Look where the echo is now, and take the filter there.

        A person over the coach makes the effect small, too, but leaves the echo where it was.
        """
        if self._since_look < _HURRY_EVERY:
            return
        self._since_look = 0
        lately = self._near_past.copy()
        lately[:-_HURRY_WINDOW] = 0.0
        found = self._hurried.look(lately, self._far_past)
        if found is None or self.delay is None:
            return
        moved = found - (self.delay - _MARGIN + self._main_tap())
        if abs(moved) <= _MOVED:
            return
        self.delay = max(0, self.delay + moved)
        self._hurried.forget()
        self._finder.forget()
        self._quick_db = _CONVERGED_DB
        for row in range(PARTITIONS):
            end = WINDOW - max(0, self.delay - _MARGIN) - row * BLOCK
            past = self._far_past[max(0, end - 2 * BLOCK) : end].astype(np.float64)
            padded = np.pad(past, (2 * BLOCK - len(past), 0))
            self._spectra[(self._newest + row) % PARTITIONS] = np.fft.rfft(padded)

    def _main_tap(self) -> Samples:
        """Give where in the filter the direct way lies."""
        taps = np.fft.irfft(self._filter, axis=1)[:, :BLOCK].ravel()
        return int(np.argmax(np.abs(taps)))

    def _learn_afresh(self) -> None:
        self._filter[:] = 0.0
        self._spectra[:] = 0.0
        self._doubt[:] = 1.0
        self._noise[:] = 0.0
        self._learnt = self._worse = 0
        self._poor = 0
        self._is_converged = False
        self.erle_db = 0.0

    def _order(self) -> npt.NDArray[np.intp]:
        """Rows of the spectra from the newest to the oldest."""
        return _ROWS[self._newest : self._newest + PARTITIONS]


_SILENCE: Final = np.zeros(BLOCK, np.float32)
_ROWS: Final = np.arange(2 * PARTITIONS) % PARTITIONS


def _push(past: Signal, new: Signal) -> None:
    """Shift the past on by the new samples, in place."""
    past[: -len(new)] = past[len(new) :]
    past[-len(new) :] = new
