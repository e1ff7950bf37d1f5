"""Every promise of the content holds for what ships, and every rule catches what breaks it."""

import dataclasses

import pytest

from matside.content.exercise import Gate, Stage, Substitute
from matside.content.language import CoachLine
from matside.content.library import load_library
from matside.content.lint import lint
from matside.content.routine import ExerciseItem, PassageItem, PassageLine
from matside.content.wording import estimated_ms, phrases_in, spoken_words, words_of, words_that_fit

LIBRARY = load_library()
EN = LIBRARY.languages["en"]


def with_exercise(**changes):
    bridge = dataclasses.replace(LIBRARY.exercises["bridge"], **changes)
    return dataclasses.replace(LIBRARY, exercises={**LIBRARY.exercises, "bridge": bridge})


def with_english(**changes):
    english = dataclasses.replace(EN, **changes)
    return dataclasses.replace(LIBRARY, languages={**LIBRARY.languages, "en": english})


def with_cue(key, *wording):
    text = EN.exercises["bridge"]
    text = dataclasses.replace(text, cues={**text.cues, key: wording})
    return with_english(exercises={**EN.exercises, "bridge": text})


def with_line(key, *wording, lists_commands=False):
    line = CoachLine(wording=wording, lists_commands=lists_commands)
    return with_english(lines={**EN.lines, key: line})


def with_routine(**changes):
    breathe = dataclasses.replace(LIBRARY.routines["breathe"], **changes)
    return dataclasses.replace(LIBRARY, routines={**LIBRARY.routines, "breathe": breathe})


def with_passage(**changes):
    settle = dataclasses.replace(LIBRARY.passages["settle"], **changes)
    return dataclasses.replace(LIBRARY, passages={**LIBRARY.passages, "settle": settle})


def without(mapping, key):
    return {name: value for name, value in mapping.items() if name != key}


def without_flag(flag):
    screening = {
        stage: dataclasses.replace(one, flags=tuple(name for name in one.flags if name != flag))
        for stage, one in LIBRARY.screening.items()
    }
    return dataclasses.replace(LIBRARY, screening=screening)


def test_what_ships_keeps_every_promise():
    assert lint(LIBRARY) == []


LEVELS = LIBRARY.exercises["bridge"].levels
SUBSTITUTE = Substitute(exercise="wall-stnd", level=0)
TOO_HIGH = Substitute(exercise="wall-stand", level=9)

