"""Judge a model folder on what the ear heard: read every utterance once, then ask for any costs.

The utterances are decoded by the real Vosk with a graph in which anything else costs nothing but a little a
phone, so that it always leads; how far a phrase is behind it is what every threshold cuts. Only what changes
the race among anything else itself, its cost a phone, needs decoding again.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import texts
from heard import Condition, Heard

sys.path.insert(0, str(texts.ROOT / "src"))

import vosk

from matside.hear.command_graph import GraphCosts, Vocabulary, command_graph
from matside.understand.transcript import UNKNOWN

READINGS: Final = 40
BEHIND: Final = 12.0
"""How far behind the best, in natural logarithms, a reading may be and still be given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What a graph is made of.

    Attributes:
        phrases: What may be commanded.
        decoys: What is recognised and means nothing.
        urgent: Those of the phrases that are taken on less evidence.
    """

    phrases: tuple[str, ...]
    decoys: tuple[str, ...]
    urgent: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One utterance's readings: text and score behind "anything else", best first."""

    heard: Heard
    ranked: tuple[tuple[str, float], ...]


class Judge:
    """A network with a graph for judging.

    Args:
        folder: The model.
        book: What to listen for.
        race: Costs of a phone of anything else, and of a blank.
    """

    def __init__(
        self, folder: Path, book: Book, race: tuple[float, float], lattice_beam: float = 12.0
    ) -> None:
        vosk.SetLogLevel(-1)
        self._read: dict[int, list[Reading]] = {}
        phone, blank = race
        costs = GraphCosts(
            garbage=0.0, garbage_phone=phone, decoy=0.0, short=0.0, long=0.0, urgent=0.0, blank=blank
        )
        self.vocabulary = Vocabulary.read(folder)
        fst = command_graph(self.vocabulary, book.phrases, decoys=book.decoys, urgent=(), costs=costs)
        with tempfile.TemporaryDirectory() as name:
            copy = Path(name) / "model"
            shutil.copytree(folder, copy)
            fst.write(copy / "graph/HCLG.fst")
            conf = (copy / "conf/model.conf").read_text(encoding="utf-8").splitlines()
            conf = [line for line in conf if not line.startswith("--lattice-beam")]
            (copy / "conf/model.conf").write_text(
                "\n".join([*conf, f"--lattice-beam={BEHIND}\n"]), encoding="utf-8"
            )
            self._model = vosk.Model(model_path=str(copy))

    def read(self, heard: Heard) -> Reading:
        """Read one utterance."""
        recogniser: Any = vosk.KaldiRecognizer(self._model, 16_000.0)
        recogniser.SetMaxAlternatives(READINGS)
        recogniser.AcceptWaveform(
            np.clip(np.rint(heard.samples * 32767), -32768, 32767).astype("<i2").tobytes()
        )
        answer = json.loads(recogniser.FinalResult())
        scored = {
            one["text"]: float(one["confidence"]) for one in answer.get("alternatives", []) if one["text"]
        }
        ahead = scored.get(UNKNOWN, max(scored.values(), default=0.0))
        ranked = sorted(((text, score - ahead) for text, score in scored.items()), key=lambda pair: -pair[1])
        return Reading(heard=heard, ranked=tuple(ranked))

    def read_all(self, condition: Condition) -> list[Reading]:
        """Read every utterance of a condition, once."""
        if id(condition) not in self._read:
            self._read[id(condition)] = self.read_each(condition.heard)
        return self._read[id(condition)]

    def read_each(self, heard: Iterable[Heard]) -> list[Reading]:
        """Read utterances on all cores; Vosk lets go of Python's lock meanwhile."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(self.read, heard))

    def phones(self, phrase: str) -> int:
        """Count a phrase's phones."""
        return sum(len(self.vocabulary.pronunciations[word][0]) for word in phrase.split())


def decide(reading: Reading, book: Book, costs: GraphCosts, phones: dict[str, int]) -> tuple[str, float]:
    """Give the text that wins under these costs, and by how much it leads.

    Phrases that are in neither `phones` nor the book's decoys count as not listened for.
    """
    scored = []
    for text, score in reading.ranked:
        if text == UNKNOWN:
            scored.append((score - costs.garbage, text))
        elif text in phones:
            bonus = costs.urgent if text in book.urgent else 0.0
            scored.append((score - costs.of_length(phones[text]) + bonus, text))
        elif text in book.decoys:
            scored.append((score - costs.decoy, text))
    scored.sort(reverse=True)
    if not scored:
        return "", 0.0
    return scored[0][1], scored[0][0] - scored[1][0] if len(scored) > 1 else 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How clips came out, in clips.

    Attributes:
        right: Taken for the right command.
        wrong: Taken for another.
        missed: Taken for none.
        unheard: Of the missed, those in which the ear found no utterance at all, whatever the model.
    """

    right: int
    wrong: int
    missed: int
    unheard: int

    @property
    def clips(self) -> int:
        """Count them all."""
        return self.right + self.wrong + self.missed

    @property
    def right_percent(self) -> float:
        """Give the share taken for the right command."""
        return 100 * self.right / max(1, self.clips)

    @property
    def wrong_percent(self) -> float:
        """Give the share taken for another."""
        return 100 * self.wrong / max(1, self.clips)

    def __str__(self) -> str:
        whole = max(1, self.clips)
        return (
            f"{100 * self.right / whole:.1f} % right, {100 * self.wrong / whole:.1f} % wrong, "
            f"{100 * self.unheard / whole:.1f} % not noticed, of {self.clips}"
        )


def accepted(
    readings: Iterable[Reading],
    book: Book,
    costs: GraphCosts,
    phones: dict[str, int],
    least: tuple[float, frozenset[str]] = (0.0, frozenset()),
) -> Iterator[tuple[Reading, str, float]]:
    """Give the utterances that would be taken for a command, with the phrase and its lead.

    Args:
        readings: What was read.
        book: The phrases.
        costs: Of the paths.
        phones: How many each phrase has.
        least: The lead that a command must have, and the phrases that needn't.
    """
    for reading in readings:
        text, lead = decide(reading, book, costs, phones)
        if (
            text in phones
            and (lead >= least[0] or text in least[1])
            and (reading.heard.is_fair or text in book.urgent)
        ):
            yield reading, text, lead


def count(
    condition: Condition,
    taken: Sequence[tuple[Reading, str, float]],
    wanted: frozenset[str],
    same: dict[str, str],
) -> Count:
    """Count the clips that say one of the phrases `wanted`.

    Args:
        condition: The clips.
        taken: What was accepted of them.
        wanted: Phrases whose clips count.
        same: Each phrase's command; another phrase of the same command is right as well.
    """
    by_clip: dict[int, list[str]] = {}
    for reading, text, _ in taken:
        by_clip.setdefault(reading.heard.clip, []).append(same.get(text, text))
    noticed = {one.clip for one in condition.heard}
    right = wrong = missed = unheard = 0
    for number, (truth, _) in enumerate(condition.truths):
        if truth not in wanted:
            continue
        got = by_clip.get(number, [])
        if any(command != same.get(truth, truth) for command in got):
            wrong += 1
        elif got:
            right += 1
        else:
            missed += 1
            unheard += number not in noticed
    return Count(right=right, wrong=wrong, missed=missed, unheard=unheard)
