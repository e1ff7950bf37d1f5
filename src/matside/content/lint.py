"""The promises that content keeps, checked over a whole library: nothing here reads a file."""

from collections.abc import Iterator, Mapping
from string import Formatter

from matside.content.exercise import Exercise, ExerciseText, Wording
from matside.content.language import Language, Library
from matside.content.length import routine_ms
from matside.content.lint_cards import lint_cards
from matside.content.lint_screening import lint_screening
from matside.content.reader import Problem, nearest
from matside.content.routine import EQUIPMENT_CUE, ExerciseItem, Passage, PassageItem, Routine
from matside.content.wording import (
    banned_by,
    banned_in,
    commands_of,
    estimated_ms,
    phrases_in,
    spoken_words,
    words_of,
    words_that_fit,
)

FEWEST_LEVELS = 4
"""So that "too hard" always has somewhere to go."""

MOST_SETUP_WORDS = 12
MOST_REP_WORDS = 6
MOST_SHORT_WORDS = 2

SCREEN_ONLY = "screen."
"""Lines under this name are shown and never said, so the coach can't hear itself command."""

Found = Iterator[Problem]
ON_SCREEN = "screen."
"""Lines under this are shown and never spoken, so no rule for the ear holds them."""


def _problem(place: str, key_path: str, expected: str, found: str) -> Problem:
    return Problem(file=place, key_path=key_path, expected=expected, found=found)


def lint(library: Library) -> list[Problem]:
    """Check a whole library.

    Returns:
        Everything that is wrong; empty where every promise holds.
    """
    problems: list[Problem] = []
    for exercise in library.exercises.values():
        problems += lint_exercise(exercise, library.exercises)
    for passage in library.passages.values():
        problems += _lint_passage(passage)
    for routine in library.routines.values():
        problems += lint_routine(routine, library)
    for language in library.languages.values():
        problems += _lint_language(language, library)
    problems += _lint_agreement(library.languages)
    problems += lint_cards(library)
    problems += lint_screening(library)
    return problems


def lint_exercise(exercise: Exercise, exercises: Mapping[str, Exercise]) -> Found:
    """Check an exercise's ladder and its gates; `exercises` is where substitutes must be found."""
    place = f"exercises/{exercise.id}"
    count = len(exercise.levels)
    if count < FEWEST_LEVELS:
        yield _problem(place, "levels", f"at least {FEWEST_LEVELS} levels", str(count))
    if [level.number for level in exercise.levels] != list(range(count)):
        numbers = ", ".join(str(level.number) for level in exercise.levels)
        yield _problem(place, "levels", "levels numbered 0, 1, 2, … in order", numbers)
    for place_of_gate, gate in enumerate(exercise.gates):
        key_path = f"gates[{place_of_gate}]"
        if gate.max_level >= count:
            yield _problem(place, f"{key_path}.max_level", f"at most {count - 1}", str(gate.max_level))
        other = gate.substitute
        if other is not None and other.exercise not in exercises:
            hint = nearest(other.exercise, exercises)
            yield _problem(place, f"{key_path}.substitute", "an exercise that exists" + hint, other.exercise)
        elif other is not None and other.level >= len(exercises[other.exercise].levels):
            yield _problem(place, f"{key_path}.substitute", "a level that exists", str(other.level))
    for variant in exercise.variants:
        for number in [level.number for level in variant.levels if level.number >= count]:
            expected = f"levels up to {count - 1}"
            yield _problem(place, f"variants.{variant.id}", expected, str(number))
    for flag in exercise.contraindications:
        if flag.cap_level is not None and flag.cap_level >= count:
            yield _problem(
                place, f"contraindications.{flag.flag}", f"a cap of at most {count - 1}", str(flag.cap_level)
            )


def _lint_passage(passage: Passage) -> Found:
    times = [line.at_ms for line in passage.lines]
    place = f"passages/{passage.id}"
    if times != sorted(set(times)):
        yield _problem(place, "lines", "lines in order, each at its own time", f"{times} ms")
    if times and times[-1] >= passage.length_ms:
        yield _problem(place, "lines", f"lines inside {passage.length_ms} ms", f"one at {times[-1]} ms")


