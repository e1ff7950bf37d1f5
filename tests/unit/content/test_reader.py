from enum import StrEnum

import pytest

from matside.content.reader import Problem, Table, describe, nearest


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


def table_of(values):
    problems = []
    return Table(values, problems, file="f.toml"), problems


def test_reads_what_is_there():
    table, problems = table_of(
        {"name": " a  b ", "n": 3, "s": 1.5, "c": "green", "w": ["long one", "one"], "t": {"f": True}}
    )
    assert table.text("name") == "a b"
    assert table.whole("n", 0, 5) == 3
    assert table.seconds("s", 0, 2) == 1500
    assert table.choice("c", Colour) is Colour.GREEN
    assert table.wording("w") == ("long one", "one")
    inner = table.table("t")
    assert inner.flag("f", default=False) is True
    inner.done()
    table.done()
    assert problems == []


def test_a_missing_key_is_a_problem_with_its_path():
    table, problems = table_of({"levels": [{"phases": [{}]}]})
    table.tables("levels")[0].tables("phases")[0].seconds("seconds", 0.5, 60)
    assert problems == [
        Problem(
            file="f.toml",
            key_path="levels[0].phases[0].seconds",
            expected="seconds from 0.5 to 60",
            found="nothing",
        )
    ]
    assert str(problems[0]) == (
        "f.toml: levels[0].phases[0].seconds: expected seconds from 0.5 to 60, found nothing"
    )


def test_an_unknown_key_suggests_the_nearest_known_one():
    table, problems = table_of({"posiition": "x"})
    table.text_or_none("position")
    table.done()
    assert 'did you mean "position"?' in problems[0].expected


@pytest.mark.parametrize(
    "value", [True, -1, 61, float("nan"), float("inf"), float("-inf"), "3", [3], {}, 10**400]
)
def test_impossible_seconds_are_refused(value):
    table, problems = table_of({"s": value})
    assert isinstance(table.seconds("s", 0, 60), int)
    assert len(problems) == 1


@pytest.mark.parametrize("value", [True, -1, 6, 2.0, "2", None, []])
def test_impossible_whole_numbers_are_refused(value):
    table, problems = table_of({"n": value})
    table.whole("n", 0, 5)
    assert len(problems) == 1


@pytest.mark.parametrize("value", ["", "   ", "a\x1b[2Jb", "x" * 401, 3, []])
def test_texts_that_cannot_be_said_are_refused(value):
    table, problems = table_of({"t": value})
    assert table.text("t") == ""
    assert len(problems) == 1
    assert "\x1b" not in str(problems[0])


@pytest.mark.parametrize("value", ["blue", "RED", 3, [], {}])
def test_a_value_outside_the_choice_is_refused_and_names_the_choices(value):
    table, problems = table_of({"c": value})
    table.choice("c", Colour)
    assert "red, green" in problems[0].expected


@pytest.mark.parametrize("value", [[], {}, 3, [3], ["a", ""], ""])
def test_a_wording_needs_texts(value):
    table, problems = table_of({"w": value})
    assert all(isinstance(text, str) for text in table.wording("w"))
    assert problems


@pytest.mark.parametrize("name", ["Bridge", "1bridge", "a b", "../x", "a" * 61])
def test_names_are_plain(name):
    table, problems = table_of({"id": name})
    table.id("id")
    assert len(problems) == 1


def test_all_problems_are_collected_in_one_go():
    table, problems = table_of({"a": 1, "b": "x", "c": [1, "y"], "d": {}, "more": 1})
    table.text("a")
    table.whole("b", 0, 1)
    table.tables("c")
    table.texts("d")
    table.done()
    assert [problem.key_path for problem in problems] == ["a", "b", "c[0]", "c[1]", "d", "more"]


def test_a_list_that_must_hold_something_may_not_be_empty():
    table, problems = table_of({"a": [], "b": []})
    table.tables("a", required=True)
    table.texts("b", required=True)
    assert [problem.key_path for problem in problems] == ["a", "b"]


def test_a_table_stands_in_for_what_is_no_table():
    table, problems = table_of({"t": 3})
    assert table.table("t").names() == ()
    assert len(problems) == 1


def test_describe_stays_short_whatever_it_gets():
    deep = []
    for _ in range(5000):
        deep = [deep]
    for value in ("x" * 10**6, 10**4000, deep, {"k": deep}, True, 1.5, None):
        assert len(describe(value)) < 80


def test_nearest_says_nothing_where_nothing_is_near():
    assert nearest("zzz", ["bridge"]) == ""
