"""A model made for commands: its graph is built here from the phrases, and its scores say how sure it is.

Vosk gives the best few readings of an utterance with their scores, each a path of the graph: phrases, decoys
and "anything else" (see `command_graph`). Who wins is the answer; by how much is the confidence. Vosk's own
confidence isn't used: it compares readings that all come from one short list, so it is nearly always 1.

The graph that lies in the model's folder is the shipped phrasebook's. Phrases that it doesn't hold are added
by building it anew, in a fraction of a second, in a folder of its own that is gone once Vosk has read it.
"""

import contextlib
import math
import os
import shutil
import tempfile
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from matside.hear.command_graph import GraphCosts, Vocabulary, command_graph
from matside.understand.transcript import UNKNOWN, Word
from matside.units import Db

SETTINGS: Final = "model.toml"
COMPANION: Final = "companion.toml"
"""What makes a folder one that goes with a general model: `companion`."""
_UNMEASURED: Final = "experimental: measured with synthesised voices alone"
READINGS: Final = 6
"""How many of the best readings Vosk is asked for."""
_LONE_MARGIN: Final = 8.0
"""How far the next reading is behind at least where Vosk gives none: its lattice holds no more."""
_NEEDED: Final = (
    "am/final.mdl",
    "conf/mfcc.conf",
    "conf/model.conf",
    "graph/words.txt",
    "graph/phones.txt",
)


def is_command_model(folder: Path) -> bool:
    """Say whether a model's folder is of this kind."""
    return (folder / SETTINGS).is_file()


def is_default(folder: Path) -> bool:
    """Say whether a folder holds a command model that is good enough to be used unasked: docs/model.md."""
    try:
        return is_command_model(folder) and bool(_settings(folder)["measured"]["default"])
    except (OSError, ValueError, KeyError):
        return False


def quality(folder: Path) -> str:
    """Tell in a few words how good a command model is; empty for any other model."""
    if not is_command_model(folder):
        return _UNMEASURED if (folder / COMPANION).is_file() else ""
    try:
        measured = _settings(folder)["measured"]
    except (OSError, ValueError, KeyError):
        return "how good it is was never measured"
    standing = "" if measured["default"] else "experimental: "
    return (
        f"{standing}of people's commands {measured['right_percent']:.0f} % right, "
        f"{measured['wrong_percent']:.1f} % taken for another, "
        f"{measured['false_an_hour']:.2g} false an hour of other people's talk"
    )


