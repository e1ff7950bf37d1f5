"""Tables to routines, passages and checks; see `parse.py` for the way of reading."""

from matside.content.exercise import Birth, Position, Stage
from matside.content.parse import FLAGS, MOST_LEVELS, read_substitute
from matside.content.reader import Table
from matside.content.routine import (
    Adjustment,
    Advice,
    Check,
    ExerciseItem,
    Offer,
    PartOfDay,
    Passage,
    PassageItem,
    PassageLine,
    Question,
    Routine,
    RoutineItem,
)

ROUTINE_SCHEMA = "routine/1"
LONGEST_ROUTINE_S = 4 * 60 * 60
MOST_WEEKS = 104


def _read_adjustment(table: Table) -> Adjustment:
    adjustment = Adjustment(
        stage=table.choice("stage", Stage) if table.has("stage") else None,
        flag=table.one_of("flag", FLAGS) if table.has("flag") else None,
        weeks_min=table.whole_or_none("weeks_min", 0, MOST_WEEKS),
        weeks_max=table.whole_or_none("weeks_max", 0, MOST_WEEKS),
        births=table.choices("births", Birth),
        first_week=table.flag("first_week", default=False),
        level=table.whole_or_none("level", 0, MOST_LEVELS),
        reps=table.whole_or_none("reps", 1, 200),
        setup_ms=table.seconds_or_none("setup_s", 0, 300),
        variant=table.id("variant") if table.has("variant") else None,
        instead=read_substitute(table.table_or_none("instead")),
        drop=table.flag("drop", default=False),
    )
    table.done()
    return adjustment


def _read_offer(table: Table) -> Offer:
    offer = Offer(
        stage=table.choice("stage", Stage),
        weeks_min=table.whole_or_none("weeks_min", 0, MOST_WEEKS),
        weeks_max=table.whole_or_none("weeks_max", 0, MOST_WEEKS),
        days_min=table.whole_or_none("days_min", 0, 7 * MOST_WEEKS),
        births=table.choices("births", Birth),
        check_done=table.flag_or_none("check_done"),
        without_flags=table.some_of("without_flags", FLAGS),
    )
    table.done()
    return offer


def _read_item(table: Table) -> RoutineItem:
    if table.has("passage"):
        passage = PassageItem(passage=table.id("passage"))
        table.done()
        return passage
    item = ExerciseItem(
        exercise=table.id("exercise"),
        level=table.whole("level", 0, MOST_LEVELS),
        reps=table.whole_or_none("reps", 1, 200),
        sets=table.whole_or_none("sets", 1, 20),
        setup_ms=table.seconds_or_none("setup_s", 0, 300),
        exit_ms=table.seconds_or_none("exit_s", 0, 300),
        variant=table.id("variant") if table.has("variant") else None,
        adjust=tuple(_read_adjustment(one) for one in table.tables("adjust")),
    )
    table.done()
    return item


def read_routine(table: Table) -> Routine:
    """Read a routine from its table.

    Returns:
        The routine; `total_ms` is 0 where the file states no `total_s`.
    """
    return Routine(
        id=table.id("id"),
        items=tuple(_read_item(item) for item in table.tables("items", required=True)),
        total_ms=table.seconds("total_s", 1, LONGEST_ROUTINE_S, default=0),
        check=table.id("check") if table.has("check") else None,
        aliases=table.texts("aliases"),
        offers=tuple(_read_offer(offer) for offer in table.tables("offers")),
        short_of=table.id("short_of") if table.has("short_of") else None,
        part_of_day=table.choice("part_of_day", PartOfDay) if table.has("part_of_day") else None,
        on_request=table.flag("on_request", default=False),
        rank=table.whole("rank", 0, 9, default=0),
    )


def read_passage(table: Table, passage_id: str) -> Passage:
    """Read a passage; its id is the key that it stands under."""
    lines = []
    for line in table.tables("lines", required=True):
        lines.append(PassageLine(at_ms=line.seconds("at_s", 0, 600), cue=line.id("cue")))
        line.done()
    passage = Passage(
        id=passage_id,
        length_ms=table.seconds("length_s", 1, 600),
        lines=tuple(lines),
        position=table.choice("position", Position) if table.has("position") else None,
    )
    table.done()
    return passage


def _read_question(table: Table) -> Question:
    question = Question(
        key=table.id("key"),
        on_yes=table.choice("on_yes", Advice),
        follow_up=table.id("follow_up") if table.has("follow_up") else None,
        milder=table.choice("milder", Advice) if table.has("milder") else None,
        once=table.flag("once", default=False),
    )
    if (question.follow_up is None) is not (question.milder is None):
        table.reject("milder", expected="both follow_up and milder, or neither", found="one of them")
    table.done()
    return question


def read_check(table: Table, check_id: str) -> Check:
    """Read a check; its id is the key that it stands under."""
    check = Check(
        id=check_id,
        questions=tuple(_read_question(one) for one in table.tables("questions", required=True)),
        sources=table.texts("sources", required=True),
        stage=table.choice("stage", Stage) if table.has("stage") else None,
        weeks_min=table.whole_or_none("weeks_min", 0, MOST_WEEKS),
        weeks_max=table.whole_or_none("weeks_max", 0, MOST_WEEKS),
    )
    table.done()
    return check
