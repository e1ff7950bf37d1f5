"""Simulated rooms: impulse responses of shoe-boxes by image sources, the late part as decaying noise.

Allen and Berkeley, J. Acoust. Soc. Am. 65 (1979), for the early reflections. Sizes and reverberation times
are those of furnished rooms at home.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

RATE_HZ: Final = 16_000
_SPEED_M_S: Final = 343.0
_LENGTH_S: Final = 0.45
_EARLY_S: Final = 0.06
Response = npt.NDArray[np.float32]


def room(
    rng: np.random.Generator,
    *,
    distance_m: tuple[float, float] = (0.3, 4.0),
    rt60_s: tuple[float, float] = (0.15, 0.55),
) -> Response:
    """Draw a room, a talker and a microphone; the direct sound has an amplitude of 1 at sample 0."""
    size = rng.uniform([2.5, 2.5, 2.3], [7.0, 6.0, 3.0])
    decay_s = rng.uniform(*rt60_s)
    distance = float(np.exp(rng.uniform(*np.log(distance_m))))
    microphone = rng.uniform([0.3, 0.3, 0.1], size - [0.3, 0.3, 0.8])
    for _ in range(30):
        way = rng.normal(size=3) * [1, 1, 0.5]
        talker = microphone + way / np.linalg.norm(way) * distance
        if np.all(talker > 0.1) and np.all(talker < size - 0.1):
            break
    talker = np.clip(talker, 0.1, size - 0.1)
    early = _early(size, talker, microphone, decay_s)
    return _with_tail(early, decay_s, rng)


def _early(
    size: npt.NDArray[np.floating],
    talker: npt.NDArray[np.floating],
    microphone: npt.NDArray[np.floating],
    rt60_s: float,
) -> npt.NDArray[np.float64]:
    volume = float(np.prod(size))
    surface = 2 * float(size[0] * size[1] + size[1] * size[2] + size[0] * size[2])
    absorbed = min(0.95, 0.161 * volume / (surface * rt60_s))  # Sabine
    reflected = np.sqrt(1.0 - absorbed)
    reach = int(np.ceil(_EARLY_S * _SPEED_M_S / size.min() / 2)) + 1
    order = np.arange(-reach, reach + 1)
    places, bounces = [], []
    for axis in range(3):
        even = 2 * order * size[axis] + talker[axis]
        odd = 2 * order * size[axis] - talker[axis]
        places.append(np.concatenate([even, odd]) - microphone[axis])
        bounces.append(np.concatenate([np.abs(2 * order), np.abs(2 * order - 1)]))
    squares = [place**2 for place in places]
    far = np.sqrt(squares[0][:, None, None] + squares[1][None, :, None] + squares[2][None, None, :])
    many = bounces[0][:, None, None] + bounces[1][None, :, None] + bounces[2][None, None, :]
    direct = float(np.linalg.norm(talker - microphone))
    at = np.rint((far - direct) / _SPEED_M_S * RATE_HZ).astype(int)
    # Walls that turn the sign keep low tones from adding up: Lehmann and Johansson, JASA 124(1), 2008.
    gain = direct / np.maximum(far, 0.1) * reflected**many * (1 - 2 * (many % 2))
    response = np.zeros(int(_LENGTH_S * RATE_HZ))
    early = (at >= 0) & (at < int(_EARLY_S * RATE_HZ))
    np.add.at(response, at[early], gain[early])
    return response


def _with_tail(response: npt.NDArray[np.float64], rt60_s: float, rng: np.random.Generator) -> Response:
    start = int(_EARLY_S * RATE_HZ)
    window = response[start // 2 : start]
    level = np.sqrt((window**2).mean()) or 1e-3
    times = np.arange(len(response) - start) / RATE_HZ
    tail = rng.normal(size=len(times)) * level * 10 ** (-3 * (times + _EARLY_S / 4) / rt60_s)
    response[start:] += tail
    return response.astype(np.float32)
