"""The models that matside knows, read from `manifest.toml` beside this module."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matside.errors import UsageError

MANIFEST = Path(__file__).with_name("manifest.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A zip on a server. The hash is what is trusted, so any server may hold it."""

    url: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A Python package that holds the model in its folder `model`; `extra` is ours that brings it."""

    module: str
    extra: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """Nothing to get: the model comes with matside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model of one language.

    Attributes:
        licence: An SPDX name.
        home: The page of those who made it.
    """

    name: str
    language: str
    version: str
    licence: str
    home: str
    source: Archive | Package | Shipped


@cache
def load_manifest(path: Path = MANIFEST) -> Mapping[str, Model]:
    """Read the models by name, in the manifest's order."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["model"]
    return {entry["name"]: _model_of(entry) for entry in entries}


def find_entry(name_or_language: str, manifest: Mapping[str, Model] | None = None) -> Model:
    """Find a model by its name, or the first one of a language.

    Raises:
        UsageError: There is none.
    """
    models = load_manifest() if manifest is None else manifest
    for model in models.values():
        if name_or_language in (model.name, model.language):
            return model
    raise UsageError(
        f"There is no model {name_or_language!r}.", hint=f"The models are: {', '.join(models) or 'none'}."
    )


def _model_of(entry: Mapping[str, object]) -> Model:
    source: Archive | Package | Shipped
    match entry:
        case {"url": str(url), "bytes": int(size_bytes), "sha256": str(sha256)}:
            source = Archive(url=url, size_bytes=size_bytes, sha256=sha256)
        case {"package": str(module), "extra": str(extra)}:
            source = Package(module=module, extra=extra)
        case {"shipped": True}:
            source = Shipped()
        case _:
            raise ValueError(f"the model {entry.get('name')!r} has neither an archive nor a package")
    return Model(
        name=str(entry["name"]),
        language=str(entry["language"]),
        version=str(entry["version"]),
        licence=str(entry["licence"]),
        home=str(entry["home"]),
        source=source,
    )
