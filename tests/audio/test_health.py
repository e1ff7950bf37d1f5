"""Is the microphone well, and is it set far too low?"""

import numpy as np
import pytest

from matside.hear.health import Health
from matside.hear.slow_gain import SlowGain

BLOCK = 512
LUCK = np.random.default_rng(1)


def noise(seconds, level_db):
    return LUCK.normal(0, 10 ** (level_db / 20), round(seconds * 16_000)).astype(np.float32)


def take(health, sound):
    """Give when each state changed, in seconds."""
    changes, before = [], (health.is_muted, health.is_clipped)
    for at in range(0, len(sound), BLOCK):
        health.take(sound[at : at + BLOCK])
        now = (health.is_muted, health.is_clipped)
        if now != before:
            changes.append(((at + BLOCK) / 16_000, *now))
            before = now
    return changes


def test_zeros_are_noticed_within_a_second_and_so_is_sound():
    health = Health()
    take(health, noise(1.0, -60))
    (lost,) = take(health, np.zeros(32_000, np.float32))
    assert lost[0] < 1.0
    assert lost[1:] == (True, False)
    assert take(health, noise(0.5, -60))[0][1:] == (False, False)


def test_device_may_begin_with_zeros():
    health = Health()
    assert take(health, np.zeros(40_000, np.float32)) == []
    assert take(health, np.zeros(16_000, np.float32)) != []


def test_headset_that_keeps_silence_to_itself_is_not_told_again_and_again():
    health = Health()
    sound = np.concatenate(
        [part for _ in range(20) for part in (noise(1.0, -40), np.zeros(24_000, np.float32))]
    )
    told = [change for change in take(health, sound) if change[1]]
    assert len(told) == 1


def test_shouting_into_a_microphone_that_is_set_too_loud_is_noticed_within_a_second():
    health = Health()
    take(health, noise(1.0, -50))
    shout = np.clip(noise(2.0, 0.0) * 3, -1, 1)
    (lost,) = take(health, shout)
    assert lost[0] < 1.0
    assert take(health, noise(12.0, -30))[0][0] == pytest.approx(10.0, abs=0.6)


def test_clap_is_no_clipping():
    health = Health()
    clap = noise(1.0, -50)
    clap[8_000:8_060] = 1.0
    assert take(health, clap) == []


def lifted_db(gain, sound):
    for at in range(0, len(sound) - BLOCK, BLOCK):
        gain.lift(sound[at : at + BLOCK])
    return gain.gain_db


def test_microphone_that_is_set_right_is_left_alone():
    assert lifted_db(SlowGain(), noise(5.0, -66)) == 0.0


def test_microphone_at_minus_60_is_lifted_slowly_and_never_cuts_off():
    gain = SlowGain()
    assert 20 < lifted_db(gain, noise(5.0, -96)) < 30
    assert np.abs(gain.lift(np.full(BLOCK, 0.9, np.float32))).max() <= 1.0
    assert gain.gain_db == 0.0


def test_zeros_tell_nothing_of_the_room():
    assert lifted_db(SlowGain(), np.zeros(32_000, np.float32)) == 0.0
