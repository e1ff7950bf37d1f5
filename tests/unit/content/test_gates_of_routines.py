"""A routine leads nobody to what only some may do."""

import dataclasses

import pytest

from matside.content.library import load_library
from matside.content.lint import lint_routine
from matside.content.routine import ExerciseItem, Routine


@pytest.fixture
def library():
    return load_library()


def routine(exercise: str, level: int, check: str | None) -> Routine:
    item = ExerciseItem(exercise=exercise, level=level)
    return Routine(id="mine", items=(item,), total_ms=0, check=check)


@pytest.mark.parametrize(
    ("exercise", "level"), [("paced-breathing", 1), ("paced-breathing", 0), ("wall-stand", 1)]
)
def test_what_everybody_may_do_needs_no_check(library, exercise, level):
    assert list(lint_routine(routine(exercise, level, None), library)) == []


@pytest.mark.parametrize(
    ("exercise", "level"),
    [("bridge", 0), ("bridge", 2), ("plank", 0), ("breath-arm-raise", 3), ("paced-breathing", 2)],
)
def test_what_only_some_may_do_needs_a_check(library, exercise, level):
    problems = list(lint_routine(routine(exercise, level, None), library))
    assert [problem.key_path for problem in problems] == ["items[0].level"]
    assert 'check = "general"' in problems[0].expected
    assert list(lint_routine(routine(exercise, level, "general"), library)) == []


def test_not_even_a_check_opens_what_the_gates_forbid_everybody(library):
    bridge = library.exercises["bridge"]
    closed = dataclasses.replace(bridge, gates=tuple(g for g in bridge.gates if g.stage != "general"))
    shut = dataclasses.replace(library, exercises={**library.exercises, "bridge": closed})
    problems = list(lint_routine(routine("bridge", 0, "general"), shut))
    expected = [problem.expected for problem in problems]
    assert expected == ["another exercise for everybody who passes the check"]


def test_a_block_wins_over_a_grant(library):
    bridge = library.exercises["bridge"]
    block = dataclasses.replace(bridge.gates[-1], max_level=-1)
    blocked = dataclasses.replace(bridge, gates=(*bridge.gates, block))
    assert blocked.general_level == -1
