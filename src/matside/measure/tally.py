"""From results to figures: recall, confusions, false accepts an hour, times, and cost."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from matside.measure.hearing import Result
from matside.session.command import Command

_HOUR_MS: Final = 3_600_000
_UNKNOWN: Final = "not in the phrasebook"

Figures = dict[str, Any]


@dataclass(slots=True)
class Side:
    """The results of one way to hear; `is_strict` wants the right command first, not just among others."""

    is_strict: bool
    results: list[Result] = field(default_factory=list)

    def is_right(self, result: Result) -> bool:
        """Tell whether the command that was meant was taken."""
        if self.is_strict:
            return result.is_right
        return any(taken.command is result.scene.clip.wanted for taken in result.taken)


def figures(ours: Side, plain: Side | None, urgent: frozenset[Command] = frozenset()) -> Figures:
    """Sum everything up; the yardstick's figures stand beside ours where there is one."""
    sides = {"ours": ours} | ({"plain": plain} if plain is not None else {})
    return {
        "recall": _recall(sides, lambda _: "all"),
        "by_condition": _recall(sides, lambda result: result.scene.condition),
        "urgent_by_condition": _recall(
            {name: _only_urgent(side, urgent) for name, side in sides.items()},
            lambda result: result.scene.condition,
        ),
        "by_command": _recall(sides, lambda result: str(result.scene.clip.wanted)),
        "by_phrase": _recall(sides, lambda result: result.scene.clip.text),
        "unknown": dict(_unknown(ours)),
        "confusions": confusions(ours),
        "lost": lost(ours),
        "false_accepts": _false_accepts(sides),
        "latency_ms": {name: latency(side) for name, side in sides.items()},
        "duck_ms": _spread([r.duck_ms for r in ours.results if r.scene.clip.wanted is not None]),
        "processor_percent": {name: processor(side) for name, side in sides.items()},
    }


def confusions(side: Side) -> list[Figures]:
    """List what was taken in place of what was said, the commonest first."""
    found = Counter(
        (result.scene.clip.text, str(result.taken[0].command), result.taken[0].text)
        for result in side.results
        if result.scene.clip.wanted is not None and result.taken and not side.is_right(result)
    )
    return [
        {"said": said, "taken": taken, "heard": heard, "count": count}
        for (said, taken, heard), count in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    ]


def lost(side: Side) -> dict[str, dict[str, int]]:
    """Count, in each condition, where the commands that weren't taken were lost, the commonest first."""
    table: dict[str, Counter[str]] = {}
    for result in side.results:
        if result.scene.clip.wanted is not None and not side.is_right(result):
            table.setdefault(result.scene.condition, Counter())[lost_where(result)] += 1
    return {condition: dict(counts.most_common()) for condition, counts in table.items()}


def lost_where(result: Result) -> str:
    """Tell what became of a command that wasn't taken: which step on the way lost it."""
    if result.taken:
        return "another command was taken"
    heard = [entry.removesuffix(")").rpartition(" (")[::2] for entry in result.heard]
    said = result.scene.clip.text
    if not heard:
        return "no voice was found, or no words"
    if refused := [reason for text, reason in heard if text == said]:
        return f"refused: {refused[0]}"
    if any(f" {said} " in f" {text} " for text, _ in heard):
        return "heard, among words that nobody said"
    return "other words were heard"


def latency(side: Side) -> Figures:
    """Give the time from the end of speech to the command, in a gap and over the coach."""
    right = [result for result in side.results if side.is_right(result)]
    times = [(result, result.latency_ms) for result in right]
    over = [ms for result, ms in times if is_over_coach(result)]
    return {"gap": _spread([ms for result, ms in times if not is_over_coach(result)])} | (
        {"over_coach": _spread(over)} if over else {}
    )


def processor(side: Side) -> float | None:
    """Give the share of one core that hearing takes, in per cent."""
    heard_s = sum(len(result.scene.sound) for result in side.results) / 16_000
    if not heard_s:
        return None
    return round(100 * sum(result.computed_s for result in side.results) / heard_s, 2)


def is_over_coach(result: Result) -> bool:
    """Tell whether a result is of a copy over the coach."""
    return result.scene.condition.startswith("over the coach")


def missed(side: Side) -> list[Figures]:
    """List every command that wasn't taken as what it was."""
    return [
        {
            "path": result.scene.clip.name,
            "condition": result.scene.condition,
            "said": result.scene.clip.text,
            "taken": [str(taken.command) for taken in result.taken],
            "heard": result.heard,
        }
        for result in side.results
        if result.scene.clip.wanted is not None and not side.is_right(result)
    ]


def _only_urgent(side: Side, urgent: frozenset[Command]) -> Side:
    kept = [result for result in side.results if result.scene.clip.wanted in urgent]
    return Side(is_strict=side.is_strict, results=kept)


def _recall(sides: dict[str, Side], group_of: Any) -> dict[str, Figures]:
    table: dict[str, Figures] = {}
    for name, side in sides.items():
        for result in side.results:
            if result.scene.clip.wanted is None:
                continue
            row = table.setdefault(group_of(result), {"clips": 0})
            row["clips"] += name == "ours"
            row[name] = row.get(name, 0) + side.is_right(result)
    for row in table.values():
        for name in sides:
            row[f"{name}_percent"] = round(100 * row.get(name, 0) / max(1, row["clips"]), 1)
    return table


def _unknown(side: Side) -> Iterable[tuple[str, Figures]]:
    """Count the texts that are no phrase of ours, and what was taken for them all the same."""
    found: dict[str, Figures] = {}
    for result in side.results:
        clip = result.scene.clip
        if clip.text and clip.wanted is None:
            row = found.setdefault(clip.text, {"clips": 0, "taken": []})
            row["clips"] += 1
            row["taken"] += [str(taken.command) for taken in result.taken]
    return found.items()


def _false_accepts(sides: dict[str, Side]) -> dict[str, Figures]:
    """Count what was taken where nothing was to be taken, by kind of sound."""
    table: dict[str, Figures] = {}
    for name, side in sides.items():
        for result in side.results:
            clip = result.scene.clip
            if clip.text and clip.wanted is not None:
                continue
            kind = clip.kind if not clip.text else _UNKNOWN
            row = table.setdefault(kind, {"clips": 0, "hours": 0.0})
            if name == "ours":
                row["clips"] += 1
                row["hours"] += clip.length_ms / _HOUR_MS
            counts: Counter[str] = row.setdefault(f"{name}_commands", Counter())
            counts.update(str(taken.command) for taken in result.taken)
    for row in table.values():
        for name in sides:
            count = sum(row[f"{name}_commands"].values())
            row[name] = count
            row[f"{name}_per_hour"] = round(count / row["hours"], 2) if row["hours"] else None
            row[f"{name}_ends"] = row[f"{name}_commands"][str(Command.END)]
            row[f"{name}_commands"] = dict(row[f"{name}_commands"].most_common())
        row["hours"] = round(row["hours"], 4)
    return table


def _spread(values: Sequence[float | None]) -> Figures:
    known = [value for value in values if value is not None]
    if not known:
        return {"count": 0, "p50": None, "p95": None}
    p50, p95 = np.percentile(known, [50, 95])
    return {"count": len(known), "p50": round(float(p50), 1), "p95": round(float(p95), 1)}
