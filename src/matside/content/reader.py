"""Typed reading of nested tables that collects every problem, with its key path, in one go.

A `Table` wraps one table of a TOML document. Each read names a key, checks its value, and hands back either
the value or a stand-in of the right type; a `Problem` goes onto the list that all tables of the document
share. So one look at a file tells everything that is wrong with it. `done` reports the keys nobody asked
for. Callers must throw the result away when there are problems: it may hold stand-ins.
"""

import difflib
import reprlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from matside.content.exercise import Wording
from matside.units import Ms, milliseconds

Kind = TypeVar("Kind", bound=StrEnum)
Read = TypeVar("Read")

LONGEST_TEXT = 400
"""Letters; the longest spoken text we ship has under 200."""

ID_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a file.

    Attributes:
        file: Name of the file, as the person gave it.
        key_path: Where in the file, as in `levels[2].phases[0].seconds`; empty for the file as a whole.
        expected: What should stand there.
        found: What stands there.
    """

    file: str
    key_path: str
    expected: str
    found: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.key_path}" if self.key_path else self.file
        return f"{place}: expected {self.expected}, found {self.found}"


def visible(text: str, most: int = 40) -> str:
    """Cut a foreign text short and blank what a terminal might obey."""
    short = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in short)


def describe(value: object) -> str:
    """Name a value shortly, however large or deep it is."""
    match value:
        case dict():
            return "a table"
        case list():
            return f"a list of {len(value)}"
        case bool():
            return "true" if value else "false"
        case str():
            return f'the text "{visible(value)}"'
        case int() if abs(value) >= 10**15:
            return "a huge number"
        case int() | float():
            return f"the number {value}"
        case _:
            return f"{type(value).__name__} {reprlib.repr(value)}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest the known name that looks most like the given one, as ' (did you mean "x"?)', or nothing."""
    close = difflib.get_close_matches(name[:80], list(known), n=1)
    return f' (did you mean "{close[0]}"?)' if close else ""


