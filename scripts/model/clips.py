"""Choose held-out clips for audio/commands/english: a few people's words, and every phrase by a Kokoro voice.

    clips.py WORK

The first ones of each text are taken as they come, whether they are heard or not; nobody of them is in
training. The tests play them, and so can anybody: matside bench hearing audio/commands/english --language en
"""

import argparse
import csv
import wave
from pathlib import Path
from typing import Final

import numpy as np
import texts
from corpus import RATE_HZ, Clip, Store
from evaluate import held_out, shipped_book

TO: Final = texts.ROOT / "audio/commands/english"
COMMANDS_EACH: Final = 6
OTHERS_EACH: Final = 1
_EDGE: Final = np.zeros(RATE_HZ * 3 // 10, "<i2").tobytes()


def chosen(work: Path) -> list[tuple[Store, Clip]]:
    """Give the first clips of each text: six of a command by people, one of anything else and by a voice."""
    _, same = shipped_book()
    taken, kept = dict[tuple[str, str], int](), []
    for store, clip in held_out(work, ["words", "wakewords", "kokoro-dev"]):
        is_voice = store.name == "kokoro-dev"
        if is_voice and clip.text not in same:
            continue
        key = (store.name, clip.text)
        taken[key] = taken.get(key, 0) + 1
        if taken[key] <= (COMMANDS_EACH if clip.text in same and not is_voice else OTHERS_EACH):
            kept.append((store, clip))
    return kept


def write(clips: list[tuple[Store, Clip]], folder: Path) -> None:
    """Write them with a manifest, a little silence around each; older ones go."""
    _, same = shipped_book()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.wav"):
        old.unlink()
    rows = list[tuple[str, ...]]()
    for number, (store, clip) in enumerate(clips):
        who = "voice" if store.name == "kokoro-dev" else "people"
        name = f"{who}_{clip.text.replace(' ', '-').replace(chr(39), '')}_{number:03}.wav"
        with wave.open(str(folder / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(_EDGE + store.sound(clip).astype("<i2").tobytes() + _EDGE)
        is_command = clip.text in same
        rows.append((name, clip.text if is_command else "", "command" if is_command else "speech", who, "en"))
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as table:
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(("path", "text", "kind", "condition", "language"))
        writer.writerows(rows)
    print(f"{len(rows)} recordings in {folder.relative_to(texts.ROOT)}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    write(chosen(parser.parse_args().work), TO)


if __name__ == "__main__":
    main()
