"""The doses of a day: how much of what, counted over all sessions of the day."""

from dataclasses import dataclass
from enum import StrEnum

from matside.content.reader import Table


class Unit(StrEnum):
    """What is counted."""

    REPS = "reps"
    SECONDS = "seconds"
    SETS = "sets"


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyDose:
    """How much of an exercise a day holds.

    Attributes:
        from_level: Only this rung and those above it count; whom the gates keep below it has no such dose.
        per_day: Where the dose is reached; `most` is where it ends, the same if None.
        routine: What brings it further; None where the day's sessions do.
        seed_refs: Rows of the article that it comes from.
    """

    id: str
    exercises: tuple[str, ...]
    unit: Unit
    per_day: int
    most: int | None
    from_level: int
    routine: str | None
    seed_refs: tuple[str, ...]


def read_dose(table: Table, dose_id: str) -> DailyDose:
    """Read a daily dose; its id is the key that it stands under."""
    dose = DailyDose(
        id=dose_id,
        exercises=table.texts("exercises", required=True),
        unit=table.choice("unit", Unit),
        per_day=table.whole("per_day", 1, 3_600),
        most=table.whole_or_none("most", 1, 3_600),
        from_level=table.whole("from_level", 0, 20, default=0),
        routine=table.id("routine") if table.has("routine") else None,
        seed_refs=table.texts("seed_refs"),
    )
    table.done()
    return dose
