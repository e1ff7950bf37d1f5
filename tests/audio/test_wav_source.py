"""Any WAV in, mono at 16 kHz out; anything else is refused in one line."""

import os
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matside.errors import MatsideError
from matside.hear.wav_source import WavSource, read_wav, write_wav

EXTENSIBLE_TAIL = b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"


def wav(frames, *, code=1, bits=16, rate_hz=16_000, channels=1, extensible=False, before=b"", announced=None):
    """Build a WAV by hand from raw frame bytes."""
    block = channels * bits // 8
    body = struct.pack(
        "<HHIIHH", 0xFFFE if extensible else code, channels, rate_hz, rate_hz * block, block, bits
    )
    if extensible:
        body += struct.pack("<HHIH", 22, bits, 0, code) + EXTENSIBLE_TAIL
    chunks = b"fmt " + struct.pack("<I", len(body)) + body + before
    chunks += b"data" + struct.pack("<I", len(frames) if announced is None else announced) + frames
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def encode(samples, code, bits):
    if code == 3:
        return samples.astype("<f4" if bits == 32 else "<f8").tobytes()
    if bits == 8:
        return np.rint(samples * 127 + 128).astype("u1").tobytes()
    whole = np.rint(samples * (2.0 ** (bits - 1) - 1)).astype(np.int64)
    if bits == 24:
        return b"".join(int(one).to_bytes(3, "little", signed=True) for one in whole)
    return whole.astype(f"<i{bits // 8}").tobytes()


def tone(rate_hz, length_s=0.5):
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(rate_hz * length_s)) / rate_hz)


def is_tone(samples):
    middle = samples[1_000:-1_000]
    peak_hz = np.argmax(np.abs(np.fft.rfft(middle))) * 16_000 / len(middle)
    return abs(peak_hz - 440) < 5 and abs(np.max(np.abs(middle)) - 0.5) < 0.02


@pytest.mark.parametrize("extensible", [False, True])
@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize(("code", "bits"), [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64)])
def test_every_uncompressed_kind_is_read(tmp_path, code, bits, channels, extensible):
    path = tmp_path / "a.wav"
    spread = np.repeat(tone(16_000), channels)
    path.write_bytes(
        wav(encode(spread, code, bits), code=code, bits=bits, channels=channels, extensible=extensible)
    )
    samples = read_wav(path)
    assert samples.dtype == np.float32
    assert len(samples) == 8_000
    assert is_tone(samples)


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_every_rate_becomes_16_khz(tmp_path, rate_hz):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(encode(tone(rate_hz), 1, 16), rate_hz=rate_hz))
    samples = read_wav(path)
    assert abs(len(samples) - 8_000) <= 2
    assert is_tone(samples)
    assert abs(WavSource(path).length_ms - 500) <= 1


def test_blocks_are_contiguous_and_of_the_length_asked_for(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(encode(tone(44_100), 1, 16), rate_hz=44_100))
    blocks = list(WavSource(path).blocks(block_ms=30))
    assert [block.start for block in blocks] == [480 * number for number in range(len(blocks))]
    assert {len(block.samples) for block in blocks[:-1]} == {480}
    assert np.array_equal(np.concatenate([block.samples for block in blocks]), read_wav(path))


def test_other_chunks_are_skipped_odd_ones_too(tmp_path):
    path = tmp_path / "a.wav"
    odd = b"LIST" + struct.pack("<I", 5) + b"hello\x00"
    path.write_bytes(wav(encode(tone(16_000), 1, 16), before=odd))
    assert is_tone(read_wav(path))


def test_empty_data_is_silence_of_no_length(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(b""))
    assert len(read_wav(path)) == 0
    assert list(WavSource(path).blocks()) == []


def test_cut_off_file_is_read_as_far_as_it_goes_and_says_so(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(encode(tone(16_000), 1, 16)[:8_001], announced=16_000))
    source = WavSource(path)
    assert len(read_wav(path)) == 4_000
    assert "holds 0.3 s of the 0.5 s" in source.note


def test_length_that_a_pipe_could_not_know_is_no_damage(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(encode(tone(16_000), 1, 16), announced=0xFFFFFFFF))
    assert WavSource(path).note == ""
    assert is_tone(read_wav(path))


def test_what_is_no_number_is_silence(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(np.array([np.nan, np.inf, -np.inf, 0.5], "<f4").tobytes(), code=3, bits=32))
    assert read_wav(path).tolist() == [0.0, 0.0, 0.0, 0.5]


def test_written_wav_is_read_back(tmp_path):
    path = tmp_path / "a.wav"
    samples = np.array([0.0, 0.5, -0.5, 1.5, -1.5], np.float32)
    write_wav(path, samples)
    assert np.allclose(read_wav(path), [0.0, 0.5, -0.5, 1.0, -1.0], atol=1e-4)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is not a WAV file"),
        (b"ID3\x04" + bytes(100), "is not a WAV file"),
        (b"RIFF\x00\x00\x00\x00AVI " + bytes(50), "is not a WAV file"),
        (wav(b"")[:30], "ends before its data"),
        (wav(bytes(8), code=7, bits=8), "compressed or unusual"),
        (wav(bytes(8), bits=12), "compressed or unusual"),
        (wav(bytes(8), channels=0), "0 channels"),
        (wav(bytes(8), rate_hz=0), "0 Hz"),
    ],
)
def test_what_is_no_readable_wav_is_refused_in_one_line(tmp_path, content, says):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(MatsideError, match=says) as refusal:
        read_wav(path)
    assert "\n" not in str(refusal.value)
    assert refusal.value.hint


@pytest.mark.skipif(os.name == "nt", reason="devices are files on POSIX only")
def test_devices_folders_and_missing_files_are_refused(tmp_path):
    from pathlib import Path

    for path in (Path("/dev/zero"), tmp_path, tmp_path / "none.wav", Path("a\0b.wav")):
        with pytest.raises(MatsideError):
            read_wav(path)


def test_file_larger_than_any_wav_is_refused(tmp_path):
    path = tmp_path / "huge.wav"
    with path.open("wb") as file:
        file.truncate(2**32 + 1)
    with pytest.raises(MatsideError, match="larger than any WAV"):
        read_wav(path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 59), byte=st.integers(0, 255), cut=st.integers(0, 80), size=st.integers(0, 20))
def test_damaged_header_never_raises_anything_else(tmp_path, at, byte, cut, size):
    content = bytearray(wav(bytes(2 * size), extensible=True))
    content[min(at, len(content) - 1)] = byte
    path = tmp_path / "a.wav"
    path.write_bytes(bytes(content[: len(content) - cut]))
    try:
        samples = read_wav(path)
    except MatsideError:
        return
    assert np.all(np.isfinite(samples))
