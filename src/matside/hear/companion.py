"""A graph of commands that goes with somebody else's general model, and takes the place of its own graph.

The folder that comes along (`models/matside-ko`, experimental) holds no network, only how the commands' words
sound to one particular general model, which it names by a checksum; another is refused. A phrase with a word
that the folder doesn't know isn't listened for, as with any model.
"""

import hashlib
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from matside.errors import EdgeError
from matside.hear.command_model import COMPANION, CommandGraph, Confidence, Reading, lend
from matside.hear.context_graph import ContextCosts, Sounds, Texts, context_graph
from matside.hear.model_search import NoModel, find_model

_GET: Final = "Get it with: pip install 'matside[ko]' (scripts/run --language ko does that)."
LEAVE: Final = "Leave --model out: the general model is used as it is."
_SETTINGS: Final = "model.conf"
"""The decoder's settings, of which the folder has its own."""
_BORROWED: Final = ("am", "ivector", "conf")
"""Folders of the general model that are used as they are, but for those settings."""
_DENOISING_DB: Final = (-12.0, 0.0)
"""The network is that of a general model of read speech; see `vosk_recogniser`."""


class Companion(CommandGraph):
    """What such a folder says, and the graph made from it.

    Args:
        folder: Where it lies.
        general: The general model's folder.
    """

    general: Path
    denoising_db = _DENOISING_DB

    def __init__(self, folder: Path, general: Path) -> None:
        settings = _settings(folder)
        graph = settings["graph"]
        super().__init__((phrase for own in graph["alike"] for phrase in own), graph["decoys"])
        self._folder, self.general = folder, general
        self.confidence = Confidence(**settings["confidence"])
        self.reading = Reading(alike=graph["alike"], is_whole=True, is_fitted=False)
        self._urgent = tuple[str, ...](graph["urgent"])
        self._costs = ContextCosts(**settings["costs"])
        self._sounds = Sounds.read(folder)

    def knows(self, phrase: str) -> bool:
        """Say whether every word of a phrase can be put into the graph."""
        return self._sounds.knows(phrase)

    def open(self, load: Callable[[Path], Any]) -> Any:
        """Build the graph and load the model."""
        return self.hold((), load)

    def _lay(self, phrases: Sequence[str], folder: Path) -> None:
        texts = Texts(phrases=phrases, decoys=self._decoys, urgent=self._urgent)
        for file in (one for part in _BORROWED for one in (self.general / part).iterdir()):
            if file.name != _SETTINGS:
                lend(file, folder / file.parent.name / file.name)
        lend(self._folder / _SETTINGS, folder / "conf" / _SETTINGS)
        lend(self.general / "graph/phones.txt", folder / "graph/phones.txt")
        (folder / "graph/words.txt").write_text(self._sounds.words_txt(), encoding="utf-8")
        context_graph(self._sounds, texts, self._costs).write(folder / "graph/HCLG.fst")


def open_companion(folder: Path, models: Path | None = None) -> Companion:
    """Read such a folder, and find the general model that it goes with.

    Args:
        folder: Where it lies.
        models: The person's own folder of models.

    Raises:
        EdgeError: The folder is broken, or this very model isn't here.
    """
    try:
        wanted = _settings(folder)["general"]
        found = find_model(wanted["name"], own=models)
        if isinstance(found, NoModel):
            raise EdgeError(f"{folder.name} goes with {wanted['name']}, which isn't here.", hint=_GET)
        network = found.path / "am/final.mdl"
        if network.stat().st_size != wanted["bytes"] or _checksum(network) != wanted["sha256"]:
            raise EdgeError(f"{folder.name} goes with another {wanted['name']} than is here.", hint=LEAVE)
        return Companion(folder, found.path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EdgeError(f"{folder} can't be read: {error}.", hint=LEAVE) from error


def _settings(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / COMPANION).read_text(encoding="utf-8"))


def _checksum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
