"""Where no echo comes, the bound on it says so; where one comes, it is never below it."""

import numpy as np
import pytest

from matside.hear.canceller import BLOCK, Canceller
from matside.hear.level import level_db

RATE_HZ = 16_000


def talk(seconds: float, seed: int) -> np.ndarray:
    """Give noise that rises and falls about as speech does."""
    random = np.random.default_rng(seed)
    noise = random.normal(0, 0.1, int(seconds * RATE_HZ)).astype(np.float32)
    swell = 0.55 + 0.45 * np.sin(np.arange(len(noise)) * 2 * np.pi * 4 / RATE_HZ)
    return (noise * swell).astype(np.float32)


def run(near: np.ndarray, far: np.ndarray) -> list[float]:
    canceller = Canceller()
    echoes = []
    for start in range(0, len(near) - BLOCK, BLOCK):
        canceller.process(near[start : start + BLOCK], far[start : start + BLOCK])
        echoes.append(level_db(canceller.echo_power))
    return echoes


def test_without_an_echo_the_bound_falls_far_below_a_person():
    far = talk(4, 1)
    near = np.random.default_rng(2).normal(0, 1e-4, len(far)).astype(np.float32)
    near[3 * RATE_HZ :] += talk(1, 3)
    echoes = run(near, far)
    after_a_second = echoes[RATE_HZ // BLOCK :]
    assert max(after_a_second) < -55


@pytest.mark.parametrize("delay_ms", [0, 60, 200, 400])
def test_an_echo_is_never_bounded_below_itself(delay_ms):
    far = talk(6, 4)
    late = delay_ms * RATE_HZ // 1_000
    echo = 0.3 * np.concatenate([np.zeros(late, np.float32), far[: len(far) - late]])
    canceller = Canceller()
    for start in range(0, len(far) - BLOCK, BLOCK):
        canceller._coupling.update(
            float(np.mean(echo[start : start + BLOCK] ** 2)), float(np.mean(far[start : start + BLOCK] ** 2))
        )
        if start > RATE_HZ:
            assert canceller._coupling.bound > np.mean(echo[start : start + BLOCK] ** 2)
