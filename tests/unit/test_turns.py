"""Turns at awkward moments: nobody is left on the floor, on the wrong side or without a word."""

import pytest

from matside.content.exercise import Position
from matside.session.command import Command
from matside.session.cue import Cue, Goodbye, LeavePosition, Silence, SwitchSide, TakePosition, TimeLeft
from matside.session.machine import Session
from matside.session.outcome import LevelChanged, Outcome, PhaseBegan, Result
from matside.session.plan import Plan, PlanPassage
from plans import BREATHING, BRIDGE, CLOSE, PLANK, REACH, dosed

END_MS = 1_000_000


def of(*items):
    return Session(Plan(routine="test", items=items))


def until(session, phase, from_ms=0):
    """Go on until a phase begins; give that moment and what came up to it."""
    effects = []
    for at_ms in range(from_ms, END_MS, 100):
        effects += session.advance(at_ms)
        found = [one for one in effects if isinstance(one, PhaseBegan) and one.phase == phase]
        if found:
            return at_ms, effects
    raise AssertionError(f"no {phase}")


def meanings(effects, kind):
    return [one.meaning for one in effects if isinstance(one, Cue) and isinstance(one.meaning, kind)]


def phases(effects):
    return [one.phase for one in effects if isinstance(one, PhaseBegan)]


def outcomes(effects):
    return [one for one in effects if isinstance(one, Outcome)]


def test_next_twice_keeps_the_time_to_get_up():
    session = of(dosed(PLANK, 2), dosed(PLANK, 0), dosed(BREATHING, 0), PlanPassage(passage=CLOSE))
    at_ms, _ = until(session, "hold")
    effects = session.apply(Command.NEXT, at_ms)
    assert phases(effects) == ["exit"]
    effects = session.apply(Command.NEXT, at_ms + 1_000)
    (way_up,) = [one for one in effects if isinstance(one, PhaseBegan)]
    assert (way_up.phase, way_up.length_ms) == ("exit", 5_000)
    effects += session.advance(at_ms + 20_000)
    assert meanings(effects, LeavePosition) == [LeavePosition(position=Position.FOREARM_KNEES)]
    assert meanings(effects, TakePosition) == [TakePosition(position=Position.SEATED)]


def test_back_in_the_way_up_goes_down_again_without_a_way_up():
    session = of(dosed(PLANK, 2, exits=True), dosed(BREATHING, 0), PlanPassage(passage=CLOSE))
    at_ms, _ = until(session, "exit")
    effects = session.apply(Command.BACK, at_ms + 500)
    assert phases(effects) == ["setup"]
    assert [one.result for one in outcomes(effects)] == [Result.DONE]


def test_going_back_does_not_bring_up_again_what_was_too_hard():
    session = of(dosed(BRIDGE, 2), dosed(BREATHING, 0), dosed(BRIDGE, 2))
    at_ms, _ = until(session, "move")
    session.apply(Command.EASIER, at_ms)
    effects = session.apply(Command.BACK, at_ms + 5_000)
    assert {one.level for one in effects if isinstance(one, PhaseBegan)} == {1}
    effects += session.apply(Command.NEXT, at_ms + 6_000)
    effects += session.apply(Command.NEXT, at_ms + 16_000)
    at_ms = at_ms + 40_000
    effects += session.advance(at_ms)
    bridges = [one for one in effects if isinstance(one, PhaseBegan) and one.exercise == "bridge"]
    assert {one.level for one in bridges} == {1}
    (again,) = [one for one in outcomes(effects) if one.item == 0 and one.level_done <= 1][:1]
    assert again.level_planned == 2


def test_what_was_too_hard_at_its_lowest_is_not_come_back_to():
    session = of(dosed(BRIDGE, 0), dosed(BREATHING, 0), dosed(BRIDGE, 0))
    at_ms, _ = until(session, "move")
    effects = session.apply(Command.EASIER, at_ms)
    at_ms, more = until(session, "setup", at_ms + 100)
    effects += more
    assert outcomes(effects)[0].result is Result.TOO_HARD
    effects += session.apply(Command.BACK, at_ms + 100)
    effects += session.advance(END_MS)
    began = [one.exercise for one in effects if isinstance(one, PhaseBegan) and one.phase == "setup"]
    assert set(began) == {"breathing"}


@pytest.mark.parametrize("command", [Command.NEXT, Command.BACK, Command.STOP])
def test_what_was_done_stays_done_when_the_way_up_is_broken_off(command):
    session = of(dosed(BRIDGE, 1, exits=True), dosed(BREATHING, 0))
    at_ms, _ = until(session, "exit")
    effects = session.apply(command, at_ms + 100) + session.apply(Command.NEXT, at_ms + 200)
    assert outcomes(effects)[0].result is Result.DONE
    assert outcomes(effects)[0].reps_done == outcomes(effects)[0].reps_planned


