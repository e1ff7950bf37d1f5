"""How far a running stream fell behind its anchor: sound was lost on the way, or its clock is another.

Every callback estimates when its samples are in the air. Against the anchor these estimates move in two ways.
Slowly, by 0.4 s an hour, because a sound card's clock isn't the computer's. And in steps, where sound was
lost or held up: from then on everything in this stream sounds later by the step, lines and their echo alike.
A step is believed once several estimates in a row agree on it, a fifth of a second or more.

Steps move lines. Drift doesn't, for the session's clock follows the loudspeaker. But microphone and speaker
drift apart (on PulseAudio's null sinks 101 and 33 parts in a million, and two sound cards seldom do better),
and what was played must be found by what came back: after ten minutes of that the echo comes before its
reference, and the coach's voice is anybody's. So the drift is handed on as well, in small steps: after one
the canceller finds its place again in half a second; a reference that slid all the time would be worse.
"""

import statistics
from collections import deque
from typing import Final

_CALLS: Final = 12
_AGREEMENT_S: Final = 0.03
_STEP_S: Final = 0.04
"""Estimates on PulseAudio scatter by 10 ms; less than this is the canceller's business."""
_MOST_STEP_S: Final = 1.0
_ASTRAY_S: Final = 0.2
_ASTRAY_CALLS: Final = 60
"""So many estimates in a row, a second or so, that are far off and don't agree on a step."""
_FOLLOW: Final = 0.01
_SLEW_S: Final = 1e-5
"""A callback, of which there are thirty to a hundred a second: 0.3 to 1 ms a second; no clock drifts so."""
_SLIDE_S: Final = 0.015
"""The drift is handed on in steps of so much: at 100 parts in a million one in two and a half minutes."""


class Lag:
    """Turn a stream's estimates into what it lost, and how far it drifted.

    Args:
        drift_s: How far it drifted before.

    Attributes:
        lost_s: Seconds by which the stream sounds later than its anchor says, in steps; rarely negative.
    """

    def __init__(self, drift_s: float = 0.0) -> None:
        self.lost_s = 0.0
        self._drift_s = self._slid_s = drift_s
        self._astray = 0
        self._latest: deque[float] = deque(maxlen=_CALLS)

    @property
    def late_s(self) -> float:
        """By how much the stream is later than its anchor says, by losses and drift together, in steps."""
        return self.lost_s + self._slid_s

    @property
    def is_adrift(self) -> bool:
        """Whether the stream is off by more than a second, as after the computer's sleep, or nobody knows."""
        is_far = self._astray >= _CALLS and min(map(abs, self._latest)) > _MOST_STEP_S
        return is_far or self._astray >= _ASTRAY_CALLS

    def take(self, off_s: float) -> None:
        """Take an estimate: by how many seconds the samples will sound later than the anchor says."""
        error_s = off_s - self.lost_s - self._drift_s
        self._latest.append(error_s)
        self._astray = self._astray + 1 if abs(error_s) > _ASTRAY_S else 0
        if abs(error_s) < _STEP_S:
            self._drift_s += max(-_SLEW_S, min(_SLEW_S, _FOLLOW * error_s))
            if abs(self._drift_s - self._slid_s) > _SLIDE_S:
                self._slid_s = self._drift_s
            return
        if len(self._latest) < _CALLS or max(self._latest) - min(self._latest) > _AGREEMENT_S:
            return
        if abs(step_s := statistics.median(self._latest)) <= _MOST_STEP_S:
            self.lost_s += step_s
            self._latest.clear()
            self._astray = 0
