"""`matside plan`: today's session, item by item, each with its reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from matside.cli.options import (
    json_option,
    language_of,
    language_option,
    my_paths,
    my_settings,
    profile_option,
)
from matside.cli.output import note, write_json, write_table
from matside.cli.person_options import ContradictionError, Known, known_person, person_options

if TYPE_CHECKING:
    from matside.content.language import Library
    from matside.content.routine_file import RoutineFile
    from matside.planning.choose import Refusal
    from matside.planning.lay_out import Laid
    from matside.planning.words import Words
    from matside.units import Ms

CHECK_ITEM = "pre-session-check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which session somebody wants.

    Attributes:
        name: A routine's name or file; None lets her stage and the hour choose.
        minutes: How long it may take, its questions included.
        part: "morning" or "evening"; None takes the hour.
    """

    name: str | None
    minutes: int | None = None
    part: str | None = None


def wish_options(function: Any) -> Any:
    """Add what chooses among the sessions that suit her."""
    function = click.option(
        "--minutes", type=click.IntRange(2, 60), metavar="N", help="The longest form that fits N minutes."
    )(function)
    function = click.option("--evening", "part", flag_value="evening", help="As if it were evening.")(
        function
    )
    return click.option("--morning", "part", flag_value="morning", help="As if it were morning.")(function)


def wanted(wish: Wish, known: Known, library: "Library", *, language: str) -> "RoutineFile | Refusal":
    """Find the routine that is wished for, or the one that suits; or say why there is none.

    Raises:
        UsageError: There is no routine of that name.
        ContentProblems: The routine's file can't be used.
    """
    from matside.content.routine import PartOfDay
    from matside.content.routine_file import RoutineFile, find_routine
    from matside.planning.admission import admission
    from matside.planning.choose import Refusal, choose, part_of_day
    from matside.units import milliseconds

    if wish.name is not None:
        found = find_routine(wish.name, library, language=language)
        return admission(found.routine, found.library, known.standing()) or found
    closed = admission(None, library, known.standing())
    if closed is not None:
        return closed
    part = PartOfDay(wish.part) if wish.part else part_of_day(datetime.now().astimezone().hour)
    minutes = wish.minutes or (known.profile.minutes if known.profile else None)
    chosen = choose(library, known.person, part, milliseconds(60 * minutes) if minutes else None)
    return chosen if isinstance(chosen, Refusal) else RoutineFile(routine=chosen, library=library)


def laid_out(found: "RoutineFile", known: Known) -> "Laid | Refusal":
    """Lay a routine out for her; a refusal where none of its exercises is left."""
    from matside.planning.choose import Cause, Refusal, open_routine
    from matside.planning.lay_out import lay_out_for
    from matside.planning.questions import questions

    asked = questions(found.routine, found.library, known.person, known.asks)
    laid = lay_out_for(found.routine, found.library, known.today, asked=asked)
    if laid.is_empty:
        return Refusal(cause=Cause.NOTHING_LEFT, instead=open_routine(found.library))
    return laid


@click.command("plan")
@click.argument("routine", required=False)
@wish_options
@person_options
@json_option
@language_option
@profile_option
def plan_command(routine: str | None, *, minutes: int | None, part: str | None, **given: Any) -> None:
    """Show the session that suits today, or ROUTINE, with the reason for each of its levels.

    For scripts, the person may be told inline instead of the profile's:

    matside plan c2 --stage postpartum --weeks 3 --birth vaginal --json
    """
    from matside.content.library import load_library
    from matside.planning.choose import Refusal
    from matside.planning.words import Words

    paths = my_paths()
    settings = my_settings(paths, language=given["language"])
    library = load_library()
    language = language_of(library, settings.language)
    try:
        known = known_person(given, paths, library, language)
    except ContradictionError as error:
        if not given["as_json"]:
            raise
        write_json({"refused": str(error)})
        return
    wish = Wish(name=routine, minutes=minutes, part=part)
    found = wanted(wish, known, library, language=language.code)
    laid = found if isinstance(found, Refusal) else laid_out(found, known)
    if not isinstance(found, Refusal):
        language = language_of(found.library, language.code)  # with the words of the file's own exercises
    words = Words(language=language, person=known.person)
    if isinstance(found, Refusal) or isinstance(laid, Refusal):
        tell_refusal(laid, words, as_json=given["as_json"])
    elif given["as_json"]:
        for row in rows_of(laid, words):
            write_json(row)
    else:
        _write_plan(laid, found, words)


def tell_refusal(refused: "Refusal | Laid", words: "Words", *, as_json: bool) -> None:
    """Say why there is no session, and what is open instead."""
    from matside.planning.choose import Refusal

    assert isinstance(refused, Refusal)
    reason = words.refusal(refused)
    if as_json:
        write_json({"refused": reason})
        return
    click.echo(reason)
    if refused.instead is not None:
        click.echo(words.language.planning["instead"].format(routine=refused.instead))


def rows_of(laid: "Laid", words: "Words") -> list[dict[str, object]]:
    """Give the plan as plain data, one row an item; times in seconds from the first question."""
    from matside.planning.lay_out import CHECK_MS
    from matside.planning.tailor import Tailored

    rows: list[dict[str, object]] = []
    clock_ms = 0
    texts = words.language.planning

    def add(name: str, length_ms: "Ms", **more: object) -> None:
        nonlocal clock_ms
        row = {"exercise": name, "level": None, "position": None, "seconds": _seconds(length_ms)}
        row |= {"start_s": _seconds(clock_ms), "reason": texts["plan.passage"], "replaced": None}
        rows.append(row | more)
        clock_ms += length_ms

    if laid.plan.check is not None:
        asked = "plan.changed" if laid.plan.changed is not None else "plan.check"
        add(CHECK_ITEM, CHECK_MS, reason=texts[asked])
    for item, step in zip(laid.plan.items, laid.steps, strict=True):
        if isinstance(step, Tailored):
            add(
                step.exercise.id,
                item.length_ms,
                level=step.level,
                position=step.rung.position.value,
                reason=words.why(step),
                replaced=step.replaced,
            )
        else:
            position = step.position.value if step.position else None
            add(step.id, item.length_ms, position=position)
    return rows


def _name(exercise: str, words: "Words") -> str:
    return words.language.planning["plan.questions"] if exercise == CHECK_ITEM else words.name(exercise)


def _seconds(length_ms: "Ms") -> int | float:
    return length_ms // 1_000 if length_ms % 1_000 == 0 else length_ms / 1_000


def _clock(seconds: object) -> str:
    minutes, rest = divmod(int(float(str(seconds))), 60)
    return f"{minutes}:{rest:02}"


def _write_plan(laid: "Laid", found: "RoutineFile", words: "Words") -> None:
    from matside.planning.tailor import Tailored

    routine, texts = found.routine, words.language.planning
    rows = rows_of(laid, words)
    total = sum(float(str(row["seconds"])) for row in rows)
    name = words.language.routines[routine.id].name
    click.echo(texts["plan.today"].format(routine=name, length=_clock(total), when=words.when()))
    steps = [None] * (len(rows) - len(laid.steps)) + list(laid.steps)
    write_table(
        (_clock(row["start_s"]), _name(str(row["exercise"]), words), str(row["reason"]))
        for row, step in zip(rows, steps, strict=True)
        if isinstance(step, Tailored) or row["exercise"] == CHECK_ITEM
    )
    for left in laid.left_out:
        reason = words.why_left_out(left)
        note(texts["plan.left-out"].format(exercise=words.name(left.exercise), why=reason))
    if words.may_tell_of_check:
        note(texts["check.tell"])
