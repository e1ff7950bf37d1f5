"""The person on the command line: told inline for scripts, or recalled from her profile."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from matside.cli.output import note
from matside.content.exercise import Birth, Stage
from matside.content.parse import EXPERIENCE, FLAGS, ITEMS
from matside.errors import MatsideError, UsageError
from matside.settings import Paths

if TYPE_CHECKING:
    from matside.content.language import Language, Library
    from matside.planning.admission import Standing
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
        profile: None where she was told on the command line, and nobody ever told anything before.
    """

    today: "Today"
    asks: "Asks"
    profile: "Profile | None" = None
    sessions: Any = field(default=())

    @property
    def person(self) -> "Person":
        """Who she is today."""
        return self.today.person

    def standing(self) -> "Standing":
        """Give all that decides about a session as a whole."""
        from matside.planning.admission import Standing

        on = datetime.now().astimezone().date()
        return Standing(person=self.person, profile=self.profile, asks=self.asks, on=on)


class ContradictionError(UsageError):
    """What is told of a person can't all be true."""


def known_person(
    given: Mapping[str, Any], paths: Paths, library: "Library", language: "Language", *, lasting: bool = False
) -> Known:
    """Give the person of the command line, or the one of the profile.

    Who tells a stage, weeks or a birth tells of somebody from the beginning; flags and things alone are added
    to the profile's person.

    Args:
        given: The options.
        paths: Where the profile is.
        library: For the names of exercises.
        language: For what must be asked again.
        lasting: Keep what closes sessions for the profile's person, and her ladder and number, whatever the
            options say: her list, her lock, her flags. A plan may be made for anybody, a session only so.

    Raises:
        ContradictionError: What is told can't all be true.
        UsageError: It names something that isn't there.
    """
    is_told = any(given.get(name) is not None for name in ("stage", "weeks", "birth")) or given["check_done"]
    known = _recalled(paths, library, language) if lasting or not is_told else None
    if is_told:
        told = _told(given, library, language)
        known = _joined(known, told) if known else Known(today=told, asks=_no_asks())
    assert known is not None
    more = {
        "flags": frozenset(known_names(given["flags"], FLAGS, "body flag")),
        "missing": frozenset(known_names(given["without"], ITEMS, "thing")),
        "experience": frozenset(known_names(given["used_to"], EXPERIENCE, "experience")),
    }
    person = replace(
        known.person, **{name: getattr(known.person, name) | some for name, some in more.items()}
    )
    ladder = {**known.today.ladder, **_rungs(given.get("levels", ()), library)}
    return replace(known, today=replace(known.today, person=person, ladder=ladder))


def _no_asks() -> "Asks":
    from matside.planning.questions import Asks

    return Asks()


def _recalled(paths: Paths, library: "Library", language: "Language") -> Known:
    from matside.planning.person import Person
    from matside.planning.tailor import Today
    from matside.run.recall import recall

    try:
        found = recall(paths.history, library, datetime.now().astimezone())
    except MatsideError as error:
        # A history that can't be read must not keep anybody from what is open to all.
        note(language.screens["profile.unreadable"].format(problem=error))
        return Known(today=Today(person=Person()), asks=_no_asks())
    return Known(today=found.today, asks=found.asks, profile=found.profile, sessions=found.sessions)


def _joined(known: Known, told: "Today") -> Known:
    """Put who was told into the place of the profile's person, with all that closes anything for that one."""
    if known.profile is None:
        return known  # what can't be read may close sessions, so nothing on the line opens any
    was = known.person
    person = replace(told.person, flags=was.flags, missing=was.missing | told.person.missing)
    today = replace(known.today, person=person)
    return replace(known, today=today, profile=known.profile if known.profile.closes_or_opens else None)


def _told(given: Mapping[str, Any], library: "Library", language: "Language") -> "Today":
    from matside.planning.person import Person, contradictions
    from matside.planning.tailor import Today

    person = Person(
        stage=Stage(given["stage"]) if given["stage"] else Stage.UNKNOWN,
        weeks=given["weeks"],
        birth=Birth(given["birth"]) if given["birth"] else None,
        check_done=given["check_done"],
    )
    wrong = contradictions(person) if person.stage is not Stage.UNKNOWN else ()
    if wrong:
        raise ContradictionError(
            language.planning[f"contradiction.{wrong[0]}"],
            hint="Tell --stage, --weeks and, after a birth, --birth.",
        )
    return Today(person=person, met=frozenset(library.exercises))


def known_names(
    names: tuple[str, ...], known: frozenset[str], what: str, *, offered: Iterable[str] = ()
) -> tuple[str, ...]:
    """Give names back that are known.

    Args:
        names: As they were given.
        known: All that are taken.
        what: What they name.
        offered: Those that concern her, where not all of them do; the others are taken and not shown.

    Raises:
        UsageError: One of them isn't known; the nearest is suggested.
    """
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            meant = f' Did you mean "{near[0]}"?' if near else ""
            raise UsageError(
                f'There is no {what} "{name}".{meant}',
                hint=f"They are: {', '.join(offered or sorted(known))}.",
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
