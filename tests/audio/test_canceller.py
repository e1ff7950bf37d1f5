"""The canceller in a synthetic room, with real synthetic speech as the coach."""

import numpy as np
import pytest

from conftest import speak
from matside.hear.canceller import Canceller
from matside.hear.ear import Ear
from matside.hear.echo_delay import LATEST, WINDOW, DelayFinder
from matside.hear.likeness import likeness, resemblance
from matside.hear.wav_source import read_wav
from matside.pcm import Pcm
from matside.understand.transcript import SpeechBegan, Transcript

SENTENCES = (
    "Breathe out and lift your hips slowly.",
    "Stay there, and let the breath come and go for five more seconds.",
    "Lower down again, one bone after the other.",
    "Turn onto your side and bend your knees a little.",
)


@pytest.fixture(scope="module")
def coach(tmp_path_factory):
    """Twenty-odd seconds of a coach, -30 dBFS or so."""
    folder = tmp_path_factory.mktemp("coach")
    said = [read_wav(speak(text, folder / f"{at}.wav", "en-us")) for at, text in enumerate(SENTENCES)]
    pause = np.zeros(6_000, np.float32)
    once = np.concatenate([part for sound in said for part in (sound, pause)])
    whole = np.concatenate((once, once, once)) * np.float32(0.3)
    return whole[: len(whole) // 512 * 512]


def in_room(sound, *, delay_ms=60, rt60_s=0.4, seed=1):
    """Send a sound through a room: a direct way, then noise that dies away."""
    chance = np.random.default_rng(seed)
    times_s = np.arange(6_400) / 16_000
    way = chance.normal(0, 0.08, 6_400) * 10 ** (-3 * times_s / rt60_s)
    way[0], way[1:40] = 1.0, way[1:40] * 0.3
    late = np.concatenate((np.zeros(delay_ms * 16), np.convolve(sound, 0.5 * way)))[: len(sound)]
    return (late + chance.normal(0, 1e-4, len(sound))).astype(np.float32)


def cancel(heard, far, canceller=None):
    canceller = canceller or Canceller()
    blocks = range(0, len(heard), 512)
    return np.concatenate([canceller.process(heard[at : at + 512], far[at : at + 512]) for at in blocks])


def quieter_db(before, after):
    return 10 * np.log10(np.mean(np.square(before)) / np.mean(np.square(after)))


@pytest.mark.parametrize("delay_ms", [0, 7, 60, 250, 400])
def test_echo_is_15_db_quieter_after_ten_seconds(coach, delay_ms):
    heard = in_room(coach, delay_ms=delay_ms)
    canceller = Canceller()
    clean = cancel(heard, coach, canceller)
    assert quieter_db(heard[160_000:], clean[160_000:]) >= 15
    assert canceller.is_converged
    assert abs(canceller.delay - delay_ms * 16) <= 16, "the delay is found within 1 ms"


def test_person_is_kept_while_the_coach_speaks(coach, korean_clip):
    words = np.concatenate([read_wav(korean_clip(text)) for text in ("다음", "너무 힘들어", "멈춰")])
    person = np.zeros_like(coach)
    person[176_000 : 176_000 + len(words)] = words
    echo = in_room(coach)
    at = slice(176_000, 176_000 + len(words))
    person *= np.float32(0.5 * np.sqrt(np.mean(np.square(echo[at])) / np.mean(np.square(words))))
    clean = cancel(echo + person, coach)
    kept = np.dot(clean[at], person[at]) / np.dot(person[at], person[at])
    assert 0.9 < kept < 1.1, "neither swallowed nor blown up"
    assert quieter_db(person[at], clean[at] - person[at]) > 10, "the coach was twice as loud; now far below"


def test_what_is_left_of_the_echo_is_predicted(coach):
    heard = in_room(coach)
    canceller = Canceller()
    cancel(heard[:239_616], coach[:239_616], canceller)
    left, predicted = 0.0, 0.0
    for at in range(239_616, 320_000, 512):
        left += np.mean(np.square(canceller.process(heard[at : at + 512], coach[at : at + 512])))
        predicted += canceller.echo_power
    assert 0.3 < predicted / left < 12


def test_silent_loudspeaker_leaves_sound_untouched():
    sound = np.random.default_rng(2).normal(0, 0.1, 16_384).astype(np.float32)
    assert np.array_equal(cancel(sound, np.zeros_like(sound)), sound)


def test_echo_that_cannot_be_learnt_is_never_made_worse(coach):
    """Another voice than the one in the reference, as with clocks that have nothing to do with each other."""
    heard = in_room(coach[::-1].copy())
    canceller = Canceller()
    clean = cancel(heard, coach, canceller)
    assert quieter_db(heard, clean) > -1.0
    assert not canceller.is_converged


def test_room_that_changes_is_learnt_again(coach):
    heard = in_room(coach, seed=1)
    moved = in_room(coach, seed=9, delay_ms=180)
    canceller = Canceller()
    cancel(heard, coach, canceller)
    clean = cancel(moved, coach, canceller)
    assert quieter_db(moved[-80_000:], clean[-80_000:]) >= 10


def test_delay_of_unrelated_sounds_is_not_found():
    chance = np.random.default_rng(3)
    finder = DelayFinder()
    for _ in range(20):
        near, far = chance.normal(0, 0.1, (2, WINDOW)).astype(np.float32)
        assert finder.look(near, far) is None


def test_longest_delay_is_half_a_second():
    chance = np.random.default_rng(4)
    sound = chance.normal(0, 0.1, WINDOW + LATEST).astype(np.float32)
    finder = DelayFinder()
    found = [finder.look(sound[:WINDOW], sound[LATEST - 1 :][:WINDOW]) for _ in range(2)]
    assert found == [None, LATEST - 1]


def test_ear_does_not_hear_the_coach_once_the_room_is_learnt(coach):
    heard = in_room(coach)
    ear = Ear(None)
    told = []
    for at in range(0, len(coach), 512):
        told += ear.feed(Pcm(samples=heard[at : at + 512], start=at), coach[at : at + 512])
    late = [one for one in told if isinstance(one, SpeechBegan) and one.at_ms > 10_000]
    assert late == []


def jumped(heard, at, by):
    """Let a sound server drop (`by` < 0) or hold up so many samples at a moment."""
    after = heard[at - by :] if by < 0 else np.concatenate((np.zeros(by, np.float32), heard[at:]))
    whole = np.concatenate((heard[:at], after))
    return np.pad(whole, (0, max(0, len(heard) - len(whole))))[: len(heard)]


@pytest.mark.parametrize("by_ms", [-50, -20, 10, 60, 118])
def test_a_dropped_block_is_found_at_once_and_the_room_is_kept(coach, by_ms):
    at = 200_000
    heard = jumped(in_room(coach, delay_ms=80), at, by_ms * 16)
    clean = cancel(heard, coach)
    soon = slice(at + 16_000, at + 64_000)
    assert quieter_db(heard[soon], clean[soon]) >= 12, "one second later nothing has to be learnt again"


@pytest.mark.parametrize("by_ms", [-50, 118])
def test_the_coach_is_known_for_the_coach_where_the_echo_jumped(coach, by_ms):
    heard = jumped(in_room(coach, delay_ms=80), 200_000, by_ms * 16)
    ear = Ear(None)
    said = []
    for at in range(0, len(heard), 512):
        said += [
            one
            for one in ear.feed(Pcm(samples=heard[at : at + 512], start=at), coach[at : at + 512])
            if isinstance(one, Transcript) and one.began_ms > 10_000
        ]
    assert all(one.level_db <= one.echo_db + 4 for one in said), said


def test_a_person_over_the_coach_is_no_echo(coach, korean_clip):
    words = np.concatenate([read_wav(korean_clip(text)) for text in ("다음", "너무 힘들어", "멈춰")])
    echo = in_room(coach)
    at = slice(176_000, 176_000 + len(words))
    person = np.zeros_like(coach)
    person[at] = words * np.float32(0.5 * np.sqrt(np.mean(np.square(echo[at])) / np.mean(np.square(words))))
    canceller = Canceller()
    clean, predicted = [], []
    for block in range(0, len(echo), 512):
        part = slice(block, block + 512)
        clean.append(canceller.process(echo[part] + person[part], coach[part]))
        predicted.append(canceller.echo)
    clean, predicted = np.concatenate(clean), np.concatenate(predicted)
    assert resemblance(clean[at], predicted[at]) < 0.25
    assert resemblance(echo[at], predicted[at]) > 0.8
    assert likeness(person[at], coach[at.start - LATEST : at.stop]) < 10
    assert likeness(echo[at], coach[at.start - LATEST : at.stop]) > 25


@pytest.mark.parametrize("sound", [np.zeros(0, np.float32), np.zeros(4_000, np.float32)])
def test_nothing_is_like_nothing(sound):
    assert likeness(sound, np.zeros(12_000, np.float32)) == 0.0
    assert resemblance(sound, np.zeros(len(sound), np.float32)) == 0.0