def costs_of(folder: Path) -> GraphCosts:
    """Read what the paths of the graph cost."""
    return GraphCosts(**_settings(folder)["costs"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """Turn a margin between two scores, in natural logarithms, into a probability: logistic, fitted.

    Attributes:
        least: A reading that is less probable is doubtful, for it leads all else by too little.
        spared: Phrases that aren't doubted, because missing them costs more than a false one.
    """

    slope: float
    offset: float
    least: float = 0.0
    spared: Sequence[str] = ()

    def of(self, margin: float) -> float:
        """Give the probability, 0 to 1, that a reading is right that leads by this margin, at least 0."""
        return 1.0 / (1.0 + math.exp(-(self.slope * margin + self.offset)))

    @property
    def least_margin(self) -> float:
        """The margin below which a reading is doubtful; 0 where any margin will do."""
        if not 0.0 < self.least < 1.0:
            return 0.0 if self.least <= 0.0 else math.inf
        return max(0.0, (math.log(self.least / (1.0 - self.least)) - self.offset) / self.slope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How readings are to be taken.

    Attributes:
        alike: Groups of phrases that mean the same; how far one leads another of its group says nothing.
        is_whole: Whether words are timed as one. In a graph without word boundaries the decoder moves the
            labels of words to where paths part, so that a phrase is in its place and its words aren't.
        is_fitted: Whether the confidence was fitted on speech, so that it is a probability.
    """

    alike: Sequence[Sequence[str]] = ()
    is_whole: bool = False
    is_fitted: bool = True

    def meaning(self, text: str) -> str:
        """Give one name for all texts that mean the same, a phrase said twice among them."""
        words = text.split()
        half = len(words) // 2
        if half and words[:half] == words[half:]:
            words = words[:half]
        phrase = " ".join(words)
        return next((group[0] for group in self.alike if phrase in group), phrase)


class CommandGraph(ABC):
    """A graph of commands: what it holds, and the graph anew where it lacks a phrase.

    Args:
        held: The phrases that it holds.
        decoys: What it holds besides, and means nothing.

    Attributes:
        confidence: What a lead over other readings is worth.
        reading: How its readings are to be taken.
        denoising_db: The denoiser's floor, in noise and in a quiet room. Measured: a network that was
            trained in noise gains nothing by it.
        general: The folder of the general model whose network it uses; None where it has its own.
    """

    confidence: Confidence
    reading = Reading()
    denoising_db: tuple[Db, Db] = (0.0, 0.0)
    general: Path | None = None

    def __init__(self, held: Iterable[str], decoys: Sequence[str]) -> None:
        self._held, self._decoys = tuple(held), tuple(decoys)

    @abstractmethod
    def knows(self, phrase: str) -> bool:
        """Say whether every word of a phrase can be put into the graph."""

    @abstractmethod
    def open(self, load: Callable[[Path], Any]) -> Any:
        """Load the model with the phrases that it holds; `load` takes a model's folder."""

    @abstractmethod
    def _lay(self, phrases: Sequence[str], folder: Path) -> None:
        """Make a model's folder whose graph holds these phrases."""

    def lacks(self, phrases: Sequence[str]) -> bool:
        """Say whether the graph must be built anew to hold these phrases; unknown words aside."""
        new = set(phrases).difference(self._held, self._decoys)
        return any(self.knows(phrase) for phrase in new)

    def hold(self, phrases: Sequence[str], load: Callable[[Path], Any]) -> Any:
        """Build the graph anew, with these phrases added to those that it held.

        Args:
            phrases: More phrases; those with unknown words are left out.
            load: Loads a model's folder, which is gone afterwards.

        Returns:
            What `load` gave. Where it fails, what was held stays so.
        """
        new = (phrase for phrase in phrases if phrase not in self._decoys)
        held = tuple(dict.fromkeys((*self._held, *new)))
        with tempfile.TemporaryDirectory(prefix="matside-graph-") as name:
            self._lay(held, Path(name))
            loaded = load(Path(name))
        self._held = held
        return loaded


class CommandModel(CommandGraph):
    """A model whose network was trained for its commands.

    Args:
        folder: Where the model lies.
    """

    def __init__(self, folder: Path) -> None:
        settings = _settings(folder)
        graph = settings["graph"]
        super().__init__(graph["phrases"], graph["decoys"])
        self._folder = folder
        self.confidence = Confidence(**settings["confidence"])
        self._near = tuple[str, ...](graph["near"])
        self._urgent = tuple[str, ...](graph["urgent"])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that a phrase may have."""
        return Vocabulary.read(self._folder)

    def knows(self, phrase: str) -> bool:
        """Say whether every word of a phrase can be put into the graph."""
        return self.vocabulary.knows(phrase)

    def open(self, load: Callable[[Path], Any]) -> Any:
        """Load the model as it lies there; its graph is made."""
        return load(self._folder)

    def _lay(self, phrases: Sequence[str], folder: Path) -> None:
        fst = command_graph(
            self.vocabulary,
            sorted(phrases),
            decoys=(*self._decoys, *self._near),
            urgent=self._urgent,
            costs=costs_of(self._folder),
        )
        for file in _NEEDED:
            lend(self._folder / file, folder / file)
        fst.write(folder / "graph/HCLG.fst")


def best_reading(
    answer: dict[str, Any], confidence: Confidence, way: Reading = Reading()
) -> tuple[Word, ...]:
    """Give the words of the best reading, each with the confidence that the whole is right.

    One that is doubtful keeps its words: said again, they count (`company`).
    """
    readings = sorted(answer.get("alternatives", []), key=lambda one: -float(one["confidence"]))
    if not readings or not readings[0].get("result"):
        return ()
    best = readings[0]["result"]
    words = [str(entry["word"]) for entry in best]
    meaning = way.meaning(" ".join(words))
    behind = next((one for one in readings[1:] if way.meaning(str(one["text"]).strip()) != meaning), None)
    if behind is None and len(readings) >= READINGS:
        behind = readings[-1]  # of the next nothing is known but that it lies behind this one
    margin = _LONE_MARGIN
    if behind is not None:
        margin = float(readings[0]["confidence"]) - float(behind["confidence"])
    sure = confidence.of(min(margin, _LONE_MARGIN))
    is_spared = {" ".join(words), " ".join(words[: len(words) // 2])} & {*confidence.spared}  # "stop stop"
    is_doubtful = sure < confidence.least and not is_spared
    return tuple(
        Word(
            text=str(entry["word"]),
            start_ms=round((best[0] if way.is_whole else entry)["start"] * 1000),
            end_ms=round((best[-1] if way.is_whole else entry)["end"] * 1000),
            confidence=0.0 if entry["word"] == UNKNOWN else sure,
            is_doubtful=is_doubtful,
            is_probable=way.is_fitted,
        )
        for entry in best
    )


def _settings(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / SETTINGS).read_text(encoding="utf-8"))


def lend(file: Path, to: Path) -> None:
    """Put a file into another folder for a moment: linked where the system lets us, else copied."""
    to.parent.mkdir(parents=True, exist_ok=True)
    source = file.resolve(strict=True)  # a link to nothing would end the process in Vosk
    for link in (os.link, os.symlink):
        with contextlib.suppress(OSError, NotImplementedError):
            link(source, to)
            return
    shutil.copyfile(source, to)
