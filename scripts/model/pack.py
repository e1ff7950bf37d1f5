"""Pack the corpus for a machine that only trains: a few files that it can be carried in.

    pack.py WORK --to DIR

Writes DIR/clips.json (what every clip is, with its phones) and DIR/sound-NN.mp3: half an hour of clips each,
one after the other, as MPEG layer III of some 25 kbit/s. That keeps the whole band (on people's words
1 dB lost between 6.8 and 7.6 kHz, the error 21 dB below the speech), where Opus takes twenty times as long
to write and Vorbis of the same size makes noise of the upper band.
"""

import argparse
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile
from corpus import FINGERPRINT, RATE_HZ, Clip, Samples, Store, fingerprint, stores
from lexicon import phones_of

CHUNK_S: Final = 1_800
DEV_SOURCES: Final = ("words", "wakewords")
DEV_CLIPS: Final = 150
_GAP: Final = np.zeros(160, np.int16)
_QUALITY: Final = 0.9
"""Of libsndfile's scale, 0 best; 25 kbit/s."""


def chosen(work: Path) -> list[tuple[Store, Clip, list[int]]]:
    """List what is trained on, and a few clips of people who aren't, by which training is watched."""
    listed: list[tuple[Store, Clip, list[int]]] = []
    for store in stores(work / "corpus"):
        clips = store.clips()
        listed += [(store, clip, phones) for clip, phones in usable(clips)]
        if store.name in DEV_SOURCES:
            held = [clip for clip in clips if clip.split == "dev"]
            each = max(1, len(held) // DEV_CLIPS)
            listed += [(store, clip, phones) for clip in held[::each] if (phones := phones_of(clip.text))]
    return listed


def usable(clips: list[Clip]) -> list[tuple[Clip, list[int]]]:
    """Keep what can be trained on: every word has phones; of what a machine wrote, only frequent words."""
    often = Counter(word for clip in clips for word in set(clip.text.split()))
    kept = []
    for clip in clips:
        doubtful = clip.source == "orders" and any(often[word] < 6 for word in clip.text.split())
        phones = None if clip.split != "train" or doubtful or not clip.text else phones_of(clip.text)
        if phones and clip.count / RATE_HZ < 8.5 and clip.count / RATE_HZ > 0.035 * len(phones):
            kept.append((clip, phones))
    return kept


def pack(listed: list[tuple[Store, Clip, list[int]]], folder: Path) -> None:
    """Write the clips, if they aren't there.

    A gap of 10 ms after each keeps the coder's echo out of the next. What is there of other clips is taken
    away, for sound and phones would not belong together.
    """
    about = [
        [clip.source, clip.kind, clip.split, clip.start, clip.count, phones] for _, clip, phones in listed
    ]
    own = hashlib.sha256(json.dumps(about).encode()).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    if fingerprint(folder) != own:
        for old in (*folder.glob("sound-*.mp3"), *folder.glob("clips.json")):
            old.unlink()
        _replace(folder / FINGERPRINT, own)
    elif (folder / "clips.json").is_file():
        print(f"{len(listed):,} clips are packed already")
        return
    rows, parts = list[dict[str, Any]](), list[Samples]()
    place = chunk = 0
    for store, clip, phones in listed:
        row = {"source": clip.source, "kind": clip.kind, "split": clip.split, "phones": phones}
        rows.append(row | {"chunk": chunk, "start": place, "count": clip.count})
        parts += [store.sound(clip), _GAP]
        place += clip.count + len(_GAP)
        if place > CHUNK_S * RATE_HZ:
            _write(folder / f"sound-{chunk:02}.mp3", parts)
            place, chunk, parts = 0, chunk + 1, []
    if parts:
        _write(folder / f"sound-{chunk:02}.mp3", parts)
    _replace(folder / "clips.json", json.dumps(rows))
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{len(rows):,} clips, {sum(row['count'] for row in rows) / RATE_HZ / 60:.0f} min, {size:,} bytes")


def _replace(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.rename(path)


def _write(path: Path, parts: list[Samples]) -> None:
    if not path.is_file():
        part = path.with_suffix(".part")
        sound = np.concatenate(parts)
        soundfile.write(
            part, sound, RATE_HZ, format="MP3", subtype="MPEG_LAYER_III", compression_level=_QUALITY
        )
        part.rename(path)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    pack(chosen(given.work), given.to)


if __name__ == "__main__":
    main()
