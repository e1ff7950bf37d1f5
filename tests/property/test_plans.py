"""No plan, whoever it is for and whatever her history says, ever holds what her gates forbid."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from matside.content.exercise import Birth, Position, Stage
from matside.content.library import load_library
from matside.content.parse import EXPERIENCE, FLAGS, ITEMS
from matside.content.routine import PartOfDay, Routine
from matside.planning.adapt import Rung
from matside.planning.choose import Refusal, choose, refusal
from matside.planning.gates import BLOCKED, ending_flag, grant, is_offered, is_open_to_all
from matside.planning.lay_out import lay_out_for
from matside.planning.person import Person
from matside.planning.plain import today_from_plain, today_to_plain
from matside.planning.questions import Asks, Questions, questions
from matside.planning.tailor import Tailored, Today
from matside.planning.why import Because
from matside.session.plan import PlanExercise

LIBRARY = load_library()
NO_BACK_FROM_WEEK = 14


def sets(names):
    return st.frozensets(st.sampled_from(sorted(names)), max_size=4)


def people(stages=tuple(Stage)):
    def build(stage, weeks, rest):
        birth, check, flags, missing, experience = rest
        after = stage is Stage.POSTPARTUM
        return Person(
            stage=stage,
            weeks=weeks if stage in {Stage.PREGNANT, Stage.POSTPARTUM} else None,
            birth=birth if after else None,
            check_done=check and after,
            flags=flags,
            missing=missing,
            experience=experience,
        )

    rest = st.tuples(
        st.none() | st.sampled_from(Birth), st.booleans(), sets(FLAGS), sets(ITEMS), sets(EXPERIENCE)
    )
    weeks = st.none() | st.integers(0, 60)
    return st.builds(build, st.sampled_from(stages), weeks, rest)


rungs = st.builds(
    Rung,
    level=st.integers(0, 5),
    because=st.sampled_from(Because),
    is_raise=st.booleans(),
    is_hers=st.booleans(),
)
names = st.frozensets(st.sampled_from(sorted(LIBRARY.exercises)), max_size=4)
days = st.builds(
    Today,
    person=people(),
    ladder=st.dictionaries(st.sampled_from(sorted(LIBRARY.exercises)), rungs, max_size=6),
    met=names,
    new=names,
)
routines = st.sampled_from(sorted(LIBRARY.routines)).map(LIBRARY.routines.__getitem__)
asked = st.builds(
    Asks,
    only_changes=st.booleans(),
    passed=st.sampled_from([None, *LIBRARY.checks]),
    flare=st.booleans(),
    nothing=st.booleans(),
    locked=st.booleans(),
)


def may_lie_on_her_back(person):
    if person.known_stage is Stage.PREGNANT:
        return person.weeks < NO_BACK_FROM_WEEK
    return True


@settings(max_examples=600, deadline=None)
@given(routines, days)
@example(LIBRARY.routines["morning"], Today(person=Person(stage=Stage.PREGNANT, weeks=14)))
def test_nothing_in_a_plan_is_above_what_the_gates_grant(routine, today):
    laid = lay_out_for(routine, LIBRARY, today, asked=Questions())
    exercises = [item for item in laid.plan.items if isinstance(item, PlanExercise)]
    for item in exercises:
        granted = grant(LIBRARY.exercises[item.exercise.id], today.person)
        assert BLOCKED < item.level <= granted.level
        # "Too hard" leads to any of the rungs below, so they count as held by the plan.
        positions = {rung.position for rung in item.exercise.levels[: item.level + 1]}
        assert may_lie_on_her_back(today.person) or Position.SUPINE not in positions
        if today.person.known_stage is Stage.PREGNANT:
            assert item.exercise.id != "air-bicycle"
        if today.person.known_stage is Stage.UNKNOWN and refusal(routine, LIBRARY, today.person) is None:
            assert item.exercise.id == "paced-breathing"
            assert positions == {Position.SEATED}


@settings(max_examples=300, deadline=None)
@given(routines, days)
def test_a_plan_is_laid_out_again_from_what_the_journal_keeps(routine, today):
    again = today_from_plain(today_to_plain(today))
    assert again == today
    assert lay_out_for(routine, LIBRARY, again, asked=Questions()) == lay_out_for(
        routine, LIBRARY, today, asked=Questions()
    )


@settings(max_examples=300, deadline=None)
@given(routines, days)
def test_every_item_of_the_routine_is_in_the_plan_or_told_to_be_left_out(routine, today):
    laid = lay_out_for(routine, LIBRARY, today, asked=Questions())
    assert len(laid.steps) + len(laid.left_out) == len(routine.items)
    assert len(laid.steps) == len(laid.plan.items)
    assert laid.plan.total_ms >= 0


@settings(max_examples=600, deadline=None)
@example(
    person=Person(
        stage=Stage.POSTPARTUM,
        weeks=2,
        birth=Birth.VAGINAL,
        flags=frozenset({"catheter"}),
        missing=frozenset({"bed-or-mat"}),
    ),
    part=None,
    minutes=2,
)
@given(people(), st.none() | st.sampled_from(PartOfDay), st.none() | st.integers(2, 20))
def test_what_is_chosen_is_offered_and_what_is_refused_has_a_cause(person, part, minutes):
    chosen = choose(LIBRARY, person, part, minutes and minutes * 60_000)
    if isinstance(chosen, Refusal):
        lacking = person.lacks is not None
        assert lacking or ending_flag(LIBRARY.exercises.values(), person) or chosen.cause == "not-offered"
        assert not lacking or chosen.cause == f"unknown-{person.lacks}"
        return
    assert isinstance(chosen, Routine)
    assert is_offered(chosen.offers, person)
    assert refusal(chosen, LIBRARY, person) is None
    laid = lay_out_for(chosen, LIBRARY, Today(person=person), asked=Questions())
    assert any(isinstance(step, Tailored) for step in laid.steps)


@settings(max_examples=300, deadline=None)
@given(people((Stage.PREGNANT, Stage.POSTPARTUM, Stage.GENERAL)), asked)
def test_every_known_person_has_questions_of_her_own_stage(person, asks):
    if person.lacks is not None:
        return
    for routine in LIBRARY.routines.values():
        asked_now = questions(routine, LIBRARY, person, asks)
        if routine.check is None and (not asks.locked or is_open_to_all(routine, LIBRARY)):
            assert asked_now == Questions()
            continue
        assert asked_now.check.is_for(person.stage, person.weeks)
        assert len(asked_now.check.questions) >= 6
        may_skip = asks.only_changes and asks.passed == asked_now.check.id
        assert (asked_now.changed is not None) == (may_skip and not asks.nothing)
        assert asked_now.passed == (may_skip and asks.nothing)


@settings(max_examples=200, deadline=None)
@given(routines, people((Stage.UNKNOWN,)))
def test_nobody_unknown_gets_anything_but_the_seated_breathing(routine, person):
    refused = refusal(routine, LIBRARY, person)
    held = {item.exercise for item in routine.items if hasattr(item, "exercise")}
    unwell = ending_flag(LIBRARY.exercises.values(), person) is not None
    assert (refused is None) == (held == {"paced-breathing"} and routine.check is None and not unwell)
