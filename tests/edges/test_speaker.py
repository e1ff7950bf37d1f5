"""The loudspeaker through real PortAudio, recorded at the sink's monitor."""

import itertools
import threading
import time
import wave

import numpy as np
import pytest

from matside.errors import EdgeError
from matside.pcm import HEARING_RATE_HZ
from matside.say.line import Duck, Hush, Line, Say
from matside.say.sample_clock import SampleClock
from matside.say.speaker import Speaker
from matside.session.cue import HalfWay, Priority
from room import wait_until

pytestmark = pytest.mark.room

RECORDED_HZ = 48_000


def chirp(rate_hz, length_s=0.05):
    at = np.arange(round(length_s * rate_hz)) / rate_hz
    return (0.3 * np.sin(2 * np.pi * (500 * at + 30_000 * at**2)) * np.hanning(len(at))).astype(np.float32)


class Chirps:
    """A line named "buzz" is a steady tone as long as the line, everything else a short chirp."""

    def sound_of(self, line, rate_hz):
        if line.text == "buzz":
            at = np.arange(line.length_ms * rate_hz // 1000) / rate_hz
            return (0.3 * np.sin(2 * np.pi * 600 * at)).astype(np.float32)
        return chirp(rate_hz)


def say(at_ms, text="chirp", length_ms=50):
    line = Line(
        text=text,
        tone=None,
        length_ms=length_ms,
        at_ms=at_ms,
        latest_ms=at_ms,
        end_by_ms=None,
        priority=Priority.REP,
        meaning=HalfWay(),
    )
    return Say(line=line, at_ms=at_ms)


class Events:
    def __init__(self):
        self.lost, self.found = [], threading.Event()

    def tell_lost(self, problem):
        self.lost.append(problem)


@pytest.fixture
def events():
    return Events()


@pytest.fixture
def speaker(room, events):
    made = Speaker(Chirps(), SampleClock(), lost=events.tell_lost, found=events.found.set)
    made.open()
    yield made
    made.close()


def wait_for(clock, at_ms):
    while clock.now_ms() < at_ms:
        time.sleep(0.005)


def play(speaker, planned_ms):
    for at_ms in planned_ms:
        wait_for(speaker.clock, at_ms - speaker.lead_ms)
        speaker.obey(say(at_ms))
    wait_for(speaker.clock, planned_ms[-1] + 600)


def samples_of(path):
    with wave.open(str(path)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2") / 32768


def onsets_ms(recorded, count, rate_hz=RECORDED_HZ):
    """Find the chirps by matched filter, to the sample."""
    wanted = chirp(rate_hz)
    size = 1 << (len(recorded) + len(wanted)).bit_length()
    spectrum = np.fft.rfft(recorded, size) * np.conj(np.fft.rfft(wanted, size))
    likeness = np.abs(np.fft.irfft(spectrum, size)[: len(recorded)])
    found = []
    for _ in range(count):
        best = int(np.argmax(likeness))
        assert likeness[best] > 0.5 * float(np.sum(wanted**2)), "a chirp is missing"
        found.append(best * 1000 / rate_hz)
        likeness[max(0, best - rate_hz // 20) : best + rate_hz // 20] = 0
    return np.sort(found)


def test_onsets_stand_to_each_other_exactly_as_planned(room, speaker):
    room.start_recording()
    begin_ms = speaker.clock.now_ms() + 500
    planned_ms = [begin_ms + offset for offset in (0, 333, 777, 1_234, 1_500, 2_048)]
    play(speaker, planned_ms)
    heard_ms = onsets_ms(samples_of(room.stop_recording()), len(planned_ms))
    assert speaker.late_ms == 0
    deviation_ms = (heard_ms - heard_ms[0]) - (np.array(planned_ms) - planned_ms[0])
    assert np.abs(deviation_ms).max() < 0.1


def test_a_hush_is_heard(room, speaker):
    room.start_recording()
    begin_ms = speaker.clock.now_ms() + 400
    speaker.obey(say(begin_ms, "buzz", 3_000))
    wait_for(speaker.clock, begin_ms + 1_000)
    speaker.obey(Hush(at_ms=speaker.clock.now_ms()))
    wait_for(speaker.clock, begin_ms + 2_500)
    loud = np.abs(samples_of(room.stop_recording())) > 0.05
    assert 0.9 < loud.nonzero()[0].size / RECORDED_HZ < 1.6
    assert not loud[-RECORDED_HZ // 2 :].any()


def test_ducking_and_volume_are_heard(room, speaker):
    speaker.set_volume(-6.0)
    room.start_recording()
    begin_ms = speaker.clock.now_ms() + 400
    speaker.obey(say(begin_ms, "buzz", 2_000))
    wait_for(speaker.clock, begin_ms + 1_000)
    speaker.obey(Duck(gain_db=-14.0))
    wait_for(speaker.clock, begin_ms + 2_400)
    recorded = samples_of(room.stop_recording())
    frames = recorded[: len(recorded) // 480 * 480].reshape(-1, 480)
    levels = np.abs(frames).max(axis=1)
    assert np.percentile(levels[levels > 0.1], 50) == pytest.approx(0.15, rel=0.05)
    assert np.percentile(levels[(levels > 0.01) & (levels < 0.05)], 50) == pytest.approx(0.03, rel=0.05)


def test_what_was_played_can_be_asked_for(speaker):
    begin_ms = speaker.clock.now_ms() + 400
    start_s = time.monotonic()
    play(speaker, [begin_ms, begin_ms + 500])
    end_s = time.monotonic()
    ends_s = np.arange(start_s, end_s, 0.1)
    parts = [speaker.between(a, b) for a, b in itertools.pairwise(ends_s)]
    heard_ms = onsets_ms(np.concatenate(parts), 2, HEARING_RATE_HZ)
    assert heard_ms[1] - heard_ms[0] == pytest.approx(500, abs=0.2)
    assert heard_ms[0] + speaker.clock.at_ms(start_s) == pytest.approx(begin_ms, abs=2)


def test_what_was_played_is_known_after_the_sound_server_lost_blocks(room, speaker):
    for _ in range(8):
        room.hold(0.12)
        time.sleep(0.7)

    def is_known():
        at_ms = speaker.clock.now_ms() + 400
        speaker.obey(say(at_ms, "buzz", 1_000))
        wait_for(speaker.clock, at_ms + 500)
        now_s = time.monotonic()
        return np.abs(speaker.between(now_s - 0.1, now_s - 0.02)).max() > 0.1

    # Where the server stayed away for too long, the loudspeaker is being opened anew.
    wait_until(is_known, within_s=15, what="what was played just now")


def test_a_device_that_stops_is_reported_and_found_again(room, speaker, events):
    room._pactl("suspend-sink", "speaker", "1")
    wait_until(lambda: events.lost, within_s=20, what="the loss")
    before_ms = speaker.clock.now_ms()
    speaker.obey(say(before_ms + 300))
    assert not speaker.between(time.monotonic() - 1, time.monotonic()).any()
    room._pactl("suspend-sink", "speaker", "0")
    assert events.found.wait(30)
    assert len(events.lost) == 1
    assert speaker.clock.now_ms() > before_ms
    room.start_recording()
    begin_ms = speaker.clock.now_ms() + 500
    play(speaker, [begin_ms, begin_ms + 400])
    heard_ms = onsets_ms(samples_of(room.stop_recording()), 2)
    assert heard_ms[1] - heard_ms[0] == pytest.approx(400, abs=0.1)


def test_an_unplugged_device_costs_no_session(room, speaker):
    room.break_speaker()
    before_ms = speaker.clock.now_ms()
    speaker.obey(say(before_ms + 300))
    wait_for(speaker.clock, before_ms + 1_500)
    room.mend_speaker()
    speaker.obey(say(speaker.clock.now_ms() + 300))
    assert speaker.clock.now_ms() >= before_ms + 1_500


def test_a_renewal_for_another_device_is_no_loss(room, speaker, events):
    old = speaker._playback
    speaker._claim.release()
    wait_until(lambda: speaker._playback not in (None, old), within_s=20, what="the loudspeaker")
    assert events.lost == []
    assert not events.found.is_set()
    room.start_recording()
    play(speaker, [speaker.clock.now_ms() + 500])
    onsets_ms(samples_of(room.stop_recording()), 1)


def test_a_device_that_does_not_exist_is_named(room):
    with pytest.raises(EdgeError, match="nowhere") as caught:
        Speaker(Chirps(), SampleClock(), device="nowhere").open()
    assert caught.value.hint


def test_a_device_that_comes_later_is_found(room, events):
    room._pactl("suspend-sink", "speaker", "1")
    speaker = Speaker(Chirps(), SampleClock(), lost=events.tell_lost, found=events.found.set)
    speaker.open_when_there()
    assert len(events.lost) == 1
    speaker.obey(say(100))
    room._pactl("suspend-sink", "speaker", "0")
    assert events.found.wait(40)
    assert len(events.lost) == 1
    room.start_recording()
    play(speaker, [speaker.clock.now_ms() + 500])
    onsets_ms(samples_of(room.stop_recording()), 1)
    speaker.close()


def test_closing_ends_the_watching(speaker):
    speaker.close()
    assert not speaker._watcher.is_alive()
    speaker.obey(say(0))
    speaker.set_volume(1.0)
    assert not speaker.between(0.0, 0.1).any()
