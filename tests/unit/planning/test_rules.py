"""Rules that no exercise's own gates can lift."""

from dataclasses import replace

import pytest

from matside.content.exercise import Birth, Gate, Position, Stage
from matside.content.library import load_library
from matside.content.routine import ExerciseItem
from matside.planning.gates import highest_allowed
from matside.planning.person import Person
from matside.planning.tailor import LeftOut, Tailored, Today, tailor

LIBRARY = load_library()
OPEN = tuple(Gate(stage=stage, max_level=3) for stage in Stage)


def cut(name, level, person):
    """Tailor an exercise whose file grants everything to everybody, as a person's own file might."""
    careless = replace(LIBRARY.exercises[name], gates=OPEN, contraindications=())
    library = replace(LIBRARY, exercises={**LIBRARY.exercises, name: careless})
    return tailor(ExerciseItem(exercise=name, level=level), library, Today(person=person))


@pytest.mark.parametrize("weeks", [14, 20, 41])
@pytest.mark.parametrize("name", ["bridge", "air-bicycle", "leg-slides", "pelvic-tilt-lying"])
def test_from_week_14_nothing_is_done_flat_on_the_back_whatever_a_file_grants(name, weeks):
    done = cut(name, 3, Person(stage=Stage.PREGNANT, weeks=weeks))
    assert isinstance(done, LeftOut) or all(
        level.position is not Position.SUPINE for level in done.exercise.levels[: done.level + 1]
    )


@pytest.mark.parametrize(
    "person",
    [
        Person(stage=Stage.PREGNANT, weeks=13),
        Person(stage=Stage.POSTPARTUM, weeks=20, birth=Birth.VAGINAL),
        Person(stage=Stage.GENERAL),
    ],
)
def test_before_that_and_for_others_the_gates_decide(person):
    assert isinstance(cut("bridge", 1, person), Tailored)


def test_of_whom_nothing_is_known_nothing_but_sitting_is_asked():
    assert isinstance(cut("bridge", 0, Person()), LeftOut)
    assert isinstance(cut("paced-breathing", 1, Person()), Tailored)


def test_a_rung_counts_with_all_below_it():
    levels = LIBRARY.exercises["bridge"].levels
    seated = tuple(replace(level, position=Position.SEATED) for level in levels)
    person, rules = Person(stage=Stage.PREGNANT, weeks=20), LIBRARY.rules.values()
    assert highest_allowed(seated, rules, person) == len(levels) - 1
    assert highest_allowed((seated[0], levels[1], *seated[2:]), rules, person) == 0
    assert highest_allowed((levels[0], *seated[1:]), rules, person) == -1
