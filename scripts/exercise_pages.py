"""The page of exercises: ladders, doses, gates in words, sources, and both sides of each disagreement."""

from collections.abc import Iterable

from matside.content.exercise import (
    Contraindication,
    Exercise,
    ExerciseText,
    Gate,
    Level,
    Phase,
    Variant,
)
from matside.content.language import Language
from matside.content.library import load_library
from matside.content.routine import Question

INTRO = """\
# Exercises

Everything here comes from the files below `src/matside/content/data/`. **Nothing of it was reviewed by a
clinician**: each exercise says "draft" until one has. It is general exercise guidance, not medical advice.

A gate says who may go how far. It asks for the stage, the completed weeks, the way of birth and the
check-up, which `matside profile` keeps; where they aren't known, nothing is open but seated breathing. The
highest level of all gates that fit holds, and one that says "not at all" wins. What changes an exercise comes
after them, and her own ladder last.

How far a source was checked: **V** read; **S** seen second-hand; **R** recalled, not looked up; **J** our own
judgement, on the safe side. Positions, lengths and doses are those of the files; a routine may ask for fewer.
"""
STAGES = {
    "pregnant": "In pregnancy",
    "postpartum": "After a birth",
    "general": "Otherwise",
    "unknown": "Where nothing is known of somebody",
}
EXPERIENCE = {"trained": "for those who trained before", "ball-used": "for those used to a ball"}
BIRTHS = {
    "vaginal": "a vaginal birth",
    "assisted": "an assisted birth",
    "major-tear": "a major tear",
    "caesarean": "a caesarean",
    "unsure": "a birth that she isn't sure about",
}
ACTIONS = {
    "end-session": "ends the session",
    "block": "leaves the exercise out",
    "cap": "no higher than level",
}


def exercise_page() -> str:
    """Write the page, in English."""
    library = load_library()
    language = library.languages["en"]
    parts = [INTRO]
    for exercise in library.exercises.values():
        parts += _exercise(exercise, language)
    checks = [
        f"### `{check.id}`\n\n"
        + "\n".join(_question(question, language) for question in check.questions)
        + f"\n\nAfter: {', '.join(check.sources)}.\n"
        for check in library.checks.values()
    ]
    parts += ["## The questions before a session\n", *checks]
    return "\n".join(parts)


def _question(question: Question, language: Language) -> str:
    line = f"1. {language.questions[question.key][0]} Yes: `{question.on_yes.value}`."
    if question.follow_up and question.milder:
        line += f" After a yes: {language.questions[question.follow_up][0]} No: `{question.milder.value}`."
    return line


def _exercise(exercise: Exercise, language: Language) -> list[str]:
    text = language.exercises[exercise.id]
    parts = [f"## {text.name} (`{exercise.id}`)\n", f"{text.goal}. Review: **{exercise.review_status}**.\n"]
    things = [
        f"{language.equipment[thing.item]}{'' if thing.required else ' (can do without)'}"
        for thing in exercise.equipment
    ]
    if things:
        parts.append(f"Needs: {', '.join(things)}.\n")
    parts += _table(
        ["level", "", "position", "one repetition", "dose"],
        (level_cells(each, text) for each in exercise.levels),
    )
    if exercise.variants:
        parts.append("\n**Other ways up the same ladder**\n")
        parts += [f"- {variant_words(variant, text, language)}" for variant in exercise.variants]
    parts.append("\n**Who may go how far**\n")
    parts += [f"- {gate_words(gate, language)}" for gate in exercise.gates]
    if exercise.contraindications:
        parts.append("\n**What changes it**\n")
        parts += [f"- {flag_words(flag)}" for flag in exercise.contraindications]
    parts.append("\n**What is said for safety**\n")
    parts += [f"- {note.when.replace('-', ' ')}: “{text.cues[note.cue][0]}”" for note in exercise.safety_cues]
    dose = exercise.dose
    ours = _times(dose.app_per_day)
    parts.append(f"\n**Dose.** The article: {dose.seed}. Guidance: {dose.guidance}. Here: {ours} a day.\n")
    if exercise.conflict:
        both = exercise.conflict
        parts.append("**Where they disagree**\n")
        parts += [
            f"- The article: {both.seed}.",
            f"- Guidance: {both.guidance}.",
            f"- Followed: the {both.followed}.",
        ]
        parts.append(f"- Said: “{both.spoken}”\n")
    parts.append("**Sources**\n")
    parts += [f"- {source.ref} [{source.mark.value}]: {source.claim}" for source in exercise.sources]
    return [*parts, ""]


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    lines = [list(heads), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return [f"| {' | '.join(cells)} |" for cells in lines]


def level_cells(level: Level, text: ExerciseText) -> list[str]:
    """Write the cells of one rung."""
    label = text.labels[level.number]
    label = f"{label} *(the article's own)*" if level.is_seed_version else label
    phases = ", ".join(_phase(phase) for phase in level.phases)
    dose = f"{level.reps} × {level.rep_ms / 1000:g} s"
    dose += " each side" if level.sides > 1 else ""
    dose += f", {level.sets} sets with {level.rest_ms / 1000:g} s rest" if level.sets > 1 else ""
    dose += f"; {level.first_day_reps} on the first day" if level.first_day_reps else ""
    return [str(level.number), label, level.position.value, phases, dose]


def _phase(phase: Phase) -> str:
    breath = "" if phase.breath.value == "free" else f", breathing {phase.breath.value}"
    return f"{phase.kind.value} {phase.length_ms / 1000:g} s{breath}"


def gate_words(gate: Gate, language: Language) -> str:
    """Say a gate in words."""
    when = STAGES[gate.stage.value]
    if gate.weeks_min is not None and gate.weeks_max is not None:
        when += f", weeks {gate.weeks_min} to {gate.weeks_max}"
    elif gate.weeks_min is not None:
        when += f", from week {gate.weeks_min}"
    elif gate.weeks_max is not None:
        when += f", up to week {gate.weeks_max}"
    if gate.births:
        when += ", after " + " or ".join(BIRTHS[birth.value] for birth in gate.births)
    when += "".join(f", {EXPERIENCE[need]}" for need in gate.needs)
    if gate.check_done is not None:
        when += ", with the check-up done" if gate.check_done else ", before the check-up"
    allowed = "not at all" if gate.max_level < 0 else f"up to level {gate.max_level}"
    if gate.substitute:
        other = language.exercises[gate.substitute.exercise].name
        allowed += f"; {other}, level {gate.substitute.level}, in its place"
    return f"{when}: {allowed}."


def variant_words(variant: Variant, text: ExerciseText, language: Language) -> str:
    """Say in words when a variant is taken."""
    rungs = ", ".join(f"{level.number} ({level.position.value})" for level in variant.levels)
    calls = [
        *(f"without {language.equipment[item]}" for item in variant.missing),
        *(f"with {flag.replace('-', ' ')}" for flag in variant.flags),
        *(f"after {BIRTHS[birth.value]}" for birth in variant.births),
    ]
    why = " or ".join(calls) or "where a routine asks for it"
    return f"`{variant.id}`, {text.variants[variant.id]}: levels {rungs}; {why}."


def flag_words(flag: Contraindication) -> str:
    """Say in words what a body flag does."""
    cap = "" if flag.cap_level is None else f" {flag.cap_level}"
    return f"{flag.flag.replace('-', ' ')}: {ACTIONS[flag.action]}{cap}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
