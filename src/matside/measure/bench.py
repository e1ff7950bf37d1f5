"""Run a whole set of recordings through the ear, and through Vosk alone, and give the figures."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matside.hear.vosk_recogniser import Model
from matside.measure import tally
from matside.measure.hearing import Result, Scene, as_scene, hear
from matside.measure.hearing_set import HearingSet
from matside.measure.mix import CONDITIONS, copies
from matside.measure.over_coach import OverCoach
from matside.measure.plain_vosk import hear_plainly
from matside.pcm import Signal
from matside.session.command import Command
from matside.understand.phrasebook import Phrasebook

Lines = Sequence[tuple[str, Signal]]

ANSWERS = frozenset({Command.YES, Command.NO})


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a set is to be heard.

    Attributes:
        mixed: Whether copies in worse rooms are heard, too.
        plain: Whether Vosk alone hears the same.
        lines: What the coach says, at 16 kHz; only copies need it.
        only: Names of conditions; others, and the clean recordings, aren't heard. Empty hears all.
        progress: Told how many scenes are done.
    """

    mixed: bool = False
    plain: bool = True
    lines: Lines = ()
    only: Sequence[str] = ()
    progress: Callable[[int], None] = lambda _done: None


def measure(found: HearingSet, model: Model, book: Phrasebook, way: Way) -> dict[str, Any]:
    """Hear a set and sum up.

    Returns:
        Plain values, as `matside bench hearing --json` prints them.
    """
    ours, plain = tally.Side(is_strict=True), tally.Side(is_strict=False)

    def took(result: Result, scene: Scene) -> None:
        ours.results.append(result)
        if way.plain:
            plain.results.append(hear_plainly(scene, model, book))
        way.progress(len(ours.results))

    clean = []
    for clip in found.clips:
        scene = as_scene(clip)
        if not way.only:
            took(hear(scene, model, book), scene)
        if way.mixed and clip.wanted is not None:
            clean.append(scene)
    if way.mixed:
        _hear_copies(clean, model, book, way, took)
    before = {
        "schema": "bench-hearing/1",
        "model": model.path.name,
        "clips": len(found.clips),
        "scenes": len(ours.results),
        "left_out": list(found.left_out),
    }
    summed = tally.figures(ours, plain if way.plain else None, book.urgent)
    return before | summed | {"memory_mb": memory_mb(), "missed": tally.missed(ours)}


def _hear_copies(
    clean: Sequence[Scene],
    model: Model,
    book: Phrasebook,
    way: Way,
    took: Callable[[Result, Scene], None],
) -> None:
    for condition in CONDITIONS:
        if way.only and condition.name not in way.only:
            continue
        made: Iterable[Scene] = copies(clean, condition)
        if condition.over_coach_db is None:
            for scene in made:
                took(hear(scene, model, book), scene)
        elif way.lines:
            # Answers count only once the coach has asked and is silent; nobody gives them over it.
            made = copies([one for one in clean if one.clip.wanted not in ANSWERS], condition)
            for result, scene in OverCoach(model, book, way.lines).hear_all(iter(made)):
                took(result, scene)


def memory_mb() -> float | None:
    """Give the most memory that this process ever held; None where the system doesn't tell."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
