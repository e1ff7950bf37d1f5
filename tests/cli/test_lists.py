"""What there is: routines, exercises, commands, voices, models, history."""

import pytest

from matside.content.library import load_library
from matside.session.command import Command, Situation

NAMES = [
    *("next", "back", "repeat", "pause", "resume", "easier", "harder", "stop", "end", "pain", "time"),
    *("louder", "quieter", "slower", "faster", "help", "yes", "no", "ready", "done", "sleep", "wake"),
    *("red", "dizzy", "why-no-sit-ups"),
]


def test_routines_are_listed_with_their_lengths(matside):
    rows = matside("routines", "--json").rows
    shipped = load_library().routines
    assert [(row["routine"], row["total_s"]) for row in rows] == [
        (name, shipped[name].total_ms / 1_000) for name in sorted(shipped)
    ]
    assert set(rows[0]) == {"routine", "name", "summary", "total_s", "check"}
    lines = matside("routines").out.splitlines()
    assert len(lines) == len(rows)
    assert any(line.startswith("breathe") and " 2:00 " in line for line in lines)
    assert "questions" in next(line for line in lines if line.startswith("morning"))


def test_exercises_are_listed_with_levels_and_sources(matside):
    rows = matside("exercises", "--json").rows
    assert {row["exercise"] for row in rows} == set(load_library().exercises)
    for row in rows:
        assert [level["level"] for level in row["levels"]] == list(range(len(row["levels"])))
        assert row["sources"]
        assert row["review"]
    assert "bridge: Bridge." in matside("exercises").out


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_command_is_listed_by_its_name_with_phrases_and_key(matside, language):
    rows = matside("commands", "--json", "--language", language).rows
    assert [row["command"] for row in rows] == NAMES == [command.value for command in Command]
    assert len({row["key"] for row in rows}) == len(rows)
    assert all(row["phrases"] and row["phases"] and row["explanation"] for row in rows)


@pytest.mark.parametrize("situation", Situation)
def test_commands_of_a_phase_are_those_that_make_sense_in_it(matside, situation):
    rows = matside("commands", "--json", "--phase", situation.value).rows
    assert all(situation.value in row["phases"] for row in rows)
    assert "stop" in {row["command"] for row in rows}


def test_lists_are_told_in_the_language_asked_for(matside):
    assert "깨우는" in matside("commands", "--language", "ko").out
    assert "호흡" in matside("routines", "--language", "ko").out


@pytest.mark.parametrize("command", ["routines", "exercises", "commands"])
def test_lists_print_nothing_to_stderr(matside, command):
    for arguments in ([command], [command, "--json"]):
        ran = matside(*arguments)
        assert (ran.code, ran.err) == (0, "")


def test_voices_mark_the_one_in_use(matside):
    rows = matside("voices", "--json").rows
    assert len([row for row in rows if row["chosen"]]) == 1
    assert set(rows[0]) == {"voice", "name", "languages", "engine", "chosen"}
    assert all(any(code.startswith("en") for code in row["languages"]) or row["chosen"] for row in rows)
    assert len(matside("voices", "--json", "--all").rows) > len(rows)
    assert any(line.startswith("*") for line in matside("voices").out.splitlines())


def test_voice_asked_for_is_the_one_in_use(matside):
    other = next(row["voice"] for row in matside("voices", "--json").rows if not row["chosen"])
    rows = matside("voices", "--json", "--voice", other).rows
    assert [row["voice"] for row in rows if row["chosen"]] == [other]


def test_models_are_listed_with_their_licences(matside):
    rows = matside("models", "list", "--json").rows
    assert {row["language"] for row in rows} == {"en", "ko"}
    assert all(row["licence"] for row in rows)
    assert all((row["path"] is not None) is row["installed"] for row in rows)
    assert len(matside("models").out.splitlines()) == len(rows)


def test_model_that_another_stands_in_for_is_not_said_to_be_here(matside):
    general, own = (row for row in matside("models", "list", "--json").rows if row["language"] == "en")
    assert own["installed"]
    assert own["stand_in"] is None
    assert general["stand_in"] == (None if general["installed"] else own["model"])
    if not general["installed"]:
        line = matside("models").out.splitlines()[0]
        assert f"not here; {own['model']} hears in its place" in line


def test_model_that_is_not_here_is_told_when_it_is_to_be_verified(matside):
    is_here = next(
        row["installed"] for row in matside("models", "list", "--json").rows if row["language"] == "en"
    )
    ran = matside("models", "verify", "en")
    assert ran.code == (0 if is_here else 1)
    assert ("not here" in ran.err) is not is_here


def test_history_that_is_no_history_is_told_and_left_alone(matside, home):
    file = home / "data" / "history.sqlite3"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"my diary, not a database" * 20)
    ran = matside("history")
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 2
    assert file.read_bytes() == b"my diary, not a database" * 20
