"""TOML from the disk, however strange the file is: refused politely, never blocked on, never half read."""

import os
import re
import stat
import tomllib
from collections.abc import Sequence
from pathlib import Path

from matside.content.reader import Problem, visible
from matside.errors import MatsideError

MOST_BYTES = 1_000_000
"""A routine of two hours has about 20 kB."""

LONGEST_LINE = 4000
"""Letters. A dotted key takes time that grows with the square of its length, so lines are bounded."""


class ContentProblems(MatsideError):  # noqa: N818 - it carries many, and reads so
    """A content file can't be used; carries everything that is wrong with it.

    Attributes:
        problems: All problems, in the file's order.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = str(self.problems[0])
        more = f" (and {count - 1} more)" if count > 1 else ""
        super().__init__(
            head + more,
            hint="Mend the file and try again; matside routines validate FILE lists every problem.",
        )


def _refuse(file: str, expected: str, found: str) -> ContentProblems:
    return ContentProblems([Problem(file=file, key_path="", expected=expected, found=found)])


def read_document(path: Path) -> dict[str, object]:
    """Read a TOML file that a person named.

    Raises:
        ContentProblems: There is no such file, it is a folder, a device or a pipe, it is too large, or it
            isn't UTF-8 or TOML.
    """
    return decode(read_bytes(path), visible(str(path), 200))


def read_bytes(path: Path) -> bytes:
    """Read a file that a person named, whatever it turns out to be.

    Raises:
        ContentProblems: As for `read_document`, decoding left out.
    """
    file = visible(str(path), 200)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise _refuse(file, "a routine file", "a folder")
        if not stat.S_ISREG(mode):
            raise _refuse(file, "a routine file", "a device or a pipe")
        # Not to block even where the path becomes a pipe between the look and the opening.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags), "rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise _refuse(file, "a routine file", "no file of that name") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refuse(file, "a file that can be read", reason) from None
    if len(content) > MOST_BYTES:
        raise _refuse(file, f"at most {MOST_BYTES // 1000} kB", "more")
    return content


def decode(content: bytes, file: str) -> dict[str, object]:
    """Turn the bytes of a TOML file into its tables.

    Raises:
        ContentProblems: They aren't UTF-8, aren't TOML, or are built to exhaust the reader.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refuse(file, "UTF-8 text", f"other bytes in line {line}") from None
    for number, line_text in enumerate(text.split("\n"), 1):
        if len(line_text) > LONGEST_LINE:
            raise _refuse(file, f"lines of at most {LONGEST_LINE} letters", f"a longer one at line {number}")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise _refuse(file, "tables and lists a few levels deep", "far deeper ones") from None
    except ValueError as error:
        # tomllib says where in its message; a number too long to convert has no place.
        reason = re.sub(r"\s+", " ", str(error))
        raise _refuse(file, "TOML", visible(reason, 160)) from None
