"""Whole sessions as files: what is said when, what must come of it, what must not.

A file holds:

    about, routine, language     what it shows; a shipped routine; "en" where nothing is given
    check, met                   whether the questions are asked; exercises that the person knows
    asks, changed, number        another check in its place; whether it was passed earlier in the day; the
                                 number that she would call
    [[say]]                      at_s and text, or at_s and key
    [[expect]]                   an event: its fields; at_s with within_ms (default 20); after_s and before_s
                                 bound it where the moment is open; text_has is a part of its text
    [[never]]                    an event that must not come, in the same terms
    [shift]                      every phase after from_s comes by_ms later than it does when nothing is said
"""

import functools
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from matside.content.routine import Check
from stage import library, plan_of, play, pressed, said

FILES = sorted(Path(__file__).parent.glob("*.toml"))
BOUNDS = {"at_s", "within_ms", "after_s", "before_s", "text_has"}
KEYS = {
    "about",
    "routine",
    "language",
    "check",
    "asks",
    "changed",
    "number",
    "met",
    "say",
    "expect",
    "never",
    "shift",
}


def fits(event, wanted):
    at_ms = event["t_ms"]
    if "at_s" in wanted and abs(at_ms - wanted["at_s"] * 1000) > wanted.get("within_ms", 20):
        return False
    if not wanted.get("after_s", 0) * 1000 <= at_ms <= wanted.get("before_s", 10**6) * 1000:
        return False
    if wanted.get("text_has", "") not in str(event.get("text", "")):
        return False
    return all(event.get(name) == value for name, value in wanted.items() if name not in BOUNDS)


def phases(events, from_ms):
    return [
        (event["t_ms"], event["phase"], event.get("exercise"), event.get("rep"))
        for event in events
        if event["kind"] == "phase" and event["t_ms"] > from_ms
    ]


def plan_told(told):
    plan = plan_of(told["routine"], checked=not told.get("check", False), met=frozenset(told.get("met", ())))
    checks = library().checks
    if "asks" in told:
        first, *others = [checks[name] for name in told["asks"]]
        plan = replace(plan, check=functools.reduce(Check.plus, others, first))
    changed = checks["changed"] if told.get("changed") else None
    return replace(plan, changed=changed, emergency_number=told.get("number"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_session_goes_as_written(file):
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    assert set(told) <= KEYS
    plan = plan_told(told)
    language = told.get("language", "en")
    script = [
        said(one["at_s"], one["text"]) if "text" in one else pressed(one["at_s"], one["key"])
        for one in told.get("say", ())
    ]
    events = play(plan, *script, language=language)
    shown = "\n".join(map(str, events))
    for wanted in told["expect"]:
        assert any(fits(event, wanted) for event in events), f"lacking: {wanted}\n{shown}"
    for unwanted in told.get("never", ()):
        assert not any(fits(event, unwanted) for event in events), f"unwanted: {unwanted}\n{shown}"
    if shift := told.get("shift"):
        from_ms, by_ms = round(shift["from_s"] * 1000), shift["by_ms"]
        calm = [(at_ms + by_ms, *rest) for at_ms, *rest in phases(play(plan, language=language), from_ms)]
        # Where it goes on, the phase that stood still is told again.
        assert [one for one in phases(events, from_ms) if one[0] > from_ms + by_ms] == calm, shown


def test_every_session_file_tells_what_it_shows():
    abouts = [tomllib.loads(file.read_text(encoding="utf-8"))["about"] for file in FILES]
    assert len(set(abouts)) == len(FILES) >= 30
