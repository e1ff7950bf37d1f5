"""Unpack a model's archive without trusting anything that it says about itself."""

import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from matside.errors import EdgeError
from matside.models.progress import Progress, Report, Step

MOST_ENTRIES = 2_000
"""A Vosk model has about twenty files."""
MOST_TIMES_LARGER = 10
"""The English model grows to 1.7 times its archive."""
CHUNK_BYTES = 256 * 1024
_FORBIDDEN = frozenset('<>:"|?*\\')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10))}
)
"""Names that Windows takes for devices, whatever their ending."""


def unpack(archive: Path, folder: Path, *, report: Report) -> None:
    """Unpack an archive's files below an empty folder.

    Args:
        archive: A zip file.
        folder: Where to; it is made. One outermost folder that holds everything is left out.
        report: Who is told how it goes.

    Raises:
        EdgeError: It is no zip file, or isn't what a model's archive looks like. What was unpacked by then
            is below `folder`, and nothing is anywhere else.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            infos = opened.infolist()
            total = _refuse_bomb(infos, archive.stat().st_size)
            files = _checked_names(infos)
            done = 0
            for info, name in files:
                target = folder.joinpath(*name.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                done = _write(opened, info, target, done)
                report(Progress(step=Step.UNPACK, done_bytes=done, total_bytes=total))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise EdgeError(f"The archive {archive.name} is damaged: {error}.", hint=_HINT) from error
    except OSError as error:
        raise EdgeError(
            f"The model can't be unpacked to {folder}: {error}.", hint="Make room on that disk."
        ) from error


def unpacked_bytes(archive: Path) -> int:
    """Tell how much room an archive's files need, by what it says itself.

    Raises:
        EdgeError: It is no zip file.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            return sum(info.file_size for info in opened.infolist())
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise EdgeError(f"The archive {archive.name} is damaged: {error}.", hint=_HINT) from error


_HINT = "Nothing was installed. Fetch the model again, or from another server by --url."


def _refused(why: str) -> EdgeError:
    return EdgeError(f"The archive isn't a model's: {why}.", hint=_HINT)


def _refuse_bomb(infos: Sequence[zipfile.ZipInfo], archive_bytes: int) -> int:
    total = sum(info.file_size for info in infos)
    if len(infos) > MOST_ENTRIES:
        raise _refused(f"it has {len(infos):,} entries")
    if total > MOST_TIMES_LARGER * archive_bytes:
        raise _refused(f"its {archive_bytes:,} bytes would become {total:,}")
    return total


def _checked_names(infos: Sequence[zipfile.ZipInfo]) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """Give the files with the names that they get; refuse all of them for one that isn't clean."""
    named = [(info, _checked_name(info)) for info in infos]
    files = [(info, name) for info, name in named if not info.is_dir()]
    tops = {name.parts[0] for _, name in named}
    if len(tops) == 1 and all(len(name.parts) > 1 for _, name in files):
        files = [(info, PurePosixPath(*name.parts[1:])) for info, name in files]
    seen: set[str] = set()
    for _, name in files:
        key = _folded(name)
        if key in seen:
            raise _refused(f"two of its names can't be told apart: {name}")
        seen.add(key)
    folders = {_folded(parent) for _, name in files for parent in name.parents}
    if clash := seen & folders:
        raise _refused(f"a file and a folder have the same name: {min(clash)}")
    return files


def _checked_name(info: zipfile.ZipInfo) -> PurePosixPath:
    # `filename` is what the zip module made of it: cut at a NUL, and with the system's separators turned.
    raw = info.orig_filename
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _refused(f"it holds a link or a device: {raw!r}")
    if info.flag_bits & 0x1:
        raise _refused(f"it is encrypted: {raw!r}")
    parts = raw.rstrip("/").split("/")
    for part in parts:
        is_clean = part.isprintable() and not _FORBIDDEN & set(part) and not part.endswith((".", " "))
        if not part or not is_clean or len(part) > 200 or part.split(".")[0].lower() in _DEVICES:
            raise _refused(f"it holds an unsafe name: {raw!r}")
    if raw.startswith("/") or len(parts) > 10:
        raise _refused(f"it holds an unsafe name: {raw!r}")
    return PurePosixPath(*parts)


def _folded(name: PurePosixPath) -> str:
    """A name as the most forgiving file system compares it."""
    return unicodedata.normalize("NFC", str(name)).casefold()


def _write(opened: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, done: int) -> int:
    # The zip module gives no more than `file_size` bytes, which were counted, and checks their sum.
    with opened.open(info) as source, target.open("xb") as file:
        while data := source.read(CHUNK_BYTES):
            file.write(data)
            done += len(data)
    return done
