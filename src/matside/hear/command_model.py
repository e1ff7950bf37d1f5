"""A model made for commands: its graph is built here from the phrases, and its scores say how sure it is.

Vosk gives the best few readings of an utterance with their scores, each a path of the graph: phrases, decoys
and "anything else" (see `command_graph`). Who wins is the answer; by how much is the confidence. Vosk's own
confidence isn't used: it compares readings that all come from one short list, so it is nearly always 1.

The graph that lies in the model's folder is the shipped phrasebook's. Phrases that it doesn't hold are added
by building it anew, in a fraction of a second, in a folder of its own that is gone once Vosk has read it.
"""

import math
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from matside.hear.command_graph import GraphCosts, Vocabulary, command_graph
from matside.understand.transcript import UNKNOWN, Word

SETTINGS: Final = "model.toml"
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
        return ""
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


class CommandModel:
    """What a command model's folder says of its graph, and the graph anew where it lacks a phrase.

    Args:
        folder: Where the model lies.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        settings = _settings(folder)
        self.confidence = Confidence(**settings["confidence"])
        self._held = set[str](settings["graph"]["phrases"])
        self._decoys = tuple[str, ...](settings["graph"]["decoys"])
        self._near = tuple[str, ...](settings["graph"]["near"])
        self._urgent = tuple[str, ...](settings["graph"]["urgent"])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that a phrase may have."""
        return Vocabulary.read(self._folder)

    def lacks(self, phrases: Sequence[str]) -> bool:
        """Say whether the graph must be built anew to hold these phrases; unknown words aside."""
        new = set(phrases).difference(self._held, self._decoys)
        return any(self.vocabulary.knows(phrase) for phrase in new)

    def hold(self, phrases: Sequence[str], load: Callable[[Path], Any]) -> Any:
        """Build the graph anew, with these phrases added to those that it held.

        Args:
            phrases: More phrases; those with unknown words are left out.
            load: Loads a model's folder, which is gone afterwards.

        Returns:
            What `load` gave.
        """
        self._held.update(phrase for phrase in phrases if phrase not in self._decoys)
        fst = command_graph(
            self.vocabulary,
            sorted(self._held),
            decoys=(*self._decoys, *self._near),
            urgent=self._urgent,
            costs=costs_of(self._folder),
        )
        with tempfile.TemporaryDirectory(prefix="matside-graph-") as name:
            copy = Path(name)
            for file in _NEEDED:
                _lend(self._folder / file, copy / file)
            fst.write(copy / "graph/HCLG.fst")
            return load(copy)


def best_reading(answer: dict[str, Any], confidence: Confidence) -> tuple[Word, ...]:
    """Give the words of the best reading, each with the confidence that the whole is right.

    One that is doubtful keeps its words: said again, they count (`company`).
    """
    readings = sorted(answer.get("alternatives", []), key=lambda one: -float(one["confidence"]))
    if not readings or not readings[0].get("result"):
        return ()
    scores = [float(one["confidence"]) for one in readings]
    margin = scores[0] - scores[1] if len(scores) > 1 else _LONE_MARGIN
    sure = confidence.of(min(margin, _LONE_MARGIN))
    words = [str(entry["word"]) for entry in readings[0]["result"]]
    is_spared = {" ".join(words), " ".join(words[: len(words) // 2])} & {*confidence.spared}  # "stop stop"
    is_doubtful = sure < confidence.least and not is_spared
    return tuple(
        Word(
            text=str(entry["word"]),
            start_ms=round(entry["start"] * 1000),
            end_ms=round(entry["end"] * 1000),
            confidence=0.0 if entry["word"] == UNKNOWN else sure,
            is_doubtful=is_doubtful,
        )
        for entry in readings[0]["result"]
    )


def _settings(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / SETTINGS).read_text(encoding="utf-8"))


def _lend(file: Path, to: Path) -> None:
    """Put a file into another folder for a moment: linked where the system lets us, else copied."""
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, to)
    except OSError:
        shutil.copyfile(file, to)
