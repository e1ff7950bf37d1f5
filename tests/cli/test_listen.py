"""`matside listen --wav`: one line an utterance, whatever the file."""

import struct
import wave

import numpy as np
import pytest
import soxr

from matside.hear.wav_source import read_wav

pytestmark = pytest.mark.model

KEYS = {"file", "start_s", "end_s", "heard", "command", "reason", "latency_ms"}


def write(path, sound, rate_hz=16_000, *, channels=1, bits=16, is_float=False):
    """Write a WAV of this kind, by hand."""
    sound = soxr.resample(sound.astype(np.float64), 16_000, rate_hz)
    spread = np.clip(np.repeat(sound, channels), -1, 1)
    if is_float:
        frames = spread.astype("<f4").tobytes()
    elif bits == 8:
        frames = np.rint(spread * 127 + 128).astype("u1").tobytes()
    else:
        whole = np.rint(spread * (2.0 ** (bits - 1) - 1)).astype("<i4")
        frames = np.frombuffer(whole.tobytes(), "u1").reshape(-1, 4)[:, : bits // 8].tobytes()
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", 3 if is_float else 1, channels, rate_hz, rate_hz * block, block, bits)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(frames)) + frames
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


@pytest.fixture
def clip(korean_clip):
    """Give the sound of a Korean phrase with a little room noise round it."""

    def sound(*texts):
        parts = [np.zeros(8_000, np.float32)]
        for text in texts:
            parts += [read_wav(korean_clip(text)), np.zeros(16_000, np.float32)]
        told = np.concatenate(parts)
        return told + np.random.default_rng(1).normal(0, 3e-4, len(told)).astype(np.float32)

    return sound


KINDS = [
    (8_000, 1, 16, False),
    (11_025, 1, 8, False),
    (16_000, 2, 16, False),
    (22_050, 1, 24, False),
    (44_100, 2, 16, False),
    (48_000, 6, 32, False),
    (48_000, 1, 32, True),
    (96_000, 2, 24, False),
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_command_is_heard_in_every_kind_of_wav(matside, clip, tmp_path, kind):
    path = tmp_path / "said.wav"
    rate_hz, channels, bits, is_float = kind
    write(path, clip("너무 어려워"), rate_hz, channels=channels, bits=bits, is_float=is_float)
    ran = matside("listen", "--wav", path, "--phase", "hold", "--json", "--language", "ko")
    assert ran.code == 0
    (row,) = ran.rows
    assert set(row) == KEYS
    assert (row["file"], row["heard"], row["command"], row["reason"]) == (
        str(path),
        "너무 어려워",
        "easier",
        None,
    )
    assert 0.3 < row["start_s"] < row["end_s"] < 3
    assert 0 < row["latency_ms"] < 1_000


def test_every_utterance_has_its_line_in_the_order_of_the_files(matside, clip, tmp_path):
    first = write(tmp_path / "a.wav", clip("너무 어려워", "정지"))
    second = write(tmp_path / "b.wav", clip("넘어가"))
    ran = matside("listen", "--wav", first, "--wav", second, "--phase", "hold", "--json", "--language", "ko")
    assert [(row["file"], row["command"]) for row in ran.rows] == [
        (str(first), "easier"),
        (str(first), "stop"),
        (str(second), "next"),
    ]


def test_what_makes_no_sense_in_a_phase_is_told_with_its_reason(matside, clip, tmp_path):
    path = write(tmp_path / "a.wav", clip("시작해"))
    anywhere = matside("listen", "--wav", path, "--json", "--language", "ko").rows[0]
    assert anywhere["command"] == "ready"
    row = matside("listen", "--wav", path, "--json", "--language", "ko", "--phase", "hold").rows[0]
    assert row["command"] is None
    assert row["reason"]


@pytest.mark.parametrize("content", ["silence", "noise", "nothing"])
def test_file_without_an_utterance_has_one_line_that_says_so(matside, tmp_path, content):
    sounds = {
        "silence": np.zeros(32_000),
        "noise": np.random.default_rng(1).normal(0, 1e-3, 32_000),
        "nothing": np.zeros(0),
    }
    path = tmp_path / "quiet.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.rint(sounds[content] * 32767).astype("<i2").tobytes())
    ran = matside("listen", "--wav", path, "--json", "--language", "ko")
    assert ran.code == 0
    (row,) = ran.rows
    assert set(row) == KEYS
    assert row["heard"] is None
    assert row["command"] is None
    assert row["file"] == str(path)


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"not a wav at all" * 100, b"ID3" + bytes(500), b"RIFF\x04\x00\x00\x00AVI "]
)
def test_what_is_no_wav_is_told_in_two_lines(matside, tmp_path, content):
    path = tmp_path / "song.wav"
    path.write_bytes(content)
    ran = matside("listen", "--wav", path, "--json", "--language", "ko")
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err.splitlines()) <= 2
    assert str(path) in ran.err


def test_no_file_of_many_is_heard_when_one_is_bad(matside, clip, tmp_path):
    good = write(tmp_path / "a.wav", clip("정지"))
    ran = matside("listen", "--wav", good, "--wav", tmp_path / "missing.wav", "--json", "--language", "ko")
    assert (ran.code, ran.out) == (1, "")


def test_cut_off_file_is_heard_as_far_as_it_goes(matside, clip, tmp_path):
    path = write(tmp_path / "a.wav", clip("정지", "넘어가"))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    ran = matside("listen", "--wav", path, "--phase", "hold", "--json", "--language", "ko")
    assert ran.code == 0
    assert ran.rows[0]["command"] == "stop"
    assert ran.err


def test_without_a_model_it_says_how_to_get_one(matside, clip, tmp_path):
    path = write(tmp_path / "a.wav", clip("정지"))
    ran = matside("listen", "--wav", path, "--model", tmp_path / "no model", "--language", "ko")
    assert ran.code == 1
    assert ran.out == ""
    assert "model" in ran.err


def test_for_people_each_utterance_is_a_line(matside, clip, tmp_path):
    path = write(tmp_path / "a.wav", clip("너무 어려워"))
    ran = matside("listen", "--wav", path, "--phase", "hold", "--language", "ko")
    assert len(ran.out.splitlines()) == 1
    assert "너무 어려워" in ran.out
    assert "easier" in ran.out
