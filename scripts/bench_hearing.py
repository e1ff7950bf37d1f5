"""Measure hearing against its goals, for every language whose model is installed, beside Vosk alone.

A set of recordings is made (scripts/make_hearing_set.py): every phrase in several voices, single words
that are no command, and minutes of talk, television, music, breathing, effort, counting, a baby and a
household. It is heard as `matside bench hearing --mix` hears it: clean, far away, in noise, and over the
coach. One table says for each goal what was reached, what Vosk alone reaches on the same sound, and whether
the goal is met.

    python scripts/bench_hearing.py [--languages ko en] [--minutes 10] [--voices 6] [--json] [--out DIR]

With --only just the copies in the named conditions are heard, by matside alone, and below the table stands
which step lost the commands that weren't taken.

    python scripts/bench_hearing.py --only "over the coach, -6 dB" --voices 3 --minutes 0
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench_self_trigger import texts_of
from make_hearing_set import make, voices_of
from matside.content.library import load_library
from matside.hear.model_search import FoundModel, find_model
from matside.hear.vosk_recogniser import load_model
from matside.measure.bench import Way, measure
from matside.measure.hearing_set import read_hearing_set
from matside.measure.mix import CONDITIONS
from matside.understand.phrasebook import Phrasebook

Figures = dict[str, Any]
QUIET: Final = "near, quiet"
TALK: Final = ("speech", "television", "music", "counting")
NOISE: Final = ("breathing", "effort", "baby", "household")
NAMES: Final = tuple(condition.name for condition in CONDITIONS)
LINES: Final = 60
"""Lines of the coach in the copies over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A line of the table: what is wanted, and how ours and the yardstick's figure are read."""

    what: str
    wanted: str
    is_met: Callable[[float], bool]
    unit: str
    of: Callable[[Figures, str], float | None]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--languages", nargs="+", default=["ko", "en"])
    parser.add_argument("--minutes", type=float, default=10.0, help="of each sound that is no command")
    parser.add_argument("--voices", type=int, default=6)
    parser.add_argument("--out", type=Path, help="keep the set and the figures here")
    parser.add_argument("--model", type=Path, help="folder of a model; then name one language")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="CONDITION", choices=NAMES, help=", ".join(NAMES)
    )
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = given.out or Path(folder)
        for language in given.languages:
            words = load_library().languages[language]
            found = find_model(words.model, given.model)
            if not isinstance(found, FoundModel):
                print(f"{language}: left out, there is no {words.model} here.\n")
                continue
            make(out / language, language, minutes=given.minutes, voices=voices_of(language, given.voices))
            figures = run(out, language, found, given.only)
            (out / f"{language}.json").write_text(json.dumps(figures, ensure_ascii=False), encoding="utf-8")
            print(
                json.dumps(figures, ensure_ascii=False) if given.json else "\n".join(table(language, figures))
            )


def run(out: Path, language: str, found: FoundModel, only: Sequence[str] = ()) -> Figures:
    """Hear one language's set, or just its copies in some conditions."""
    model = load_model(found.path)
    book = Phrasebook.of(load_library().languages[language].phrasebook)
    lines = texts_of(language, out / "home")[:LINES]
    way = Way(mixed=True, plain=not only, lines=lines, only=only)
    return measure(read_hearing_set(out / language, book), model, book, way)


def table(language: str, figures: Figures) -> Iterator[str]:
    """Lay the goals out as a table for the docs."""
    has_plain = "plain" in figures["latency_ms"]
    yield f"{language}, {figures['scenes']} recordings and copies:"
    yield ""
    yield "| what | goal | matside | Vosk alone | |"
    yield "| --- | --- | --- | --- | --- |"
    for goal in GOALS:
        ours, plain = goal.of(figures, "ours"), goal.of(figures, "plain") if has_plain else None
        met = "" if ours is None else "met" if goal.is_met(ours) else "**missed**"
        yield f"| {goal.what} | {goal.wanted} | {_shown(ours, goal)} | {_shown(plain, goal)} | {met} |"
    yield ""
    for condition, counts in figures["lost"].items():
        missed = ", ".join(f"{where} {count}" for where, count in counts.items())
        yield f"Lost {condition}: {missed}."
    yield ""


def _shown(value: float | None, goal: Goal) -> str:
    return "–" if value is None else f"{value:.1f}{goal.unit}" if value % 1 else f"{value:.0f}{goal.unit}"


def _recall(condition: str) -> Callable[[Figures, str], float | None]:
    def read(figures: Figures, side: str) -> float | None:
        row = figures["by_condition"].get(condition)
        return None if row is None else row[f"{side}_percent"]

    return read