def test_what_was_too_hard_stays_so_when_its_end_is_skipped():
    session = of(dosed(BRIDGE, 0, exits=True), dosed(BREATHING, 0))
    at_ms, _ = until(session, "move")
    session.apply(Command.EASIER, at_ms)
    effects = session.apply(Command.NEXT, at_ms + 500)
    assert [one.result for one in outcomes(effects)] == [Result.TOO_HARD]


def test_too_hard_again_while_it_is_left_out_takes_nothing_away():
    session = of(dosed(BRIDGE, 0, exits=True), dosed(BREATHING, 0))
    at_ms, _ = until(session, "move")
    effects = session.apply(Command.EASIER, at_ms)
    at_ms, _ = until(session, "exit", at_ms)
    effects = session.apply(Command.EASIER, at_ms + 900)
    assert not [one for one in effects if isinstance(one, (Silence, LevelChanged))]


def test_ready_at_the_last_moment_takes_no_word_away():
    session = of(dosed(BRIDGE, 1, exits=True), dosed(BREATHING, 0))
    session.advance(11_200)
    assert not [one for one in session.apply(Command.READY, 11_300) if isinstance(one, Silence)]


@pytest.mark.parametrize("command", [Command.SLOWER, Command.FASTER])
@pytest.mark.parametrize(("level", "way"), [(2, ["exit", "setup"]), (1, ["setup"])])
def test_a_new_pace_leaves_the_way_to_the_easier_rung(command, level, way):
    plain, paced = (of(dosed(PLANK, level), PlanPassage(passage=CLOSE)) for _ in range(2))
    at_ms, _ = until(plain, "hold")
    until(paced, "hold")
    effects = [session.apply(Command.EASIER, at_ms + 500) for session in (plain, paced)]
    effects[1] += paced.apply(command, at_ms + 600)
    after = [
        phases(before + session.advance(at_ms + 60_000))
        for before, session in zip(effects, (plain, paced), strict=True)
    ]
    assert after[1] == after[0]
    assert after[0][: len(way)] == way


@pytest.mark.parametrize("after_ms", [50, 1_000, 4_000])
def test_too_hard_in_a_change_of_sides_leaves_the_time_and_the_word_for_it(after_ms):
    session = of(dosed(REACH, 1), PlanPassage(passage=CLOSE))
    at_ms, _ = until(session, "switch")
    effects = session.apply(Command.EASIER, at_ms + after_ms)
    (gap,) = [one for one in effects if isinstance(one, PhaseBegan)]
    assert gap.phase == "switch"
    assert abs(gap.at_ms + gap.length_ms - at_ms - 5_000) <= 100
    effects += session.advance(at_ms + 30_000)
    assert meanings(effects, SwitchSide) == [SwitchSide(side=2)]


def test_too_hard_in_a_rest_leaves_the_rest():
    session = of(dosed(PLANK, 2), PlanPassage(passage=CLOSE))
    at_ms, _ = until(session, "set-rest")
    effects = session.apply(Command.EASIER, at_ms + 1_000)
    (rest,) = [one for one in effects if isinstance(one, PhaseBegan)]
    assert (rest.phase, rest.at_ms + rest.length_ms) == ("set-rest", at_ms // 1_000 * 1_000 + 10_000)


def test_a_plan_without_a_last_passage_ends_with_the_way_up_and_a_goodbye():
    session = of(dosed(BREATHING, 0), dosed(BRIDGE, 1))
    effects = session.advance(END_MS)
    assert session.finished
    assert session.completed
    assert session.active_ms == session.plan.total_ms
    assert meanings(effects, Goodbye) == [Goodbye(completed=True)]
    assert meanings(effects, LeavePosition) == [LeavePosition(position=Position.SUPINE)]


def test_the_time_left_leaves_out_what_is_left_out():
    session = of(dosed(BRIDGE, 1), dosed(BREATHING, 0), dosed(BRIDGE, 1), PlanPassage(passage=CLOSE))
    at_ms, _ = until(session, "move")
    session.apply(Command.PAIN, at_ms)
    session.apply(Command.NO, at_ms + 5_000)
    (left,) = meanings(session.apply(Command.TIME, at_ms + 6_000), TimeLeft)
    assert left.left_ms == BRIDGE.levels[1].exit_ms + dosed(BREATHING, 0).length_ms + CLOSE.length_ms
