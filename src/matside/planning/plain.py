"""A person's day as plain data and back, so that an interrupted session is laid out again as it was."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from matside.content.exercise import Birth, Stage
from matside.planning.adapt import Rung
from matside.planning.person import Person
from matside.planning.questions import Asks
from matside.planning.tailor import Today
from matside.planning.why import Because

Plain = dict[str, Any]


def today_to_plain(today: Today) -> Plain:
    """Turn a day into what JSON can hold."""
    person = today.person
    return {
        "stage": person.stage.value,
        "weeks": person.weeks,
        "days": person.days,
        "birth": person.birth.value if person.birth else None,
        "check_done": person.check_done,
        "flags": sorted(person.flags),
        "missing": sorted(person.missing),
        "experience": sorted(person.experience),
        "met": sorted(today.met),
        "new": sorted(today.new),
        "first_week": today.first_week,
        "baby_tips": today.baby_tips,
        "ladder": {name: _rung_to_plain(rung) for name, rung in sorted(today.ladder.items())},
    }


def today_from_plain(plain: Mapping[str, Any]) -> Today:
    """Give the day that `today_to_plain` wrote.

    Raises:
        ValueError: It is something else.
    """
    try:
        person = Person(
            stage=Stage(plain["stage"]),
            weeks=plain["weeks"],
            days=plain["days"],
            birth=Birth(plain["birth"]) if plain["birth"] else None,
            check_done=bool(plain["check_done"]),
            flags=frozenset(plain["flags"]),
            missing=frozenset(plain["missing"]),
            experience=frozenset(plain["experience"]),
        )
        return Today(
            person=person,
            ladder={str(name): _rung_from_plain(rung) for name, rung in plain["ladder"].items()},
            met=frozenset(plain["met"]),
            new=frozenset(plain["new"]),
            first_week=bool(plain["first_week"]),
            baby_tips=bool(plain["baby_tips"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no day of a person: {error}") from error


def asks_to_plain(asks: Asks) -> Plain:
    """Turn what is to be asked into what JSON can hold."""
    return {
        "only_changes": asks.only_changes,
        "passed": asks.passed,
        "flare": asks.flare,
        "nothing": asks.nothing,
        "locked": asks.locked,
    }


def asks_from_plain(plain: Mapping[str, Any]) -> Asks:
    """Give what is to be asked back; what isn't there is asked."""
    return Asks(
        only_changes=plain.get("only_changes") is True,
        passed=str(plain["passed"]) if plain.get("passed") else None,
        flare=plain.get("flare") is True,
        nothing=plain.get("nothing") is True,
        locked=plain.get("locked") is True,
    )


def _rung_to_plain(rung: Rung) -> Plain:
    return {
        "level": rung.level,
        "because": rung.because.value,
        "since": rung.since.isoformat() if rung.since else None,
        "is_raise": rung.is_raise,
        "is_hers": rung.is_hers,
    }


def _rung_from_plain(plain: Mapping[str, Any]) -> Rung:
    return Rung(
        level=int(plain["level"]),
        because=Because(plain["because"]),
        since=date.fromisoformat(plain["since"]) if plain["since"] else None,
        is_raise=bool(plain["is_raise"]),
        is_hers=bool(plain["is_hers"]),
    )
