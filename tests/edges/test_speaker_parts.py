"""The mouth without a device: mixing, the clock, the reference, and the mouth that writes a file."""

import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matside.errors import EdgeError
from matside.lag import Lag
from matside.say.line import Duck, Hush, Line, Say
from matside.say.mixer import Mixer
from matside.say.reference import Reference
from matside.say.sample_clock import SampleClock
from matside.say.silent_mouth import SilentMouth
from matside.say.wav_mouth import RATE_HZ, WavMouth
from matside.session.cue import HalfWay, Priority

MIXED_HZ = 8_000


def ones(count, level=0.5):
    return np.full(count, level, dtype=np.float32)


def mixed(mixer, count, block=97):
    parts = []
    while count > 0:
        part = np.empty(min(block, count), dtype=np.float32)
        mixer.mix(part)
        parts.append(part)
        count -= len(part)
    return np.concatenate(parts)


def say(at_ms, length_ms=500):
    line = Line(
        text="lift",
        tone=None,
        length_ms=length_ms,
        at_ms=at_ms,
        latest_ms=at_ms,
        end_by_ms=None,
        priority=Priority.REP,
        meaning=HalfWay(),
    )
    return Say(line=line, at_ms=at_ms)


class Buzz:
    """Every line is a level as long as the line."""

    def sound_of(self, line, rate_hz):
        return ones(line.length_ms * rate_hz // 1000)


@given(st.integers(1, 500), st.integers(0, 700))
def test_a_clip_begins_at_its_very_sample_whatever_the_blocks(block, start):
    mixer = Mixer(MIXED_HZ)
    mixer.play(start, ones(300))
    sound = mixed(mixer, 1_200, block)
    assert np.flatnonzero(sound).tolist() == list(range(start, start + 300))


def test_a_late_clip_is_played_from_its_beginning():
    mixer = Mixer(MIXED_HZ)
    mixed(mixer, 500)
    mixer.play(100, np.arange(1, 11, dtype=np.float32) / 100)
    assert mixed(mixer, 20)[:10] == pytest.approx(np.arange(1, 11) / 100)


def test_a_hush_fades_within_ten_milliseconds_and_forgets_what_was_ordered():
    mixer = Mixer(MIXED_HZ)
    mixer.play(0, ones(4_000))
    mixer.play(5_000, ones(1_000))
    mixed(mixer, 1_000)
    mixer.hush(0)
    sound = mixed(mixer, 7_000)
    assert not sound[MIXED_HZ // 100 :].any()
    assert np.all(np.diff(sound[: MIXED_HZ // 100]) <= 0)
    assert np.abs(np.diff(sound)).max() < 0.02


def test_a_hush_in_the_future_waits_for_its_sample():
    mixer = Mixer(MIXED_HZ)
    mixer.play(0, ones(4_000))
    mixer.hush(2_000)
    sound = mixed(mixer, 4_000)
    assert np.allclose(sound[:2_000], 0.5)
    assert not sound[2_080:].any()


def test_what_is_ordered_after_a_hush_is_played():
    mixer = Mixer(MIXED_HZ)
    mixer.play(0, ones(4_000))
    mixer.hush(0)
    mixer.play(200, ones(100))
    assert np.allclose(mixed(mixer, 400)[200:300], 0.5)


def test_ducking_ramps_over_twenty_milliseconds_and_comes_back():
    mixer = Mixer(MIXED_HZ)
    mixer.play(0, ones(4_000))
    mixed(mixer, 100)
    mixer.duck(-20)
    ducked = mixed(mixer, 1_000)
    assert np.abs(np.diff(ducked)).max() < 0.01
    assert np.allclose(ducked[MIXED_HZ // 50 :], 0.05, atol=1e-4)
    mixer.duck(0)
    assert np.allclose(mixed(mixer, 1_000)[MIXED_HZ // 50 :], 0.5)


def test_volume_and_ducking_multiply():
    mixer = Mixer(MIXED_HZ)
    mixer.set_volume(-6.0206)
    mixer.duck(-6.0206)
    mixer.play(0, ones(1_000))
    assert mixed(mixer, 1_000)[-1] == pytest.approx(0.125, abs=1e-3)


def test_louder_never_goes_over_full_scale():
    mixer = Mixer(MIXED_HZ)
    mixer.set_volume(12)
    mixer.play(0, ones(1_000, 0.9))
    assert np.abs(mixed(mixer, 1_000)).max() <= 1


class Hands:
    """A monotonic clock moved by hand."""

    def __init__(self):
        self.at_s = 100.0

    def __call__(self):
        return self.at_s


def test_the_clock_runs_without_a_loudspeaker():
    hands = Hands()
    clock = SampleClock(start_ms=5_000, monotonic=hands)
    hands.at_s += 1.5
    assert clock.now_ms() == 6_500


@pytest.mark.parametrize("drift", [-200e-6, 0.0, 200e-6])
def test_the_clock_follows_the_samples(drift):
    hands = Hands()
    clock = SampleClock(monotonic=hands)
    rng = np.random.default_rng(0)
    last = 0
    for step in range(60_000):
        hands.at_s = 100 + step * 0.02
        played_ms = step * 20 * (1 + drift)
        clock.heed(hands.at_s, played_ms + rng.normal(0, 5))
        now = clock.now_ms()
        assert now >= last
        last = now
    assert last == pytest.approx(played_ms, abs=3)


def test_the_clock_slews_and_never_jumps():
    hands = Hands()
    clock = SampleClock(monotonic=hands)
    for _ in range(200):
        clock.heed(hands.at_s, 10_000.0)
    hands.at_s += 10
    assert clock.now_ms() == pytest.approx(10_005, abs=1)


def test_the_clock_never_goes_back():
    hands = Hands()
    clock = SampleClock(monotonic=hands)
    hands.at_s += 1
    before = clock.now_ms()
    for _ in range(200):
        clock.heed(hands.at_s, -5_000.0)
    hands.at_s += 0.0001
    assert clock.now_ms() >= before


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 44_100, 48_000])
def test_the_reference_keeps_the_place_of_every_sound(rate_hz):
    reference = Reference(rate_hz)
    played = np.zeros(3 * rate_hz, dtype=np.float32)
    onset_s = 1.234
    burst = np.arange(round(0.1 * rate_hz))
    played[round(onset_s * rate_hz) :][: len(burst)] = np.sin(2 * np.pi * 700 * burst / rate_hz)
    for at in range(0, len(played), 441):
        reference.feed(played[at : at + 441])
    heard = reference.read(0, 2 * 16_000)
    wanted = np.sin(2 * np.pi * 700 * np.arange(1_600) / 16_000)
    onset = int(np.argmax(np.correlate(heard, wanted)))
    assert onset == pytest.approx(onset_s * 16_000, abs=1)
    assert np.allclose(heard[onset + 50 : onset + 1_550], wanted[50:1_550], atol=0.12)


def test_contiguous_questions_get_contiguous_samples():
    reference = Reference(16_000)
    reference.feed(np.arange(20_000, dtype=np.float32))
    parts = [reference.read(at, 333) for at in range(0, 9_990, 333)]
    assert np.array_equal(np.concatenate(parts), np.arange(9_990))


def test_the_reference_is_silent_where_it_knows_nothing():
    reference = Reference(16_000)
    reference.feed(ones(16_000 * 40))
    assert not reference.read(-100, 50).any()
    assert not reference.read(0, 16_000).any()
    assert not reference.read(16_000 * 50, 100).any()
    assert reference.read(16_000 * 39, 16_000).all()


def test_the_reference_goes_on_after_a_gap():
    reference = Reference(16_000)
    reference.feed(ones(1_000))
    reference.skip_to(5_000)
    reference.feed(ones(1_000))
    assert not reference.read(0, 5_000).any()
    assert reference.read(5_000, 1_000).all()


def read_wav(path):
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE_HZ)
        return np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2") / 32767


def test_a_session_is_written_at_its_samples(tmp_path):
    mouth = WavMouth(tmp_path / "out.wav", Buzz())
    mouth.obey(say(1_000))
    mouth.obey(say(3_000))
    mouth.finish(5_000)
    sound = read_wav(tmp_path / "out.wav")
    assert len(sound) == 5 * RATE_HZ
    edges = np.flatnonzero(np.diff((sound > 0.25).astype(int))) + 1
    assert edges.tolist() == [RATE_HZ, RATE_HZ * 3 // 2, 3 * RATE_HZ, RATE_HZ * 7 // 2]


def test_the_last_line_is_written_to_its_end(tmp_path):
    mouth = WavMouth(tmp_path / "out.wav", Buzz())
    mouth.obey(say(1_000))
    mouth.finish(1_100)
    assert len(read_wav(tmp_path / "out.wav")) == RATE_HZ * 3 // 2


def test_a_hush_is_heard_in_the_file(tmp_path):
    mouth = WavMouth(tmp_path / "out.wav", Buzz())
    mouth.obey(say(1_000, length_ms=2_000))
    mouth.obey(Hush(at_ms=1_500))
    mouth.finish(3_000)
    sound = read_wav(tmp_path / "out.wav")
    assert sound[: RATE_HZ * 3 // 2][-100:].all()
    assert not sound[round(1.511 * RATE_HZ) :].any()


def test_volume_changes_with_the_orders_that_follow_it(tmp_path):
    mouth = WavMouth(tmp_path / "out.wav", Buzz())
    mouth.obey(say(1_000))
    mouth.set_volume(-20)
    mouth.obey(say(3_000))
    mouth.finish(4_000)
    sound = read_wav(tmp_path / "out.wav")
    assert sound[round(1.4 * RATE_HZ)] == pytest.approx(0.5, abs=0.01)
    assert sound[round(3.4 * RATE_HZ)] == pytest.approx(0.05, abs=0.01)


def test_a_duck_is_heard_in_the_file(tmp_path):
    mouth = WavMouth(tmp_path / "out.wav", Buzz())
    mouth.obey(say(1_000))
    mouth.move_to(1_100)
    mouth.obey(Duck(gain_db=-20))
    mouth.finish(2_000)
    assert read_wav(tmp_path / "out.wav")[round(1.3 * RATE_HZ)] == pytest.approx(0.05, abs=0.01)


def test_the_file_is_readable_while_the_session_runs(tmp_path):
    mouth = WavMouth(tmp_path / "out.wav", Buzz())
    mouth.obey(say(1_000))
    mouth.move_to(8_000)
    assert len(read_wav(tmp_path / "out.wav")) >= 7 * RATE_HZ
    mouth.finish(8_000)


def test_an_ear_that_hears_a_file_gets_what_was_said(tmp_path):
    mouth = WavMouth(tmp_path / "out.wav", Buzz())
    mouth.obey(say(1_000, length_ms=1_000))
    parts = [mouth.between_ms(at, at + 32) for at in range(0, 2_400, 32)]
    mouth.finish(2_400)
    heard = np.concatenate(parts)
    assert len(heard) == 2_400 * 16
    voiced = np.flatnonzero(heard > 0.25)
    assert voiced[0] == pytest.approx(16_000, abs=2)
    assert voiced[-1] == pytest.approx(32_000, abs=2)


def test_a_session_that_begins_later_begins_the_file(tmp_path):
    mouth = WavMouth(tmp_path / "out.wav", Buzz(), origin_ms=60_000)
    mouth.obey(say(61_000))
    assert mouth.between_ms(61_100, 61_200).all()
    mouth.finish(62_000)
    sound = read_wav(tmp_path / "out.wav")
    assert len(sound) == 2 * RATE_HZ
    assert np.flatnonzero(sound)[0] == RATE_HZ


def test_a_closed_file_stays_as_it_is(tmp_path):
    mouth = WavMouth(tmp_path / "out.wav", Buzz())
    mouth.obey(say(1_000))
    mouth.finish(2_000)
    mouth.close()
    mouth.finish(9_000)
    assert len(read_wav(tmp_path / "out.wav")) == 2 * RATE_HZ


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(EdgeError, match="can't be written") as caught:
        WavMouth(tmp_path / "nowhere" / "out.wav", Buzz())
    assert caught.value.hint


def test_the_silent_mouth_has_the_loudspeakers_interface():
    mouth = SilentMouth(SampleClock())
    mouth.obey(say(0))
    mouth.set_volume(3)
    assert mouth.between(1.0, 1.5).shape == (8_000,)
    assert not mouth.between(1.0, 1.5).any()
    mouth.close()


def lagging(*parts, jitter_s=0.008):
    """Let a stream give estimates: (how many, how late); they scatter as PulseAudio's do."""
    lag, luck = Lag(), np.random.default_rng(2)
    for count, off_s in parts:
        for _ in range(count):
            lag.take(off_s + luck.uniform(-jitter_s, jitter_s))
    return lag


def test_a_stream_that_loses_nothing_has_no_lag():
    assert lagging((5_000, 0.0)).lost_s == 0.0


@pytest.mark.parametrize("step_s", [0.06, 0.16, 0.6, -0.1])
def test_a_step_is_known_after_a_dozen_estimates(step_s):
    lag = lagging((500, 0.0), (12, step_s))
    assert lag.lost_s == pytest.approx(step_s, abs=0.01)
    assert not lag.is_adrift


def test_steps_add_up():
    lag = lagging((500, 0.0), (100, 0.1), (100, 0.25), (100, 0.4))
    assert lag.lost_s == pytest.approx(0.4, abs=0.02)


def test_a_callback_that_comes_late_now_and_then_is_no_loss():
    lag = lagging(*[(20, 0.0), (1, 0.3)] * 50)
    assert lag.lost_s == 0.0
    assert not lag.is_adrift


@pytest.mark.parametrize("ppm", [-200, -33, 110])
def test_a_sound_card_that_drifts_loses_nothing_and_is_followed_in_small_steps(ppm):
    lag, luck = Lag(), np.random.default_rng(2)
    steps = set()
    for call in range(90_000):  # half an hour at 50 a second
        off_s = call / 50 * ppm * 1e-6
        lag.take(off_s + luck.uniform(-0.008, 0.008))
        assert abs(lag.late_s - off_s) < 0.03
        steps.add(lag.late_s)
    assert lag.lost_s == 0.0
    assert len(steps) < 1 + 1800 * abs(ppm) * 1e-6 / 0.01


def test_after_the_computers_sleep_a_stream_is_adrift():
    assert lagging((500, 0.0), (12, 30.0)).is_adrift


def test_a_stream_that_is_far_off_and_never_agrees_is_adrift():
    assert lagging((500, 0.0), (80, 0.6), jitter_s=0.3).is_adrift
