"""Count the commands that a session takes from talk: the ear, the recogniser and the rules, all as shipped.

Talk is judged five minutes at a time, each with a fresh ear, in the middle of a hold, as `matside bench
hearing` judges a folder of recordings: shorter ones would end before it is known that others talk. What
judges is never tuned on; on the rest of the talk costs are tuned, with utterances that the ear cut out once
and readings that were made once.
"""

import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import texts
from corpus import RATE_HZ, Store
from heard import Heard, Listening, Sound, continuous, length_s
from judge import Book, Reading, decide
from talk import JUDGES, TUNES, Scribe

sys.path.insert(0, str(texts.ROOT / "src"))

from matside.content.library import load_library
from matside.hear.command_graph import GraphCosts
from matside.hear.command_model import Confidence
from matside.hear.ear import Ear
from matside.hear.vosk_recogniser import VoskRecogniser, load_model
from matside.measure.hearing import Judge
from matside.pcm import Pcm
from matside.session.command import Command, Ignored, Situation
from matside.understand.phrasebook import Phrasebook
from matside.understand.transcript import UNKNOWN, Transcript, Word

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What the ear cut out of the talk that is tuned on.

    Attributes:
        pieces: Of each piece of five minutes, the utterances with their times; None instead of the sound
            of what no recogniser gets, a click or long talk.
    """

    pieces: tuple[tuple[tuple[Heard | None, Transcript], ...], ...]

    @property
    def heard(self) -> Iterator[Heard]:
        """Give what a recogniser gets."""
        return (heard for piece in self.pieces for heard, _ in piece if heard is not None)

    @property
    def hours(self) -> float:
        """Tell how long it all lasts."""
        return len(self.pieces) * MINUTES / 60


def pieces_of(work: Path, sources: Sequence[str] = JUDGES) -> Iterator[tuple[str, int, Sound]]:
    """Give talk in pieces, with the minute."""
    rng = np.random.default_rng(0)
    for name in sources:
        store = Store(work / "corpus", name)
        lines = [(store, clip) for clip in store.clips()]
        sound, whole = continuous(lines), int(length_s(lines) // 60)
        for minute in range(0, whole - MINUTES + 1, MINUTES):
            yield name, minute, sound(rng, _PIECE)


def lines_to_tune_on(work: Path) -> Lines:
    """Cut them out: a few seconds a piece."""
    pieces = []
    for name, _, sound in pieces_of(work, TUNES):
        listening = Listening()
        pieces.append(tuple(listening.transcripts(sound, None, ("", name, -1))))
    return Lines(pieces=tuple(pieces))


def simulated(
    lines: Lines,
    read: Mapping[int, Reading],
    book: Book,
    phones: dict[str, int],
    settings: tuple[GraphCosts, Confidence],
) -> list[str]:
    """Give the phrases that a session would take of the lines, at these costs.

    Args:
        lines: What was cut out.
        read: The readings, by the identity of the utterance.
        book: The phrases.
        phones: How many each phrase has.
        settings: What paths cost, and what a lead is worth.
    """
    costs, confidence = settings
    known = Phrasebook.of(load_library().languages["en"].phrasebook)
    taken = list[str]()
    for piece in lines.pieces:
        judge = Judge(known)
        for heard, times in piece:
            text, lead = "", 0.0
            if heard is not None:
                text, lead = decide(read[id(heard)], book, costs, phones)
            words = _words(text, lead, confidence, times)
            if not isinstance(judge.decide(replace(times, words=words), Situation.HOLD), Ignored):
                taken.append(text)
    return taken


def _words(text: str, lead: float, confidence: Confidence, times: Transcript) -> tuple[Word, ...]:
    sure = 0.0 if text == UNKNOWN else confidence.of(lead)
    is_doubtful = confidence.of(lead) < confidence.least and text not in confidence.spared
    start_ms, end_ms = times.began_ms, times.ended_ms
    return tuple(
        Word(text=word, start_ms=start_ms, end_ms=end_ms, confidence=sure, is_doubtful=is_doubtful)
        for word in text.split()
    )


def takes(work: Path, model: Path) -> tuple[list[Taken], float]:
    """Hear it all, on all cores, and give what was taken, and the hours."""
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, multiprocessing.get_context("spawn")) as pool:
        asked = [pool.submit(_takes_of, work, model, share, cores) for share in range(cores)]
        shares = [one.result() for one in asked]
    found = sorted((one for share, _ in shares for one in share), key=lambda pair: pair[0])
    return [taken for _, taken in found], sum(count for _, count in shares) * MINUTES / 60


def _takes_of(work: Path, model: Path, share: int, shares: int) -> tuple[list[tuple[int, Taken]], int]:
    """Hear one piece in so many: what was taken, with the piece's number, and how many they were."""
    loaded, scribe = load_model(model), Scribe()
    book = Phrasebook.of(load_library().languages["en"].phrasebook)
    found, count = list[tuple[int, Taken]](), 0
    for number, (name, minute, sound) in enumerate(pieces_of(work)):
        if number % shares != share:
            continue
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
                taken = Taken(source=name, minute=minute, command=decision, text=one.text, is_said=is_said)
                found.append((number, taken))
    return found, count
