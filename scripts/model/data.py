"""Make and list the corpus.

    data.py WORK human --human DIR      decode the human clips, holding whole speakers out
    data.py WORK orders --human DIR     write down the untranscribed orders by machine
    data.py WORK synth VOICE --minutes N    let a voice speak until it has spoken so long in all
    data.py WORK synth VOICE --dev --minutes N    the same for judging: only the phrases, in turn
    data.py WORK list                   minutes, clips and speakers of every source

WORK is the folder for everything that isn't committed. Each can be broken off and started again.
"""

import argparse
import csv
import itertools
import random
import subprocess
import sys
import zlib
from collections import defaultdict
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
import texts
from corpus import RATE_HZ, Samples, Store, stores, to_int16

HELD_OUT_PERCENT: Final = 20
ORDERS_HELD_OUT_PERCENT: Final = 50
"""Of the orders, half: they are the only running speech of many people, so they also judge false accepts."""
LONGEST_S: Final = 9.0


def is_held_out(speaker: str, percent: int = HELD_OUT_PERCENT) -> bool:
    """Decide whether a speaker is kept for judging; by name alone, so that no run disagrees with another."""
    return zlib.crc32(f"matside:{speaker}".encode()) % 100 < percent


def decode(path: Path) -> Samples:
    """Read a clip of Opus at 16 kHz."""
    sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    if rate_hz != RATE_HZ:
        import soxr

        sound = soxr.resample(sound, rate_hz, RATE_HZ)
    return np.rint(np.clip(sound[:, 0], -1, 1) * 32767).astype(np.int16)


def trimmed(samples: Samples, keep_ms: int = 150) -> Samples:
    """Cut silence from both ends, but for `keep_ms`; CTC learns little from blanks."""
    frame = RATE_HZ // 100
    whole = samples[: len(samples) // frame * frame].astype(np.float32).reshape(-1, frame)
    level_db = 10 * np.log10((whole**2).mean(axis=1) + 1.0)
    loud = np.flatnonzero(level_db > max(level_db.max() - 32, np.percentile(level_db, 10) + 6))
    if len(loud) == 0:
        return samples
    keep = keep_ms // 10
    return samples[max(0, loud[0] - keep) * frame : (loud[-1] + 1 + keep) * frame]


def human(work: Path, clips: Path) -> None:
    """Decode what people said and somebody wrote down."""
    have = {store.name: len(store.clips()) for store in stores(work / "corpus")}
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (clips / "manifest.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            rows[row["path"].split("/")[0]].append(row)
    for source in ("words", "wakewords", "lj", "vctk"):
        store = Store(work / "corpus", source)
        for row in rows[source][have.get(source, 0) :]:
            text, speaker = texts.plain(row["text"]), row["speaker"]
            kind = "word" if source in {"words", "wakewords"} else "sentence"
            split = "dev" if kind == "word" and is_held_out(speaker) else "train"
            store.append(
                trimmed(decode(clips / row["path"])), text=text, speaker=speaker, kind=kind, split=split
            )


def orders(work: Path, clips: Path) -> None:
    """Write down the orders with a recogniser for open speech; what it says is trusted where it is sure."""
    from moonshine_voice import ModelArch, Transcriber, get_model_path

    listener = Transcriber(str(get_model_path("tiny-en")), ModelArch.TINY)
    store = Store(work / "corpus", "orders")
    files = sorted((clips / "orders").glob("*.opus"))
    for file in files[len(store.clips()) :]:
        samples = decode(file)
        answer = listener.transcribe_without_streaming((samples / 32768.0).tolist(), RATE_HZ)
        text = texts.plain(" ".join(line.text for line in answer.lines))
        split = "dev" if is_held_out(file.stem, ORDERS_HELD_OUT_PERCENT) else "train"
        store.append(trimmed(samples), text=text, speaker=f"orders:{file.stem}", kind="sentence", split=split)


def synth(work: Path, engine: str, minutes: float, *, is_dev: bool) -> None:
    """Let a voice speak. A clip's draw depends on its number alone, so a run goes on as if unbroken."""
    from voices import open_voice

    name = f"{engine}-dev" if is_dev else engine
    store = Store(work / "corpus", name)
    clips = store.clips()
    number, spoken = len(clips), sum(clip.count for clip in clips)
    phrases = (("phrase", phrase) for phrase in itertools.cycle(texts.phrases()))
    said = phrases if is_dev else texts.endless(zlib.crc32(name.encode()))
    for _ in range(number):
        next(said)
    voice = open_voice(engine, work / "pkg")
    while spoken < minutes * 60 * RATE_HZ:
        kind, text = next(said)
        rng = random.Random(f"{name}:{number}")  # noqa: S311
        number += 1
        try:
            sound, speaker = voice.say(text, rng)
        except (subprocess.SubprocessError, ValueError, RuntimeError) as problem:
            print(f"{name} {number}: {text!r}: {problem}", file=sys.stderr)
            sound, speaker, text = np.zeros(RATE_HZ // 4, np.float32), name, ""
        samples = trimmed(to_int16(sound)) if is_usable(sound) else np.zeros(RATE_HZ // 4, np.int16)
        text = text if is_usable(sound) else ""
        store.append(samples, text=text, speaker=speaker, kind=kind, split="dev" if is_dev else "train")
        spoken += len(samples)


def is_usable(sound: npt.NDArray[np.floating]) -> bool:
    """Say whether an engine gave finite sound of a sane length."""
    return bool(0.2 * RATE_HZ < len(sound) < LONGEST_S * RATE_HZ and np.isfinite(sound).all() and sound.any())


def show(work: Path) -> None:
    """Print minutes, clips and speakers of each source and split."""
    print("source\tsplit\tclips\tspeakers\tminutes")
    for store in stores(work / "corpus"):
        clips = store.clips()
        for split in ("train", "dev"):
            own = [clip for clip in clips if clip.split == split]
            if own:
                people, length = (
                    {clip.speaker for clip in own},
                    sum(clip.count for clip in own) / RATE_HZ / 60,
                )
                print(f"{store.name}\t{split}\t{len(own)}\t{len(people)}\t{length:.1f}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("step", choices=["human", "orders", "synth", "list"])
    parser.add_argument("voice", nargs="?", default="kokoro")
    parser.add_argument("--human", type=Path, help="folder with manifest.tsv and the human clips")
    parser.add_argument("--dev", action="store_true", help="for judging; never trained on")
    parser.add_argument("--minutes", type=float, default=60.0)
    given = parser.parse_args()
    match given.step:
        case "human":
            human(given.work, given.human)
        case "orders":
            orders(given.work, given.human)
        case "synth":
            synth(given.work, given.voice, given.minutes, is_dev=given.dev)
        case _:
            show(given.work)


if __name__ == "__main__":
    main()
