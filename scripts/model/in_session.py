"""Count the commands that a session takes from talk: the ear, the recogniser and the rules, all as shipped.

Talk is judged five minutes at a time, each with a fresh ear, in the middle of a hold, as `matside bench
hearing` judges a folder of recordings: shorter ones would end before it is known that others talk. Half of
the dialogue is never tuned on, and it alone counts, with the prompts.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import texts
from corpus import RATE_HZ, Store
from heard import Sound, continuous, length_s
from talk import SOURCES, Scribe

sys.path.insert(0, str(texts.ROOT / "src"))

from matside.content.library import load_library
from matside.hear.ear import Ear
from matside.hear.vosk_recogniser import VoskRecogniser, load_model
from matside.measure.hearing import Judge
from matside.pcm import Pcm
from matside.session.command import Command, Ignored, Situation
from matside.understand.phrasebook import Phrasebook
from matside.understand.transcript import Transcript

MINUTES: Final = 5
_PIECE: Final = MINUTES * 60 * RATE_HZ
_BLOCK: Final = 1_600
_AROUND: Final = RATE_HZ // 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A command that was taken.

    Attributes:
        source: Where the talk is from.
        minute: Where in it the piece begins.
        is_said: Whether it was truly said, alone, by the scribe's writing.
    """

    source: str
    minute: int
    command: Command
    text: str
    is_said: bool


def pieces_of(work: Path) -> Iterator[tuple[str, int, Sound]]:
    """Give the talk that judges in pieces, with the minute: half of the dialogue, and all prompts."""
    rng = np.random.default_rng(0)
    for name in SOURCES:
        store = Store(work / "corpus", name)
        lines = [(store, clip) for clip in store.clips()]
        sound, whole = continuous(lines), int(length_s(lines) // 60)
        for minute in range(0, whole - MINUTES + 1, MINUTES):
            part = sound(rng, _PIECE)
            if name != SOURCES[0] or minute >= whole // 2:
                yield name, minute, part


def takes(work: Path, model: Path) -> tuple[list[Taken], float]:
    """Hear it all, and give what was taken, and the hours."""
    loaded, scribe = load_model(model), Scribe()
    book = Phrasebook.of(load_library().languages["en"].phrasebook)
    found, count = list[Taken](), 0
    for name, minute, sound in pieces_of(work):
        count += 1
        ear, judge = Ear(VoskRecogniser(loaded)), Judge(book)
        ear.decoys = frozenset(book.decoys)
        ear.attend(book.phrases_for(Situation.HOLD))
        for at in range(0, len(sound), _BLOCK):
            for one in ear.feed(Pcm(samples=sound[at : at + _BLOCK], start=at)):
                if not isinstance(one, Transcript):
                    continue
                decision = judge.decide(one, Situation.HOLD)
                if isinstance(decision, Ignored):
                    continue
                part = sound[max(0, one.began_ms * 16 - _AROUND) : one.ended_ms * 16 + _AROUND]
                said = {book.command_for(text, Situation.HOLD) for text in scribe.texts(part)}
                is_said = decision in said
                found.append(
                    Taken(source=name, minute=minute, command=decision, text=one.text, is_said=is_said)
                )
    return found, count * MINUTES / 60
