"""A graph of commands that goes with somebody else's general model, and takes the place of its own graph.

The folder that comes along (`models/matside-ko`, experimental) holds no network, only how the commands' words
sound to one particular general model, which it names by a checksum; another is refused. A phrase with a word
that the folder doesn't know isn't listened for, as with any model.
"""

import hashlib
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from matside.errors import EdgeError
from matside.hear.command_model import COMPANION, Confidence, Reading, lend
from matside.hear.context_graph import ContextCosts, Sounds, Texts, context_graph
from matside.hear.model_search import NoModel, find_model
from matside.units import Db

_GET: Final = "Get it with: pip install 'matside[ko]' (scripts/run --language ko does that)."
LEAVE: Final = "Leave --model out: the general model is used as it is."
_BORROWED: Final = ("am", "ivector", "conf")
"""Folders of the general model that are used as they are, but for the decoder's settings."""
_DENOISING_DB: Final = (-12.0, 0.0)
"""The network is that of a general model of read speech; see `vosk_recogniser`."""


class Companion:
    """What such a folder says, and the graph made from it.

    Args:
        folder: Where it lies.
        general: The general model's folder.
    """

    denoising_db: tuple[Db, Db] = _DENOISING_DB

    def __init__(self, folder: Path, general: Path) -> None:
        self._folder, self.general = folder, general
        settings = _settings(folder)
        graph = settings["graph"]
        self.confidence = Confidence(**settings["confidence"])
        self.reading = Reading(alike=graph["alike"], is_whole=True)
        self._texts = Texts(
            phrases=[phrase for own in graph["alike"] for phrase in own],
            decoys=graph["decoys"],
            urgent=graph["urgent"],
        )
        self._costs = ContextCosts(**settings["costs"])
        self.sounds = Sounds.read(folder)

    def knows(self, phrase: str) -> bool:
        """Say whether every word of a phrase can be put into the graph."""
        return self.sounds.knows(phrase)

    def lacks(self, phrases: Sequence[str]) -> bool:
        """Say whether the graph must be built anew to hold these phrases; unknown words aside."""
        new = set(phrases).difference(self._texts.phrases, self._texts.decoys)
        return any(self.knows(phrase) for phrase in new)

    def hold(self, phrases: Sequence[str], load: Callable[[Path], Any]) -> Any:
        """Build the graph, with these phrases added to those that it holds.

        Args:
            phrases: More phrases; those with unknown words are left out.
            load: Loads a model's folder, which is gone afterwards.

        Returns:
            What `load` gave.
        """
        held = dict.fromkeys((*self._texts.phrases, *phrases))
        texts = replace(self._texts, phrases=list(held))
        fst = context_graph(self.sounds, texts, self._costs)
        with tempfile.TemporaryDirectory(prefix="matside-graph-") as name:
            copy = Path(name)
            for file in (one for part in _BORROWED for one in (self.general / part).iterdir()):
                lend(file, copy / file.parent.name / file.name)
            # Never through a link: that would write into the general model.
            (copy / "conf/model.conf").unlink()
            shutil.copyfile(self._folder / "model.conf", copy / "conf/model.conf")
            (copy / "graph").mkdir()
            lend(self.general / "graph/phones.txt", copy / "graph/phones.txt")
            (copy / "graph/words.txt").write_text(self.sounds.words_txt(), encoding="utf-8")
            fst.write(copy / "graph/HCLG.fst")
            loaded = load(copy)
        self._texts = texts
        return loaded


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
