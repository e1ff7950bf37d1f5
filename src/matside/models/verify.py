"""Whether a model's folder is whole: the files that Vosk needs, and each file as it was when installed."""

import hashlib
import json
from pathlib import Path

from matside.errors import MatsideError

SUMS = "matside-sums.json"
"""Written into a model's folder when it is installed: size and hash of each file."""
_NEEDED = ("am/final.mdl", "conf/model.conf")
_COMPANION = ("companion.toml", "lexicon.txt", "contexts.txt", "model.conf")
"""A folder that goes with another model has these instead; what makes it one is the first."""
_GRAPHS = (("graph/HCLG.fst",), ("graph/HCLr.fst", "graph/Gr.fst"))


def verify(path: Path) -> list[str]:
    """List what is wrong with a model's folder; an empty list is a whole model.

    A folder that matside didn't install has no sums: there only its structure is looked at.
    """
    if not path.is_dir():
        return [f"{path} isn't there"]
    problems = missing_parts(path)
    for name, (size_bytes, sha256) in _read_sums(path).items():
        file = path / name
        if not file.is_file():
            problems.append(f"{name} is missing")
        elif file.stat().st_size != size_bytes or _sha256(file) != sha256:
            problems.append(f"{name} has changed")
    return list(dict.fromkeys(problems))


def missing_parts(path: Path) -> list[str]:
    """List what a folder lacks of a Vosk model; Vosk itself ends the whole process in that case."""
    if _has(path, _COMPANION[0]):
        return [f"{name} is missing" for name in _COMPANION if not _has(path, name)]
    problems = [f"{name} is missing" for name in _NEEDED if not _has(path, name)]
    if not any(all(_has(path, name) for name in names) for names in _GRAPHS):
        problems.append("its graph is missing")
    return problems


def write_sums(path: Path) -> None:
    """Note size and hash of each file of a model's folder."""
    files = sorted(file for file in path.rglob("*") if file.is_file() and file.name != SUMS)
    sums = {file.relative_to(path).as_posix(): [file.stat().st_size, _sha256(file)] for file in files}
    (path / SUMS).write_text(json.dumps({"sums": 1, "files": sums}, indent=1), encoding="utf-8")


def has_sums(path: Path) -> bool:
    """Tell whether matside installed this folder."""
    return (path / SUMS).is_file()


def _read_sums(path: Path) -> dict[str, tuple[int, str]]:
    file = path / SUMS
    if not file.is_file():
        return {}
    try:
        files = json.loads(file.read_text(encoding="utf-8"))["files"]
        return {str(name): (int(size), str(sha256)) for name, (size, sha256) in files.items()}
    except (ValueError, TypeError, KeyError, AttributeError, OSError) as error:
        raise MatsideError(f"{file} can't be read.", hint="Fetch the model again with --force.") from error


def _has(path: Path, name: str) -> bool:
    file = path / name
    return file.is_file() and file.stat().st_size > 0


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
