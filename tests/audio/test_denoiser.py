"""Noise made quieter, speech kept in its place."""

import numpy as np
import pytest

from matside.hear.denoiser import WINDOW, Denoiser, NoiseSpectrum

CHANCE = np.random.default_rng(4)


def tone(count, hz=440.0):
    return (0.2 * np.sin(2 * np.pi * hz * np.arange(count) / 16_000)).astype(np.float32)


def hiss(count, level=0.02):
    return CHANCE.normal(0, level, count).astype(np.float32)


def known(noise):
    spectrum = NoiseSpectrum()
    for at in range(0, len(noise) - WINDOW + 1, WINDOW):
        spectrum.follow(noise[at : at + WINDOW])
    return spectrum.of_now()


def denoised(sound, denoiser, sizes=(512,)):
    out, at, turn = [], 0, 0
    while at < len(sound):
        size = sizes[turn % len(sizes)]
        out.append(denoiser.accept(sound[at : at + size]))
        at, turn = at + size, turn + 1
    return np.concatenate([*out, denoiser.finish()])


@pytest.mark.parametrize(("noise", "floor_db"), [(None, -12.0), (np.ones(WINDOW // 2 + 1), 0.0)])
def test_without_noise_or_a_floor_sound_is_passed_on_as_it_is(noise, floor_db):
    sound = tone(5_000)
    assert np.array_equal(denoised(sound, Denoiser(noise, floor_db)), sound)


@pytest.mark.parametrize("sizes", [(512,), (37, 900, 1), (5_000,)])
def test_every_sample_keeps_its_place_whatever_the_pieces(sizes):
    sound = tone(8_000)
    out = denoised(sound, Denoiser(np.full(WINDOW // 2 + 1, 1e-9), -12.0), sizes)
    assert len(out) >= len(sound)
    assert np.allclose(out[: len(sound)], sound, atol=2e-3)


def test_steady_noise_gets_quieter_down_to_the_floor():
    noise = known(hiss(160_000))
    out = denoised(hiss(32_000), Denoiser(noise, -12.0))
    quieter_db = 20 * np.log10(np.std(out[4_000:30_000]) / 0.02)
    assert -12.5 < quieter_db < -9


def test_a_voice_in_noise_stands_out_more():
    noise = known(hiss(160_000))
    voice, around = tone(16_000), hiss(16_000)
    out = denoised(voice + around, Denoiser(noise, -12.0))[:16_000]
    gain = np.dot(out, voice) / np.dot(voice, voice)
    left = out - gain * voice
    assert gain > 0.95
    assert np.std(left[2_000:]) < 0.5 * np.std(around)


def test_nothing_is_known_of_a_room_that_was_never_quiet():
    assert NoiseSpectrum().of_now() is None
