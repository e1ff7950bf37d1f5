"""What a room does to the coach's voice, and the way to listen that is chosen for it."""

import numpy as np
import pytest
import soxr

from conftest import speak
from matside.hear.room_check import RoomFigures, choose_mode, look_at_room
from matside.hear.wav_source import read_wav
from matside.understand.echo import Duplex

PHRASE = "This is the voice check. I play my voice and hear how it sounds in this room. Please stay quiet."


def in_room(sound, delay_ms=60):
    """Send a sound through a room: a direct way, then noise that dies away in 0.4 s."""
    luck = np.random.default_rng(1)
    way = luck.normal(0, 0.08, 6_400) * 10 ** (-3 * np.arange(6_400) / 6_400)
    way[0] = 1.0
    late = np.concatenate((np.zeros(delay_ms * 16), np.convolve(sound, 0.5 * way)))[: len(sound)]
    return (late + luck.normal(0, 1e-4, len(sound))).astype(np.float32)


@pytest.fixture(scope="module")
def far(tmp_path_factory):
    """The phrase with a second of silence before it, as it is played."""
    said = read_wav(speak(PHRASE, tmp_path_factory.mktemp("phrase") / "a.wav", "en-us")) * np.float32(0.5)
    return np.concatenate([np.zeros(16_000, np.float32), said, np.zeros(16_000, np.float32)])


def mode_of(near, far):
    figures = look_at_room(near, far)
    return figures, choose_mode(figures).duplex


def test_room_that_can_be_learnt_is_full_duplex(far):
    figures, duplex = mode_of(in_room(far, delay_ms=120), far)
    assert duplex is Duplex.FULL
    assert abs(figures.delay_ms - 120) <= 1
    assert figures.cancelled_db > 10
    assert abs(figures.drift_ppm) < 5


def test_headphones_are_recognised_by_their_silence(far):
    quiet = np.random.default_rng(1).normal(0, 3e-4, len(far)).astype(np.float32)
    figures, duplex = mode_of(quiet, far)
    assert (figures.delay_ms, duplex) == (None, Duplex.FULL)
    assert "headphones" in choose_mode(figures).why


@pytest.mark.parametrize("ppm", [60, 200, -300])
def test_clocks_that_run_apart_are_never_full_duplex(far, ppm):
    apart = soxr.resample(in_room(far), 16_000, 16_000 * (1 + ppm * 1e-6), quality="VHQ")
    near = np.resize(apart, len(far)).astype(np.float32)
    figures, duplex = mode_of(near, far)
    assert figures.drift_ppm * ppm > 0
    assert abs(figures.drift_ppm) > 40
    assert duplex is not Duplex.FULL


def test_echo_of_something_else_is_heard_in_the_gaps_only(far):
    _, duplex = mode_of(in_room(far[::-1].copy()), far)
    assert duplex is Duplex.GAPS


def test_person_who_talks_meanwhile_leads_to_the_careful_side(far, korean_clip):
    talk = np.resize(read_wav(korean_clip("어제 산 책을 읽다가 밤을 새웠어")), len(far)).astype(np.float32)
    figures, duplex = mode_of(talk, far)
    assert duplex is Duplex.GAPS, figures


@pytest.mark.parametrize(
    ("cancelled_db", "drift_ppm", "duplex"),
    [
        (15.0, 0.0, Duplex.FULL),
        (15.0, 50.0, Duplex.GATED),
        (5.0, 0.0, Duplex.GATED),
        (1.0, 0.0, Duplex.GAPS),
        (1.0, 50.0, Duplex.GAPS),
        (9.0, None, Duplex.FULL),
    ],
)
def test_mode_follows_the_figures(cancelled_db, drift_ppm, duplex):
    figures = RoomFigures(
        delay_ms=100, cancelled_db=cancelled_db, floor_db=-60.0, echo_db=-30.0, drift_ppm=drift_ppm
    )
    assert choose_mode(figures).duplex is duplex
