"""A folder of labelled recordings: `manifest.csv` with path, text, kind and condition.

An empty text means that nothing in the recording may be taken as a command. Further columns are left alone,
but `phase` (what is going on when it is said) and `language` (others are passed over) are heeded. A recording
that is missing or can't be read is left out and named; a manifest that can't be understood is refused, with
all that is wrong in it.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from matside.errors import MatsideError
from matside.hear.wav_source import WavSource
from matside.session.command import Command, Situation
from matside.understand.phrasebook import Phrasebook, normalised
from matside.units import Ms

MANIFEST: Final = "manifest.csv"
COLUMNS: Final = ("path", "text", "kind", "condition")
_MOST_PROBLEMS: Final = 12
_LARGEST_BYTES: Final = 64 * 1024 * 1024
_USUAL: Final = (
    Situation.HOLD,
    Situation.SETUP,
    Situation.PAUSED,
    Situation.CHECK,
    Situation.PAIN_ASK,
    Situation.END_ASK,
    Situation.ASLEEP,
    *Situation,
)
"""Where a phrase is looked for: first where there are most others, so that confusion is likeliest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One labelled recording.

    Attributes:
        path: Where it is.
        name: As the manifest calls it.
        text: What is said, without case and punctuation; empty where nothing may be taken.
        kind: What it is: a command, speech, television, breathing …
        condition: How it was said or recorded.
        situation: What is going on while it is heard.
        wanted: The command that it must become; None where it must become none, or is no phrase of ours.
        length_ms: Of the whole recording.
    """

    path: Path
    name: str
    text: str
    kind: str
    condition: str
    situation: Situation
    wanted: Command | None
    length_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingSet:
    """Everything that a folder holds, and what of it had to be left out, in words."""

    clips: tuple[Clip, ...]
    left_out: tuple[str, ...]


def read_hearing_set(
    folder: Path, book: Phrasebook, phase: Situation | None = None, *, language: str = ""
) -> HearingSet:
    """Read a folder's manifest and look at each recording.

    Args:
        folder: It holds `manifest.csv`.
        book: Tells which command a text is.
        phase: What is going on in all of them; None takes what fits each text.
        language: Recordings that say they are in another are passed over; empty takes all.

    Raises:
        MatsideError: There is no manifest, it can't be understood, or none of its recordings can be read.
    """
    clips, left_out = [], []
    for line, row in _rows(folder / MANIFEST):
        if language and row.get("language", "").lower() not in {"", language}:
            continue
        try:
            clips.append(_clip(folder, row, book, phase))
        except MatsideError as error:
            left_out.append(f"line {line}: {error}")
    if not clips:
        reason = f" {left_out[0]}" if left_out else ""
        raise MatsideError(
            f"{folder / MANIFEST} names no recording that can be read.{reason}",
            hint="Each line names a WAV file, relative to the manifest's folder.",
        )
    return HearingSet(clips=tuple(clips), left_out=tuple(left_out))


def plain(text: str) -> str:
    """Take a label's case, punctuation and odd spaces away."""
    letters = unicodedata.normalize("NFC", text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    kept = "".join(one if one.isalnum() or one in "' " else " " for one in letters)
    return normalised(" ".join(word.strip("'") for word in kept.split()))


def meant(text: str, book: Phrasebook, phase: Situation | None = None) -> tuple[Command | None, Situation]:
    """Tell which command a plain text is, and where it makes sense; a command's own name will do, too."""
    places = _USUAL if phase is None else (phase,)
    for situation in places:
        for phrase, command in book.by_situation[situation].items():
            if plain(phrase) == text:
                return command, situation
    for situation in places:
        if (named := next((c for c in book.legal(situation) if c.value == text), None)) is not None:
            return named, situation
    return None, places[0]


def _clip(folder: Path, row: dict[str, str], book: Phrasebook, phase: Situation | None) -> Clip:
    own = row.get("phase", "").lower()
    if own and own not in list(Situation):
        raise MatsideError(f'"{own}" is no phase; there are: {", ".join(Situation)}.')
    text = plain(row["text"])
    wanted, situation = meant(text, book, Situation(own) if own else phase)
    path = folder / row["path"]
    return Clip(
        path=path,
        name=row["path"],
        text=text,
        kind=row["kind"] or ("command" if text else "other"),
        condition=row["condition"] or "as recorded",
        situation=situation,
        wanted=wanted if text else None,
        length_ms=WavSource(path).length_ms,
    )


def _rows(manifest: Path) -> Iterator[tuple[int, dict[str, str]]]:
    text = _text_of(manifest)
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text.splitlines()[0], ",;\t")
    except (csv.Error, IndexError):
        dialect = csv.excel
    reader = csv.reader(io.StringIO(text), delimiter=dialect.delimiter)
    header = [name.strip().lower() for name in next(reader, [])]
    if lacking := [name for name in COLUMNS if name not in header]:
        raise MatsideError(
            f"{manifest} has no column {', '.join(lacking)}.",
            hint=f"Its first line is: {','.join(COLUMNS)}",
        )
    if twice := sorted({name for name in header if name in COLUMNS and header.count(name) > 1}):
        raise MatsideError(f"{manifest} has the column {', '.join(twice)} twice.", hint="Name each once.")
    rows, problems = [], []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        if len(cells) != len(header):
            problems.append(f"line {reader.line_num}: {len(cells)} cells, not {len(header)}")
        elif not row["path"]:
            problems.append(f"line {reader.line_num}: no path")
        else:
            rows.append((reader.line_num, row))
    if problems:
        more = len(problems) - _MOST_PROBLEMS
        told = "; ".join(problems[:_MOST_PROBLEMS]) + (f"; and {more} more" if more > 0 else "")
        raise MatsideError(
            f"{manifest} can't be understood: {told}.", hint='Put a text with a comma in it into "quotes".'
        )
    yield from rows


def _text_of(manifest: Path) -> str:
    try:
        if manifest.stat().st_size > _LARGEST_BYTES:
            raise MatsideError(f"{manifest} is too large.", hint="Is it a manifest at all?")
        return manifest.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MatsideError(f"{manifest} isn't UTF-8 text.", hint="Save it as UTF-8.") from error
    except OSError as error:
        raise MatsideError(
            f"{manifest} can't be read: {error.strerror}.",
            hint=f"Give a folder that holds {MANIFEST}: {','.join(COLUMNS)}",
        ) from error