BROKEN = {
    "three levels": (with_exercise(levels=LEVELS[:3]), "levels"),
    "levels out of order": (with_exercise(levels=LEVELS[::-1]), "levels"),
    "substitute unknown": (
        with_exercise(gates=(Gate(stage=Stage.GENERAL, max_level=-1, substitute=SUBSTITUTE),)),
        "gates[0].substitute",
    ),
    "substitute level unknown": (
        with_exercise(gates=(Gate(stage=Stage.GENERAL, max_level=-1, substitute=TOO_HIGH),)),
        "gates[0].substitute",
    ),
    "gate above the ladder": (
        with_exercise(gates=(Gate(stage=Stage.GENERAL, max_level=5),)),
        "gates[0].max_level",
    ),
    "total wrong by a second": (with_routine(total_ms=121_000), "total_s"),
    "exercise unknown": (
        with_routine(items=(ExerciseItem(exercise="brdge", level=0),)),
        "items[0].exercise",
    ),
    "level unknown": (with_routine(items=(ExerciseItem(exercise="bridge", level=9),)), "items[0].level"),
    "passage unknown": (with_routine(items=(PassageItem(passage="settel"),)), "items[0].passage"),
    "check unknown": (with_routine(check="gennral"), "check"),
    "passage lines out of order": (
        with_passage(lines=(PassageLine(at_ms=5000, cue="settle"), PassageLine(at_ms=1000, cue="hands"))),
        "lines",
    ),
    "passage line after its end": (with_passage(length_ms=20_000), "lines"),
    "passage line too long for its place": (
        with_passage(lines=(PassageLine(at_ms=0, cue="settle"), PassageLine(at_ms=500, cue="hands"))),
        "passages.settle.settle",
    ),
    "command in a cue": (with_cue("rest", "Pause."), "exercises.bridge.cues.rest"),
    "command of several words in a cue": (
        with_cue("roll-up", "Go back, slowly."),
        "exercises.bridge.cues.roll-up",
    ),
    "command in a coach line": (with_line("half-way", "Halfway, keep going."), "lines.half-way"),
    "command in a position": (
        with_english(positions={**EN.positions, next(iter(EN.positions)): ("Ready?",)}),
        "positions.standing",
    ),
    "banned words": (with_cue("roll-up", "Just relax."), "exercises.bridge.cues.roll-up"),
    "set-up cue too long": (with_cue("lie-knees", "a " * 13), "exercises.bridge.cues.lie-knees"),
    "rep cue too long for its phase": (
        with_cue("lower", "In, lower very very slowly.", "In."),
        "exercises.bridge.cues.lower[0]",
    ),
    "short rep cue too long": (
        with_cue("lower", "In, lower slowly.", "In, lower it."),
        "exercises.bridge.cues.lower[-1]",
    ),
    "wordings in the wrong order": (with_cue("lower", "In.", "In, lower."), "exercises.bridge.cues.lower"),
    "cue that nobody uses": (with_cue("loewr", "In."), "exercises.bridge.cues.loewr"),
    "line missing in one language": (with_english(lines=without(EN.lines, "half-way")), "lines.half-way"),
    "other placeholders": (with_line("rest", "Rest for {minutes}."), "lines.rest"),
    "question without words": (
        with_english(questions=without(EN.questions, "pregnant")),
        "questions.pregnant",
    ),
    "body flag without words": (
        with_english(planning=without(EN.planning, "flag.pgp")),
        "planning.flag.pgp",
    ),
    "body flag that no stage is asked for": (without_flag("wrist"), "flags"),
    "stage without its list": (
        dataclasses.replace(LIBRARY, screening=without(LIBRARY.screening, "general")),
        "general",
    ),
    "equipment without a name": (with_english(equipment=without(EN.equipment, "wall")), "equipment.wall"),
    "exercise without words": (with_english(exercises=without(EN.exercises, "bridge")), "exercises.bridge"),
    "routine without words": (with_english(routines=without(EN.routines, "breathe")), "routines.breathe"),
    "passage without words": (
        with_english(passages=without(EN.passages, "close-quiet")),
        "passages.close-quiet.own",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_rule_catches_what_breaks_it(name):
    library, key_path = BROKEN[name]
    assert key_path in {problem.key_path for problem in lint(library)}


def test_a_cue_without_words_is_named():
    text = EN.exercises["bridge"]
    text = dataclasses.replace(text, cues=without(text.cues, "lower"))
    broken = with_english(exercises={**EN.exercises, "bridge": text})
    assert "exercises.bridge.cues.lower" in {problem.key_path for problem in lint(broken)}


def test_lines_that_list_commands_may_hold_them():
    assert lint(with_line("paused", "Say pause.", lists_commands=True)) == []


def test_lines_that_are_only_shown_may_hold_commands():
    assert "lines.screen.red" in {f"lines.{key}" for key in EN.lines}
    assert lint(with_line("screen.red", "Stop")) == []


def test_labels_must_be_as_many_as_levels():
    text = dataclasses.replace(EN.exercises["bridge"], labels=("one",))
    broken = with_english(exercises={**EN.exercises, "bridge": text})
    assert "exercises.bridge.labels" in {problem.key_path for problem in lint(broken)}


@pytest.mark.parametrize(("length_s", "most"), [(2, 2), (3, 4), (4, 6), (5, 8), (6, 10), (8, 14), (10, 18)])
def test_the_time_budget_is_the_table_of_the_cue_writing_rules(length_s, most):
    assert words_that_fit(length_s * 1000) == most


def test_phrases_are_found_as_whole_words_only():
    assert phrases_in("Now the next one.", ["next"]) == ["next"]
    assert phrases_in("Go, and back.", ["go back"]) == []
    assert phrases_in("Nextdoor, stopped", ["next", "stop"]) == []
    assert phrases_in("I’m ready!", ["i'm ready"]) == ["i'm ready"]


def test_words_part_at_hyphens_and_lose_their_punctuation():
    assert words_of("Feet hip-width, arms DOWN.") == ("feet", "hip", "width", "arms", "down")


def test_korean_counts_by_syllables():
    assert spoken_words("내쉬며, 들어요.") == 4
    assert spoken_words("In, lower slowly.") == 3
    assert estimated_ms("") == 0