def lint_routine(routine: Routine, library: Library) -> Found:
    """Check that a routine names what exists and is as long as it says; a total of 0 says nothing."""
    place = f"routines/{routine.id}"
    missing = list(_missing_items(routine, library, place))
    if routine.check is not None and routine.check not in library.checks:
        hint = nearest(routine.check, library.checks)
        missing.append(_problem(place, "check", "a check that exists" + hint, f'"{routine.check}"'))
    yield from missing
    if routine.short_of is not None and routine.short_of not in library.routines:
        hint = nearest(routine.short_of, library.routines)
        yield _problem(place, "short_of", "a routine that exists" + hint, f'"{routine.short_of}"')
    if not missing and not routine.offers:
        yield from lint_gates(routine, library)
    if not missing and routine.total_ms:
        total_ms = routine_ms(routine, library.exercises, library.passages)
        if total_ms != routine.total_ms:
            expected = f"{total_ms / 1000:g}, the sum of the items"
            yield _problem(place, "total_s", expected, f"{routine.total_ms / 1000:g}")


def lint_gates(routine: Routine, library: Library) -> Found:
    """Check that nobody who wasn't asked is led to what only some may do."""
    place = f"routines/{routine.id}"
    for index, item in enumerate(routine.items):
        if not isinstance(item, ExerciseItem):
            continue
        exercise = library.exercises[item.exercise]
        asked = routine.check is not None
        most = exercise.general_level if asked else exercise.open_level
        if item.level <= most:
            continue
        who = "who passes the check" if asked else "without a check"
        allowed = f"a level up to {most}" if most >= 0 else "another exercise"
        advice = "" if asked or exercise.general_level < item.level else ', or check = "general"'
        yield _problem(
            place, f"items[{index}].level", f"{allowed} for everybody {who}{advice}", str(item.level)
        )


def _missing_items(routine: Routine, library: Library, place: str) -> Found:
    for index, item in enumerate(routine.items):
        match item:
            case PassageItem():
                if item.passage not in library.passages:
                    hint = nearest(item.passage, library.passages)
                    expected = "a passage that exists" + hint
                    yield _problem(place, f"items[{index}].passage", expected, f'"{item.passage}"')
            case ExerciseItem():
                exercise = library.exercises.get(item.exercise)
                if exercise is None:
                    hint = nearest(item.exercise, library.exercises)
                    expected = "an exercise that exists" + hint
                    yield _problem(place, f"items[{index}].exercise", expected, f'"{item.exercise}"')
                elif item.level >= len(exercise.levels):
                    expected = f"a level from 0 to {len(exercise.levels) - 1}"
                    yield _problem(place, f"items[{index}].level", expected, str(item.level))
                else:
                    yield from _missing_variants(item, exercise, library, f"{place}#items[{index}]")


def _missing_variants(item: ExerciseItem, exercise: Exercise, library: Library, where: str) -> Found:
    """Find variants and stand-ins that an item names and that aren't there."""
    place, _, path = where.partition("#")
    known = {variant.id for variant in exercise.variants}
    for name in [item.variant, *(one.variant for one in item.adjust)]:
        if name is not None and name not in known:
            yield _problem(place, f"{path}.variant", "a variant that exists" + nearest(name, known), name)
    for index, one in enumerate(item.adjust):
        other = library.exercises.get(one.instead.exercise) if one.instead else exercise
        level = one.instead.level if one.instead else one.level or 0
        if other is None or level >= len(other.levels):
            yield _problem(place, f"{path}.adjust[{index}]", "an exercise and a level that exist", str(level))


