"""Rules that hold for every exercise, whoever wrote it: no gate can lift them. Data with sources."""

from dataclasses import dataclass

from matside.content.exercise import Position, Source, Stage
from matside.content.reader import Table
from matside.content.screening import read_source

RULES_SCHEMA = "rules/1"
MOST_WEEKS = 104


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Positions that are closed to some people, in any exercise and at any of its levels.

    Attributes:
        weeks_min: Completed weeks from which it holds, up to and with `weeks_max`.
        positions: What is closed.
    """

    stage: Stage
    positions: tuple[Position, ...]
    sources: tuple[Source, ...]
    weeks_min: int | None = None
    weeks_max: int | None = None


def read_rule(table: Table, _name: str) -> Rule:
    """Read a rule; its name is the key that it stands under."""
    rule = Rule(
        stage=table.choice("stage", Stage),
        positions=table.choices("positions", Position),
        sources=tuple(read_source(source) for source in table.tables("sources", required=True)),
        weeks_min=table.whole_or_none("weeks_min", 0, MOST_WEEKS),
        weeks_max=table.whole_or_none("weeks_max", 0, MOST_WEEKS),
    )
    table.done()
    return rule
