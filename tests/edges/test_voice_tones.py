import importlib.util
import itertools
from pathlib import Path

import numpy as np
import pytest

from matside.say.tones import load_tone, tone_ms
from matside.session.cue import ToneKind

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "make_tones.py"


def spectrum(samples, rate_hz):
    return np.abs(np.fft.rfft(samples)) ** 2, np.fft.rfftfreq(len(samples), 1 / rate_hz)


def pitch_path(kind):
    """Give the strongest pitch of every 20 ms, by which a listener tells tones apart."""
    samples, rate_hz = load_tone(kind)
    hop = rate_hz // 50
    frames = [samples[at : at + hop] * np.hanning(hop) for at in range(0, len(samples) - hop, hop)]
    return [float(np.argmax(np.abs(np.fft.rfft(frame, 8 * hop)))) * rate_hz / (8 * hop) for frame in frames]


@pytest.mark.parametrize("kind", ToneKind)
def test_every_tone_is_calm_with_soft_edges(kind):
    samples, _ = load_tone(kind)
    assert 20 * np.log10(np.abs(samples).max()) <= -18
    assert abs(samples[0]) < 0.002
    assert abs(samples[-1]) < 0.002
    assert tone_ms(kind) <= 600


@pytest.mark.parametrize("kind", [ToneKind.HEARD, ToneKind.UNSURE])
def test_answers_to_speech_are_short_and_outside_its_band(kind):
    assert tone_ms(kind) < 150
    power, pitch_hz = spectrum(*load_tone(kind))
    assert power[(pitch_hz > 300) & (pitch_hz < 3_000)].sum() < 0.02 * power.sum()


@pytest.mark.parametrize(("kind", "room_ms"), [(ToneKind.END, 340), (ToneKind.SWITCH, 380)])
def test_marks_between_movements_fit_the_moment_they_have(kind, room_ms):
    assert tone_ms(kind) <= room_ms


def test_breath_in_rises_and_breath_out_falls():
    rising, falling = pitch_path(ToneKind.BREATH_IN), pitch_path(ToneKind.BREATH_OUT)
    assert rising[3] < rising[-4]
    assert falling[3] > falling[-4]
    assert max(tone_ms(ToneKind.BREATH_IN), tone_ms(ToneKind.BREATH_OUT)) <= 600


def test_no_two_tones_follow_the_same_pitches():
    for one, other in itertools.combinations(ToneKind, 2):
        first, second = pitch_path(one), pitch_path(other)
        is_longer = abs(len(first) - len(second)) > 5
        apart = [abs(np.log2(a / b)) for a, b in zip(first, second, strict=False) if min(a, b) > 0]
        assert is_longer or max(apart) > 2 / 12, (one, other)


def test_the_files_are_what_the_script_makes(tmp_path):
    spec = importlib.util.spec_from_file_location("make_tones", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.write(tmp_path)
    for kind in ToneKind:
        made, kept = ((folder / f"{kind.value}.wav").read_bytes() for folder in (tmp_path, script.FOLDER))
        samples = [np.frombuffer(content[44:], dtype="<i2").astype(int) for content in (made, kept)]
        assert np.abs(samples[0] - samples[1]).max() <= 1