def _lint_language(language: Language, library: Library) -> Found:
    place = f"languages/{language.code}"
    for exercise in library.exercises.values():
        text = language.exercises.get(exercise.id)
        if text is None:
            yield _problem(place, f"exercises.{exercise.id}", "its words", "nothing")
        else:
            yield from lint_exercise_text(exercise, text, language)
    yield from _lint_passage_texts(language, library)
    for routine_id in library.routines.keys() - language.routines.keys():
        yield _problem(place, f"routines.{routine_id}", "its name and summary", "nothing")
    listed = {key for screening in library.screening.values() for key in screening.keys}
    for key in sorted(listed - language.screening.keys()):
        yield _problem(place, f"screening.{key}", "its words", "nothing")
    asked = {
        key for check in library.checks.values() for question in check.questions for key in question.keys
    }
    for question in sorted(asked - language.questions.keys()):
        yield _problem(place, f"questions.{question}", "its words", "nothing")
    items = {thing.item for exercise in library.exercises.values() for thing in exercise.equipment}
    for item in sorted(items - language.equipment.keys()):
        yield _problem(place, f"equipment.{item}", "its name", "nothing")
    for key, line in language.lines.items():
        if key.startswith(ON_SCREEN):
            continue
        key_path = f"lines.{key}"
        silent = key.startswith(SCREEN_ONLY)
        yield from _lint_words(language, key_path, line.wording, may_command=line.lists_commands or silent)
    for key, wording in language.questions.items():
        yield from _lint_words(language, f"questions.{key}", wording, may_command=True)
    for kind, wordings in (("positions", language.positions), ("exits", language.exits)):
        for position, wording in wordings.items():
            yield from _lint_words(language, f"{kind}.{position}", wording)


def _lint_passage_texts(language: Language, library: Library) -> Found:
    place = f"languages/{language.code}"
    for passage in library.passages.values():
        text = language.passages.get(passage.id)
        cues = text.cues if text else {}
        ends_ms = [*(line.at_ms for line in passage.lines[1:]), passage.length_ms]
        for line, end_ms in zip(passage.lines, ends_ms, strict=True):
            if line.cue == EQUIPMENT_CUE:
                continue
            key_path = f"passages.{passage.id}.{line.cue}"
            wording = cues.get(line.cue)
            if wording is None:
                yield _problem(place, key_path, "its words", "nothing")
                continue
            yield from _lint_words(language, key_path, wording)
            needed_ms = estimated_ms(wording[-1])
            if needed_ms > end_ms - line.at_ms:
                expected = f"words for at most {end_ms - line.at_ms} ms"
                yield _problem(place, key_path, expected, f"about {needed_ms} ms")
        known = {line.cue for line in passage.lines}
        for key in sorted(cues.keys() - known):
            yield _problem(place, f"passages.{passage.id}.{key}", "only cues that are used", "an unused one")


def lint_exercise_text(exercise: Exercise, text: ExerciseText, language: Language) -> Found:
    """Check an exercise's words: complete, within their time, and free of commands and banned words."""
    place = f"languages/{language.code}"
    path = f"exercises.{exercise.id}"
    yield from missing_words(exercise, text, place, path)
    for key in sorted(text.cues.keys() - exercise.cue_keys):
        yield _problem(place, f"{path}.cues.{key}", "only cues that are used", "an unused one")
    yield from words_out_of_place(text, language, place, path)
    setup_keys = {key for level in exercise.all_levels for key in level.setup_cues}
    for key in sorted(setup_keys & text.cues.keys()):
        count = spoken_words(text.cues[key][0])
        yield from _too_many(count, MOST_SETUP_WORDS, place, f"{path}.cues.{key}")
    shortest_ms: dict[str, int] = {}
    for phase in (phase for level in exercise.all_levels for phase in level.phases):
        shortest_ms[phase.cue] = min(phase.length_ms, shortest_ms.get(phase.cue, phase.length_ms))
    for key, length_ms in shortest_ms.items():
        if key in text.cues:
            most = min(MOST_REP_WORDS, words_that_fit(length_ms))
            full, short = spoken_words(text.cues[key][0]), len(words_of(text.cues[key][-1]))
            yield from _too_many(full, most, place, f"{path}.cues.{key}[0]")
            yield from _too_many(short, MOST_SHORT_WORDS, place, f"{path}.cues.{key}[-1]")


