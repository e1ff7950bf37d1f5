"""The person on the command line: told inline for scripts, or recalled from her profile."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from matside.cli.output import note
from matside.content.exercise import Birth, Stage
from matside.errors import MatsideError, UsageError
from matside.settings import Paths

if TYPE_CHECKING:
    from matside.content.language import Language, Library
    from matside.planning.person import Person
    from matside.planning.profile import Profile
    from matside.planning.questions import Asks
    from matside.planning.tailor import Today

Function = TypeVar("Function", bound=Callable[..., Any])
STAGES = [stage.value for stage in (Stage.PREGNANT, Stage.POSTPARTUM, Stage.GENERAL)]


def person_options(function: Function) -> Function:
    """Add what says for whom, where it isn't the profile's person."""
    for option in (
        click.option(
            "--stage", type=click.Choice(STAGES), help="For a person of this stage, not the profile's."
        ),
        click.option(
            "--weeks", type=int, metavar="N", help="Completed weeks of pregnancy, or since the birth."
        ),
        click.option("--birth", type=click.Choice([birth.value for birth in Birth]), help="How it went."),
        click.option(
            "--check-done", is_flag=True, help="The postnatal check has happened, nobody said wait."
        ),
        click.option("--flag", "flags", multiple=True, metavar="FLAG", help="A body flag, such as pgp."),
        click.option("--without", multiple=True, metavar="THING", help="Not at hand, such as ball."),
        click.option("--used-to", multiple=True, metavar="WHAT", help="trained or ball-used."),
        click.option("--level", "levels", multiple=True, metavar="EXERCISE=N", help="Where she stands."),
    ):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """For whom a plan is made.

    Attributes:
        profile: None where she was told inline: then nothing of a history counts.
    """

    today: "Today"
    asks: "Asks"
    profile: "Profile | None" = None
    sessions: Any = field(default=())

    @property
    def person(self) -> "Person":
        """Who she is today."""
        return self.today.person


def known_person(given: Mapping[str, Any], paths: Paths, library: "Library", language: "Language") -> Known:
    """Give the person of the command line, or the one of the profile.

    Raises:
        UsageError: What is told doesn't fit together, or names something that isn't there.
    """
    from matside.planning.questions import Asks

    told = ("stage", "weeks", "birth", "check_done", "flags", "without", "used_to")
    if any(given.get(name) for name in told) or given.get("weeks") is not None:
        return Known(today=_told(given, library, language), asks=Asks())
    from dataclasses import replace

    from matside.planning.person import Person
    from matside.planning.tailor import Today
    from matside.run.recall import recall

    try:
        found = recall(paths.history, library, datetime.now().astimezone())
    except MatsideError as error:
        # A history that can't be read must not keep anybody from what is open to all.
        note(f"{error} Until it can be read, matside doesn't know who you are.")
        return Known(today=Today(person=Person()), asks=Asks())
    ladder = {**found.today.ladder, **_rungs(given.get("levels", ()), library)}
    return Known(
        today=replace(found.today, ladder=ladder),
        asks=found.asks,
        profile=found.profile,
        sessions=found.sessions,
    )


def _told(given: Mapping[str, Any], library: "Library", language: "Language") -> "Today":
    from matside.content.parse import EXPERIENCE, FLAGS, ITEMS
    from matside.planning.person import Person, contradictions
    from matside.planning.tailor import Today

    person = Person(
        stage=Stage(given["stage"]) if given["stage"] else Stage.UNKNOWN,
        weeks=given["weeks"],
        birth=Birth(given["birth"]) if given["birth"] else None,
        check_done=given["check_done"],
        flags=frozenset(known_names(given["flags"], FLAGS, "body flag")),
        missing=frozenset(known_names(given["without"], ITEMS, "thing")),
        experience=frozenset(known_names(given["used_to"], EXPERIENCE, "experience")),
    )
    wrong = contradictions(person)
    if wrong:
        raise UsageError(
            language.planning[f"contradiction.{wrong[0]}"],
            hint="Tell --stage, --weeks and, after a birth, --birth.",
        )
    return Today(person=person, ladder=_rungs(given["levels"], library), met=frozenset(library.exercises))


def known_names(names: tuple[str, ...], known: frozenset[str], what: str) -> tuple[str, ...]:
    """Give names back that are known.

    Raises:
        UsageError: One of them isn't; the nearest is suggested.
    """
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            meant = f' Did you mean "{near[0]}"?' if near else ""
            raise UsageError(
                f'There is no {what} "{name}".{meant}', hint=f"They are: {', '.join(sorted(known))}."
            )
    return names


def _rungs(texts: tuple[str, ...], library: "Library") -> dict[str, Any]:
    from matside.planning.adapt import Rung
    from matside.planning.why import Because

    rungs = {}
    for text in texts:
        name, _, number = text.partition("=")
        exercise = library.exercises.get(name)
        if exercise is None or not number.isdecimal() or int(number) >= len(exercise.levels):
            most = f"0 to {len(exercise.levels) - 1}" if exercise else "its level"
            raise UsageError(
                f'"{text}" is no exercise and level.',
                hint=f"Give an exercise of `matside exercises` and {most}: --level bridge=1",
            )
        rungs[name] = Rung(level=int(number), because=Because.CHOSEN, is_hers=True)
    return rungs