class Table:
    """One table of a document, read key by key."""

    __slots__ = ("_asked", "_file", "_path", "_problems", "_values")

    def __init__(
        self, values: dict[str, object], problems: list[Problem], *, file: str, path: str = ""
    ) -> None:
        self._values = values
        self._problems = problems
        self._file = file
        self._path = path
        self._asked: set[str] = set()

    def path_of(self, key: str) -> str:
        """Return the path from the document's root to a key of this table."""
        key = visible(key, 60)
        return f"{self._path}.{key}" if self._path else key

    def reject(self, key: str, *, expected: str, found: str | None = None) -> None:
        """Report a problem with a key; what stands there is described unless given."""
        if found is None:
            found = describe(self._values[key]) if key in self._values else "nothing"
        self._problems.append(
            Problem(file=self._file, key_path=self.path_of(key), expected=expected, found=found)
        )

    def has(self, key: str) -> bool:
        """Tell whether a key is there, and count it as asked for."""
        self._asked.add(key)
        return key in self._values

    def names(self) -> tuple[str, ...]:
        """Return all keys, in the file's order, and count them as asked for."""
        self._asked.update(self._values)
        return tuple(self._values)

    def done(self) -> None:
        """Report every key that was never asked for."""
        for key in self._values:
            if key not in self._asked:
                hint = nearest(key, self._asked)
                self.reject(key, expected="no such key" + hint, found=f'"{visible(key)}"')

    def _get(self, key: str, expected: str) -> object:
        self._asked.add(key)
        value = self._values.get(key)
        if value is None:
            self.reject(key, expected=expected, found="nothing")
        return value

    def text(self, key: str, *, default: str | None = None) -> str:
        """Read a text with something in it."""
        if default is not None and not self.has(key):
            return default
        value = self._get(key, "a text")
        return self._as_text(key, value) if value is not None else ""

    def _as_text(self, key: str, value: object) -> str:
        text = " ".join(value.split()) if isinstance(value, str) else ""
        if text and text.isprintable() and len(text) <= LONGEST_TEXT:
            return text
        self.reject(key, expected=f"a text of 1 to {LONGEST_TEXT} printable letters", found=describe(value))
        return ""

    def text_or_none(self, key: str) -> str | None:
        """Read a text that may be left out."""
        return self.text(key) if self.has(key) else None

    def id(self, key: str) -> str:
        """Read a name made of a-z, 0-9, hyphen and underscore."""
        name = self.text(key)
        if name and not (len(name) <= 60 and name[0].isalpha() and set(name) <= ID_LETTERS):
            self.reject(key, expected="a name of a-z, 0-9, - and _ that begins with a letter")
        return name

    def flag(self, key: str, *, default: bool) -> bool:
        """Read true or false."""
        if not self.has(key):
            return default
        value = self._values[key]
        if isinstance(value, bool):
            return value
        self.reject(key, expected="true or false")
        return default

    def flag_or_none(self, key: str) -> bool | None:
        """Read true or false, or that it is left out."""
        return self.flag(key, default=False) if self.has(key) else None

    def whole(self, key: str, low: int, high: int, *, default: int | None = None) -> int:
        """Read a whole number from `low` to `high`."""
        if default is not None and not self.has(key):
            return default
        expected = f"a whole number from {low} to {high}"
        value = self._get(key, expected)
        if value is None:
            return low
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.reject(key, expected=expected)
        return low

    def whole_or_none(self, key: str, low: int, high: int) -> int | None:
        """Read a whole number that may be left out."""
        return self.whole(key, low, high) if self.has(key) else None

    def seconds(self, key: str, low_s: float, high_s: float, *, default: Ms | None = None) -> Ms:
        """Read a number of seconds from `low_s` to `high_s`.

        Returns:
            The length in milliseconds; `default` too is in milliseconds.
        """
        if default is not None and not self.has(key):
            return default
        expected = f"seconds from {low_s:g} to {high_s:g}"
        value = self._get(key, expected)
        if value is None:
            return milliseconds(low_s)
        # A NaN is in no range, so it is refused here as well.
        if isinstance(value, int | float) and not isinstance(value, bool) and low_s <= value <= high_s:
            return milliseconds(value)
        self.reject(key, expected=expected)
        return milliseconds(low_s)

    def seconds_or_none(self, key: str, low_s: float, high_s: float) -> Ms | None:
        """Read a number of seconds that may be left out."""
        return self.seconds(key, low_s, high_s) if self.has(key) else None

    def choice(self, key: str, kind: type[Kind], *, default: Kind | None = None) -> Kind:
        """Read one of an enumeration's values."""
        if default is not None and not self.has(key):
            return default
        first = next(iter(kind))
        value = self._get(key, f"one of {', '.join(kind)}")
        return first if value is None else self._as_choice(key, value, kind)

    def _as_choice(self, key: str, value: object, kind: type[Kind]) -> Kind:
        names = [member.value for member in kind]
        if isinstance(value, str) and value in names:
            return kind(value)
        hint = nearest(value, names) if isinstance(value, str) else ""
        self.reject(key, expected=f"one of {', '.join(names)}{hint}", found=describe(value))
        return next(iter(kind))

    def one_of(self, key: str, names: Iterable[str]) -> str:
        """Read one of the given names."""
        names = sorted(names)
        value = self.text(key)
        if value and value not in names:
            self.reject(key, expected=f"one of {', '.join(names)}{nearest(value, names)}")
        return value

    def _list(self, key: str, expected: str, *, required: bool) -> list[object]:
        if not required and not self.has(key):
            return []
        value = self._get(key, expected)
        if isinstance(value, list):
            return value
        if value is not None:
            self.reject(key, expected=expected)
        return []

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Read a list of texts; a required one holds at least one."""
        values = self._list(key, "a list of texts", required=required)
        if required and not values and isinstance(self._values.get(key), list):
            self.reject(key, expected="at least one text", found="an empty list")
        return tuple(self._as_text(key, value) for value in values)

    def choices(self, key: str, kind: type[Kind]) -> tuple[Kind, ...]:
        """Read a list of an enumeration's values; left out means none."""
        values = self._list(key, f"a list of {', '.join(kind)}", required=False)
        return tuple(self._as_choice(key, value, kind) for value in values)

    def some_of(self, key: str, names: Iterable[str]) -> tuple[str, ...]:
        """Read a list of given names; left out means none."""
        known = sorted(names)
        values = self.texts(key)
        for value in values:
            if value and value not in known:
                expected = f"only {', '.join(known)}{nearest(value, known)}"
                self.reject(key, expected=expected, found=f'"{visible(value)}"')
        return values

    def wording(self, key: str) -> Wording:
        """Read one text, or a list of texts that say the same, longest first."""
        expected = "a text, or a list of texts, longest first"
        value = self._get(key, expected)
        match value:
            case None:
                return ("",)
            case str():
                return (self._as_text(key, value),)
            case [_, *_]:
                return tuple(self._as_text(key, one) for one in value)
            case _:
                self.reject(key, expected=expected)
                return ("",)

    def table(self, key: str) -> "Table":
        """Read a table; an empty one stands in for what isn't there or isn't one."""
        value = self._get(key, "a table")
        if value is not None and not isinstance(value, dict):
            self.reject(key, expected="a table")
        return self._child(value, self.path_of(key))

    def holds_table(self, key: str) -> bool:
        """Tell whether a key is there and holds a table."""
        return self.has(key) and isinstance(self._values[key], dict)

    def table_or_none(self, key: str) -> "Table | None":
        """Read a table that may be left out."""
        return self.table(key) if self.has(key) else None

    def tables(self, key: str, *, required: bool = False) -> tuple["Table", ...]:
        """Read a list of tables; a required one holds at least one."""
        expected = "at least one table" if required else "a list of tables"
        values = self._list(key, expected, required=required)
        if required and not values and isinstance(self._values.get(key), list):
            self.reject(key, expected=expected)
        found = []
        for index, value in enumerate(values):
            place = f"{key}[{index}]"
            if isinstance(value, dict):
                found.append(self._child(value, self.path_of(place)))
            else:
                self.reject(place, expected="a table", found=describe(value))
        return tuple(found)

    def _child(self, value: object, path: str) -> "Table":
        values = value if isinstance(value, dict) else {}
        return Table(values, self._problems, file=self._file, path=path)

    def each(self, read: Callable[["Table", str], Read]) -> dict[str, Read]:
        """Read every key of this table with the same reader."""
        return {key: read(self, key) for key in self.names()}
