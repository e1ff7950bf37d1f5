"""Where a person stands: what was too hard stays down, and only calm days lead up."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from matside.planning.adapt import Attempt, Rung, ladder_of
from matside.planning.why import Because

DAY = date(2026, 3, 1)


def attempt(day, exercise="bridge", planned=2, done=None, result="done", **more):
    return Attempt(
        on=DAY + timedelta(days=day),
        exercise=exercise,
        level_planned=planned,
        level_done=planned if done is None else done,
        result=result,
        **more,
    )


def test_an_exercise_that_went_as_planned_stays_where_the_session_has_it():
    assert ladder_of([attempt(day) for day in range(10)]) == {}


def test_what_was_too_hard_stays_down():
    history = [attempt(0, done=1), *(attempt(day, planned=1) for day in range(1, 9))]
    assert ladder_of(history) == {"bridge": Rung(level=1, because=Because.TOO_HARD, since=DAY)}


def test_too_hard_at_the_easiest_level_stays_at_the_easiest():
    assert ladder_of([attempt(0, planned=0, done=-1, result="too-hard")])["bridge"].level == 0


def test_pain_takes_one_rung_off():
    rung = ladder_of([attempt(0, result="pain")])["bridge"]
    assert (rung.level, rung.because) == (1, Because.PAIN)


def test_too_easy_is_offered_after_three_calm_days():
    days = [attempt(day, wants_harder=True) for day in range(3)]
    assert ladder_of(days[:2]) == {}
    rung = ladder_of(days)["bridge"]
    assert (rung.level, rung.is_raise, rung.because) == (3, True, Because.RAISED)


def test_three_times_on_one_day_are_one_day():
    assert ladder_of([attempt(0, wants_harder=True) for _ in range(3)]) == {}


def test_calm_days_without_too_easy_lead_nowhere():
    assert ladder_of([attempt(day) for day in range(30)]) == {}


def test_a_flare_on_the_next_day_steps_down_and_the_day_before_does_not_count():
    days = [attempt(day, wants_harder=True) for day in range(3)]
    rung = ladder_of(days[:2], flares=[DAY + timedelta(days=2)])["bridge"]
    assert (rung.level, rung.because) == (1, Because.FLARE)
    assert ladder_of(days, flares=[DAY + timedelta(days=3)])["bridge"].level == 1


def test_a_flare_touches_only_the_last_day():
    history = [attempt(0, "plank", planned=1), attempt(2, "bridge")]
    assert set(ladder_of(history, flares=[DAY + timedelta(days=3)])) == {"bridge"}


def test_after_a_birth_at_most_one_step_a_week():
    def climb(start, level):
        return [attempt(start + day, planned=level, wants_harder=True, after_birth=True) for day in range(3)]

    assert ladder_of([*climb(0, 1), *climb(3, 2)])["bridge"].level == 2
    assert ladder_of([*climb(0, 1), *climb(3, 2), *climb(9, 2)])["bridge"].level == 3


def test_a_step_up_never_goes_more_than_one_above_what_was_done():
    history = [attempt(day, planned=1, wants_harder=True) for day in range(40)]
    assert ladder_of(history)["bridge"].level == 2


attempts = st.builds(
    attempt,
    st.integers(0, 60),
    exercise=st.sampled_from(["bridge", "plank"]),
    planned=st.integers(0, 4),
    result=st.sampled_from(["done", "skipped", "too-hard", "pain", "ended"]),
    wants_harder=st.booleans(),
    after_birth=st.booleans(),
)


@given(st.lists(attempts, max_size=30), st.lists(st.integers(0, 60), max_size=4))
def test_the_same_history_gives_the_same_ladder_within_the_rungs_ever_planned(history, flares):
    days = [DAY + timedelta(days=day) for day in flares]
    ladder = ladder_of(history, flares=days)
    assert ladder == ladder_of(list(history), flares=list(reversed(days)))
    for name, rung in ladder.items():
        planned = [one.level_planned for one in history if one.exercise == name]
        assert 0 <= rung.level <= max(planned) + 1
        assert rung.is_raise or rung.level <= max(planned)
