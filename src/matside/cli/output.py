"""Data to stdout, messages to stderr; tables for people, JSON for scripts."""

import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click


def write_json(value: Any) -> None:
    """Write one JSON value on a line of its own."""
    click.echo(json.dumps(value, ensure_ascii=False))


def write_table(rows: Iterable[Sequence[str]], *, heads: Sequence[str] = ()) -> None:
    """Write aligned columns; the last one is never padded, so that lines copy well."""
    all_rows = [list(heads), *map(list, rows)] if heads else [list(row) for row in rows]
    if not all_rows:
        return
    widths = [max(columns_of(row[column]) for row in all_rows) for column in range(len(all_rows[0]))]
    for row in all_rows:
        cells = [
            cell + " " * (width - columns_of(cell)) for cell, width in zip(row[:-1], widths[:-1], strict=True)
        ]
        click.echo("  ".join([*cells, row[-1]]).rstrip())


def columns_of(text: str) -> int:
    """Give the columns that a text takes on a terminal; Korean letters take two each."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def write_paragraph(text: str, *, indent: str = "  ", width: int = 78, err: bool = False) -> None:
    """Write a text in lines of at most this many columns; Korean letters take two columns each."""
    line, column = indent, len(indent)
    for word in text.split():
        columns = columns_of(word)
        if column > len(indent) and column + 1 + columns > width:
            click.echo(line, err=err)
            line, column = indent, len(indent)
        gap = " " if column > len(indent) else ""
        line += gap + word
        column += len(gap) + columns
    click.echo(line, err=err)


def note(text: str) -> None:
    """Tell the person something that isn't data."""
    click.echo(text, err=True)


def clock(at_ms: int) -> str:
    """Give minutes, seconds and tenths."""
    minutes, rest_ms = divmod(at_ms, 60_000)
    return f"{minutes}:{rest_ms // 1_000:02}.{rest_ms % 1_000 // 100}"