def missing_words(exercise: Exercise, text: ExerciseText, place: str, path: str) -> Found:
    """Find the cues and labels of an exercise that a language has no words for."""
    for key in sorted(exercise.cue_keys - text.cues.keys()):
        yield _problem(place, f"{path}.cues.{key}", "its words", "nothing")
    if len(text.labels) != len(exercise.levels):
        expected = f"{len(exercise.levels)} labels, one a level"
        yield _problem(place, f"{path}.labels", expected, str(len(text.labels)))
    for variant in exercise.variants:
        if variant.id not in text.variants:
            yield _problem(place, f"{path}.variants.{variant.id}", "what it is called", "nothing")


def words_out_of_place(text: ExerciseText, language: Language, place: str, path: str) -> Found:
    """Find commands and banned words in what an exercise says; the coach would hear itself command."""
    spoken: dict[str, Wording] = {f"cues.{key}": wording for key, wording in text.cues.items()}
    spoken |= {"intro": text.intro, "name": (text.name,)}
    for key, wording in spoken.items():
        yield from _lint_words(language, f"{path}.{key}", wording, place=place)


def _lint_words(
    language: Language, key_path: str, wording: Wording, *, may_command: bool = False, place: str = ""
) -> Found:
    place = place or f"languages/{language.code}"
    for text in wording:
        if not may_command:
            for phrase in phrases_in(text, commands_of(language.phrasebook)):
                yield _problem(place, key_path, "no command phrase", f'"{phrase}" in "{text}"')
        for phrase in banned_in(text, banned_by(language)):
            yield _problem(place, key_path, "no banned words", f'"{phrase}" in "{text}"')
    counts = [len(text) for text in wording]
    if counts != sorted(counts, reverse=True):
        yield _problem(place, key_path, "wordings from the longest to the shortest", f"{list(wording)}")


def _too_many(count: int, most: int, place: str, key_path: str) -> Found:
    if count > most:
        yield _problem(place, key_path, f"at most {most} words", str(count))


def _lint_agreement(languages: Mapping[str, Language]) -> Found:
    """Check that all languages have the same coach lines, with the same places for values."""
    everything = {key for language in languages.values() for key in language.lines}
    for language in languages.values():
        place = f"languages/{language.code}"
        for key in sorted(everything - language.lines.keys()):
            yield _problem(place, f"lines.{key}", "a line, as in another language", "nothing")
    yield from _lint_shown(languages, "planning")
    yield from _lint_shown(languages, "screens")
    for key in sorted(everything):
        having = [language for language in languages.values() if key in language.lines]
        allowed = _placeholders(having[0].lines[key].wording)
        for language in having[1:]:
            names = _placeholders(language.lines[key].wording)
            if names != allowed:
                expected = f"places for {sorted(allowed)}, as in {having[0].code}"
                yield _problem(f"languages/{language.code}", f"lines.{key}", expected, str(sorted(names)))


def _lint_shown(languages: Mapping[str, Language], kind: str) -> Found:
    """Check that all languages have the same words for the screen, and name no value that another lacks."""
    texts: dict[str, Mapping[str, str]] = {code: getattr(one, kind) for code, one in languages.items()}
    everything = {key for shown in texts.values() for key in shown}
    first = next(iter(texts))
    for code, shown in texts.items():
        place = f"languages/{code}"
        for key in sorted(everything - shown.keys()):
            yield _problem(place, f"{kind}.{key}", "a text, as in another language", "nothing")
        for key in sorted(shown.keys() & texts[first].keys()):
            known, named = _placeholders((texts[first][key],)), _placeholders((shown[key],))
            if not named <= known:
                expected = f"places for {sorted(known)} at most, as in {first}"
                yield _problem(place, f"{kind}.{key}", expected, str(sorted(named)))


def _placeholders(wording: Wording) -> set[str]:
    return {name for text in wording for _, name, _, _ in Formatter().parse(text) if name is not None}
