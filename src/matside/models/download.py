"""Download one archive over HTTP, whole and unchanged, however often it breaks off.

Bytes are appended to a part file. A part that is there is continued by asking the server for the rest, on
the condition (If-Range) that it still offers the file that the part came from; a server that knows no
ranges, or has another file, sends everything, and the part begins again. Size and hash are the manifest's.
A wrong hash after continuing may be a part mixed from two files, so that is tried once more from nothing;
a wrong hash of one whole download is final. Whatever is refused is removed, whatever broke off is kept.
"""

import hashlib
import http.client
import os
import socket
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matside.errors import EdgeError, UsageError
from matside.models.manifest import Archive
from matside.models.progress import Progress, Report, Step

CHUNK_BYTES = 64 * 1024
HINT_AGAIN = "Run the same command again: it goes on where it broke off."
HINT_OFFLINE = "Check the connection. What has been downloaded is kept, and the same command goes on with it."
HINT_OTHER = "Try again later, or name another server that has this file by --url."


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for a server.

    Attributes:
        stall_s: How long nothing may arrive, while connecting and while reading.
        pauses_s: The pause before each further attempt; as many attempts as pauses, and the first one.
        sleep: What waits.
    """

    stall_s: float = 20.0
    pauses_s: tuple[float, ...] = (1.0, 2.0, 4.0)
    sleep: Callable[[float], None] = time.sleep


class _BrokeOffError(Exception):
    """The attempt failed in a way that another one may not."""


def download(
    archive: Archive, part: Path, *, report: Report, url: str | None = None, patience: Patience | None = None
) -> None:
    """Make `part` the whole archive, its size and hash checked.

    Args:
        archive: What it must be.
        part: The file to make; what is there already is continued.
        report: Who is told how it goes.
        url: Another place that has the same archive.
        patience: How long to wait for the server.

    Raises:
        EdgeError: The server can't be reached, hasn't got it, or has something else.
        UsageError: The address is none for HTTP.
    """
    address = _checked(url or archive.url)
    was_continued = _fill(archive, part, address, report, patience or Patience())
    if _sha256(part) == archive.sha256:
        return
    _forget(part)
    if was_continued:
        report(_progress(archive, 0, "the continued file was not the right one; beginning again"))
        _fill(archive, part, address, report, patience or Patience())
        if _sha256(part) == archive.sha256:
            return
        _forget(part)
    raise EdgeError(
        f"What {address} sent isn't the model: its hash is wrong. It was removed.", hint=HINT_OTHER
    )


def _fill(archive: Archive, part: Path, address: str, report: Report, patience: Patience) -> bool:
    """Download until the part is complete; tells whether it is pieced together."""
    was_continued = False
    pauses_s = list(patience.pauses_s)
    while True:
        size = part.stat().st_size if part.exists() else 0
        if size == archive.size_bytes:
            return was_continued or size > 0
        if size > archive.size_bytes:
            _forget(part)
            size = 0
        was_continued = was_continued or size > 0
        try:
            _attempt(archive, part, address, report, patience.stall_s)
        except _BrokeOffError as error:
            now = part.stat().st_size if part.exists() else 0
            if now > size:
                pauses_s = list(patience.pauses_s)
            if not pauses_s:
                raise EdgeError(
                    f"The download from {address} broke off: {error}.", hint=HINT_AGAIN
                ) from error
            report(Progress(step=Step.WAIT, done_bytes=now, total_bytes=archive.size_bytes, note=str(error)))
            patience.sleep(pauses_s.pop(0))
        else:
            return was_continued


def _attempt(archive: Archive, part: Path, address: str, report: Report, stall_s: float) -> None:
    """Ask the server once, for everything that is missing."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(address, headers=_headers(part, have))  # noqa: S310  # checked: http(s) only
    try:
        with urllib.request.urlopen(request, timeout=stall_s) as answer:  # noqa: S310  # as above
            start = _start_of(answer, archive, have, address)
            _remember_validator(part, answer)
            _receive(answer, archive, part, start, report)
    except urllib.error.HTTPError as error:
        with error:
            _refused(error, part, address)
    except (http.client.HTTPException, urllib.error.URLError, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", None) or error
        if isinstance(reason, TimeoutError):
            raise _BrokeOffError(f"nothing arrived for {stall_s:g} seconds") from error
        if isinstance(reason, socket.gaierror | ssl.SSLCertVerificationError):
            raise EdgeError(f"{address} can't be reached: {reason}.", hint=HINT_OFFLINE) from error
        raise _BrokeOffError(str(reason) or type(reason).__name__) from error


def _headers(part: Path, have: int) -> dict[str, str]:
    headers = {"User-Agent": "matside", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        validator = _validator_file(part)
        if validator.exists():
            headers["If-Range"] = validator.read_text(encoding="ascii").strip()
    return headers


def _start_of(answer: Any, archive: Archive, have: int, address: str) -> int:
    """Tell from which byte the answer goes on; refuse one that can't be the archive."""
    start, total = 0, answer.headers.get("Content-Length", "")
    if answer.status == http.client.PARTIAL_CONTENT:
        unit_and_range, _, total = answer.headers.get("Content-Range", "").partition("/")
        if not have or not unit_and_range.startswith(f"bytes {have}-"):
            raise _BrokeOffError("the server sent another part than was asked for")
        start = have
    if total.isdigit() and int(total) != archive.size_bytes:
        raise EdgeError(
            f"{address} isn't the model: it has {int(total):,} bytes in place of {archive.size_bytes:,}.",
            hint=HINT_OTHER,
        )
    return start


def _receive(answer: Any, archive: Archive, part: Path, start: int, report: Report) -> None:
    done = start
    try:
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            while data := _next_chunk(answer):
                done += len(data)
                if done > archive.size_bytes:
                    break
                file.write(data)
                report(_progress(archive, done))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise EdgeError(
            f"{part} can't be written: {error.strerror}.", hint="Make room on that disk."
        ) from error
    if done > archive.size_bytes:
        _forget(part)
        raise EdgeError("The server sent more than the model's size. It was removed.", hint=HINT_OTHER)
    if done < archive.size_bytes:
        raise _BrokeOffError(f"only {done:,} of {archive.size_bytes:,} bytes came")


def _next_chunk(answer: Any) -> bytes:
    try:
        return bytes(answer.read1(CHUNK_BYTES))
    except TimeoutError as error:
        raise _BrokeOffError("nothing more arrived") from error
    except OSError as error:
        raise _BrokeOffError(str(error)) from error


def _refused(error: urllib.error.HTTPError, part: Path, address: str) -> None:
    if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
        _forget(part)
        raise _BrokeOffError("the server has no rest of that file; beginning again") from error
    if error.code >= http.client.INTERNAL_SERVER_ERROR or error.code == http.client.TOO_MANY_REQUESTS:
        raise _BrokeOffError(f"the server answered {error.code} {error.reason}") from error
    raise EdgeError(f"{address} answered {error.code} {error.reason}.", hint=HINT_OTHER) from error


def _remember_validator(part: Path, answer: Any) -> None:
    """Keep what tells this version of the file from another; a weak tag can't, so it is no use here."""
    tag = answer.headers.get("ETag", "")
    value = tag if tag.startswith('"') else answer.headers.get("Last-Modified", "")
    if value and value.isascii() and value.isprintable():
        _validator_file(part).write_text(value, encoding="ascii")
    else:
        _validator_file(part).unlink(missing_ok=True)


def _validator_file(part: Path) -> Path:
    return part.with_name(part.name + ".tag")


def _forget(part: Path) -> None:
    with suppress(FileNotFoundError):
        part.unlink()
    _validator_file(part).unlink(missing_ok=True)


def _checked(address: str) -> str:
    pieces = urllib.parse.urlsplit(address)
    if pieces.scheme not in ("https", "http") or not pieces.hostname:
        raise UsageError(f"{address!r} is no address to fetch a model from.", hint="It begins with https://")
    return address


def _progress(archive: Archive, done: int, note: str = "") -> Progress:
    return Progress(step=Step.DOWNLOAD, done_bytes=done, total_bytes=archive.size_bytes, note=note)


def _sha256(part: Path) -> str:
    with part.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
