"""Measure each decoy by itself: which commands it takes away, and which other words it catches.

Every phrase and many single words that are no command are heard in a quiet room with all decoys in the
grammar. A decoy that stands where a command was said costs recall; one that stands where another word was
said has kept that word from becoming a command.

    python scripts/bench_decoys.py [--language ko] [--voices 3] [--model DIR]
"""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from make_hearing_set import make, voices_of
from matside.content.library import load_library
from matside.hear.model_search import FoundModel, find_model
from matside.hear.vosk_recogniser import load_model
from matside.measure.hearing import as_scene, hear
from matside.measure.hearing_set import read_hearing_set
from matside.understand.phrasebook import Phrasebook


def main() -> None:
    """Hear everything and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--language", default="ko")
    parser.add_argument("--voices", type=int, default=3)
    parser.add_argument("--model", type=Path, help="folder of the model")
    given = parser.parse_args()
    words = load_library().languages[given.language]
    book = Phrasebook.of(words.phrasebook)
    found = find_model(words.model, given.model)
    if not isinstance(found, FoundModel):
        raise SystemExit(f"There is no {words.model} here.")
    model = load_model(found.path)
    stolen: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    taken = others = 0
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), given.language, minutes=0.1, voices=voices_of(given.language, given.voices))
        for clip in read_hearing_set(Path(folder), book).clips:
            if clip.wanted is None and clip.kind != "one other word":
                continue
            result = hear(as_scene(clip), model, book)
            heard = {word for told in result.heard for word in told.split(" (")[0].split()}
            (caught if clip.wanted is None else stolen).update(heard & set(book.decoys))
            others += clip.wanted is None
            taken += clip.wanted is None and bool(result.taken)
    print(f"{'decoy':14}{'commands taken away':>22}{'other words caught':>22}")
    for decoy in book.decoys:
        print(f"{decoy:14}{stolen[decoy]:>22}{caught[decoy]:>22}")
    print(f"other words that became a command all the same: {taken} of {others}")


if __name__ == "__main__":
    main()