def _missed_urgent(figures: Figures, side: str) -> float | None:
    """Give the share of urgent commands that weren't taken, near and at 12 dB."""
    rows = [
        row
        for name, row in figures["urgent_by_condition"].items()
        if name in {QUIET, "far, quiet", "far, 12 dB"}
    ]
    said = sum(row["clips"] for row in rows)
    return 100 - 100 * sum(row.get(side, 0) for row in rows) / said if said else None


def _per_hour(kinds: tuple[str, ...]) -> Callable[[Figures, str], float | None]:
    def read(figures: Figures, side: str) -> float | None:
        rows = [figures["false_accepts"][kind] for kind in kinds if kind in figures["false_accepts"]]
        hours = sum(row["hours"] for row in rows)
        return sum(row[side] for row in rows) / hours if hours else None

    return read


def _share_of_words(figures: Figures, side: str) -> float | None:
    row = figures["false_accepts"].get("one other word")
    return 100 * row[side] / row["clips"] if row else None


def _ends(figures: Figures, side: str) -> float | None:
    rows = figures["false_accepts"].values()
    return float(sum(row[f"{side}_ends"] for row in rows)) if rows else None


def _time(where: str, which: str) -> Callable[[Figures, str], float | None]:
    def read(figures: Figures, side: str) -> float | None:
        found = figures["latency_ms"][side].get(where, {}).get(which)
        return None if found is None else float(found)

    return read


def _duck(figures: Figures, side: str) -> float | None:
    return figures["duck_ms"]["p95"] if side == "ours" else None


def _processor(figures: Figures, side: str) -> float | None:
    return figures["processor_percent"][side]


GOALS: Final = (
    Goal(
        what="command in a gap, quiet, near",
        wanted="97 %",
        is_met=lambda v: v >= 97,
        unit=" %",
        of=_recall(QUIET),
    ),
    Goal(what="at 2-3 m, quiet", wanted="–", is_met=lambda v: v >= 95, unit=" %", of=_recall("far, quiet")),
    Goal(
        what="at 2-3 m, 12 dB", wanted="95 %", is_met=lambda v: v >= 95, unit=" %", of=_recall("far, 12 dB")
    ),
    Goal(what="at 2-3 m, 6 dB", wanted="90 %", is_met=lambda v: v >= 90, unit=" %", of=_recall("far, 6 dB")),
    Goal(
        what="over the coach, -6 dB",
        wanted="85 %",
        is_met=lambda v: v >= 85,
        unit=" %",
        of=_recall("over the coach, -6 dB"),
    ),
    Goal(
        what="over the coach, -12 dB",
        wanted="75 %",
        is_met=lambda v: v >= 75,
        unit=" %",
        of=_recall("over the coach, -12 dB"),
    ),
    Goal(
        what="missed stop, pause and pain, near and far at 12 dB",
        wanted="3 %",
        is_met=lambda v: v <= 3,
        unit=" %",
        of=_missed_urgent,
    ),
    Goal(
        what="false accepts: speech, television, music, counting",
        wanted="0.5 an hour",
        is_met=lambda v: v <= 0.5,
        unit=" an hour",
        of=_per_hour(TALK),
    ),
    Goal(
        what="false accepts: breathing, effort, baby, household",
        wanted="0",
        is_met=lambda v: v == 0,
        unit=" an hour",
        of=_per_hour(NOISE),
    ),
    Goal(
        what="a single word that is no command, taken for one",
        wanted="–",
        is_met=lambda v: v <= 5,
        unit=" %",
        of=_share_of_words,
    ),
    Goal(
        what="“end session” taken where nobody said it",
        wanted="0",
        is_met=lambda v: v == 0,
        unit="",
        of=_ends,
    ),
    Goal(
        what="end of speech to command, p50",
        wanted="300 ms",
        is_met=lambda v: v <= 300,
        unit=" ms",
        of=_time("gap", "p50"),
    ),
    Goal(
        what="end of speech to command, p95",
        wanted="450 ms",
        is_met=lambda v: v <= 450,
        unit=" ms",
        of=_time("gap", "p95"),
    ),
    Goal(
        what="over the coach, p95",
        wanted="600 ms",
        is_met=lambda v: v <= 600,
        unit=" ms",
        of=_time("over_coach", "p95"),
    ),
    Goal(what="coach steps back, p95", wanted="150 ms", is_met=lambda v: v <= 150, unit=" ms", of=_duck),
    Goal(what="processor, one core", wanted="10 %", is_met=lambda v: v <= 10, unit=" %", of=_processor),
)


if __name__ == "__main__":
    main()
