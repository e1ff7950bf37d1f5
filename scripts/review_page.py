"""The reviewer's working sheet: every decision, gate, dose, question, red text and card, as boxes to tick."""

import sys
from collections.abc import Iterable, Iterator

from exercise_pages import flag_words, gate_words, level_cells, variant_words
from matside.content.card import Card
from matside.content.exercise import Exercise, Source
from matside.content.language import Language, Library
from matside.content.library import load_library, load_review
from matside.content.review import Review, check_review
from matside.content.routine import Adjustment, Check, ExerciseItem, Offer, Routine
from matside.content.rule import Rule

INTRO = """\
# Clinical review

The working sheet for a midwife, doctor or physiotherapist who reviews matside. **Nothing below has been
reviewed yet unless it says so.** It is written from the data that the program runs on, so it is never out
of date; print it, tick what is right, and write beside what isn't.

**How to work.** Begin with the ten decisions: the rest follows from them. Then the questions and the red
texts, which matter most, then the exercises. A box stands for "I would let a patient of mine hear or do
this as it stands". How far a source was checked: **V** read, mostly as an excerpt or abstract; **S** seen
second-hand; **R** recalled, not looked up; **J** our own judgement, on the safe side.

**How to sign off.** In the data, `review = "draft"` becomes `review = "clinician-reviewed"` (in the
exercise's file, in `cards.toml`, or in `review.toml` for a decision), and `review.toml` gets a signature
with the name and the profession of whoever reviewed it, and the day. One without the other is refused
when this page is written. While any exercise or card is a draft, the program says so at the first run and
in `matside about`. A later change of a reviewed file should set it back to "draft".

**How to disagree.** Everything here is a line in a TOML file below `src/matside/content/data/`. Name the
line and what it should say; nobody need read code.
"""
SAFETY_LINES = (
    "get-help",
    "advice-tail",
    "check-",
    "pain-",
    "dizzy",
    "stopped",
    "stop-choices",
    "left-out",
    "keep-breathing",
)
"""Names of the coach's lines that say what to do when something is wrong."""


def review_page() -> str:
    """Write the page.

    Raises:
        SystemExit: Something counts as reviewed without a signature, or a decision concerns nothing.
    """
    library, review = load_library(), load_review()
    problems = [str(problem) for problem in check_review(review, library)]
    if problems:
        sys.exit("docs/clinical-review.md can't be written:\n" + "\n".join(problems))
    parts = [
        INTRO,
        *_decisions(review),
        *_screening(library),
        *_checks(library),
        *_red(library),
        *(line for exercise in library.exercises.values() for line in _exercise(exercise, library)),
        *_routines(library),
        *_cards(library),
        *_itself(library),
        *_unread(library),
        *_signatures(review),
    ]
    return "\n".join(parts) + "\n"


def _box(text: str) -> str:
    return f"- [ ] {text}"


def _decisions(review: Review) -> Iterator[str]:
    yield "## 1. The ten decisions\n"
    for item in review.items.values():
        concerns = ", ".join(f"`{name}`" for name in item.concerns)
        yield f"- [ ] **{item.id}** ({item.review_status}): {item.asks} Concerns {concerns}."


def _screening(library: Library) -> Iterator[str]:
    yield "\n## 2. Who must not start\n"
    yield 'Shown at set-up and at each change of stage. "Yes" and "not sure" both close the programme.'
    for stage, screening in library.screening.items():
        yield f"\n### `{stage}`\n"
        for kind, keys in (("no sessions", screening.absolute), ("a clinician first", screening.relative)):
            for key in keys:
                words = " / ".join(language.screening[key] for language in library.languages.values())
                yield _box(f"{kind}: {words}")
        yield from _sources(screening.sources)
    yield "\n### Whatever an exercise's own gates say\n"
    for name, rule in library.rules.items():
        closed = ", ".join(f"`{position}`" for position in rule.positions)
        yield _box(f"`{name}`: `{rule.stage}`{_weeks(rule)}: never {closed}, at no level.")
        yield from _sources(rule.sources)


def _checks(library: Library) -> Iterator[str]:
    yield "\n## 3. The questions before a session\n"
    yield "Every answer must be a clear “no”. In each language: meaning, reading age, translation."
    for check in library.checks.values():
        yield f"\n### `{check.id}`{_weeks(check)}\n"
        for question in check.questions:
            for key in question.keys:
                words = " / ".join(language.questions[key][0] for language in library.languages.values())
                led = question.milder if key == question.follow_up else question.on_yes
                answer = "No" if key == question.follow_up else "Yes"
                yield _box(f"{words} {answer}: `{led.value if led else ''}`.")
        if check.sources:
            yield f"\nAfter {', '.join(check.sources)}."


def _weeks(check: Check | Rule) -> str:
    if check.weeks_min is None and check.weeks_max is None:
        return ""
    low = "" if check.weeks_min is None else f" from week {check.weeks_min}"
    high = "" if check.weeks_max is None else f" up to week {check.weeks_max}"
    return f",{low}{high}"


def _red(library: Library) -> Iterator[str]:
    yield "\n## 4. Red texts, and what is said when something is wrong\n"
    for language in library.languages.values():
        yield f"\n### {language.name}: the words that are listened for\n"
        for entry in language.phrasebook.entries:
            if entry.urgent:
                yield _box(f"`{entry.command}`: {', '.join(entry.phrases)}")
        yield f"\n### {language.name}: what is said\n"
        for key, line in language.lines.items():
            if key.startswith(SAFETY_LINES):
                yield _box(f"`{key}`: “{line.wording[0]}”")


def _exercise(exercise: Exercise, library: Library) -> Iterator[str]:
    english = library.languages["en"]
    text = english.exercises[exercise.id]
    first = next(iter(library.exercises))
    if exercise.id == first:
        yield "\n## 5. Exercises\n"
    yield f"\n### {text.name} (`{exercise.id}`), {exercise.review_status}\n"
    yield from _named("rung", (", ".join(level_cells(level, text)[:5]) for level in exercise.levels))
    yield from _named("variant", (variant_words(each, text, english) for each in exercise.variants))
    yield from _named("gate", (gate_words(gate, english) for gate in exercise.gates))
    yield from _named("flag", (flag_words(flag) for flag in exercise.contraindications))
    for language in library.languages.values():
        cues = language.exercises[exercise.id].cues
        yield from _named(
            f"safety cue, {language.code}",
            (f"{note.when.replace('-', ' ')}: “{cues[note.cue][0]}”" for note in exercise.safety_cues),
        )
    yield from _named("mistake", (f"{each.sign}: “{text.cues[each.cue][0]}”" for each in exercise.mistakes))
    dose = exercise.dose
    yield _box(
        f"dose: the article: {dose.seed}; guidance: {dose.guidance}; here: {dose.app_per_day} times a day"
    )
    if exercise.conflict:
        both = exercise.conflict
        yield _box(
            f"disagreement: the article: {both.seed}; guidance: {both.guidance}; "
            f"followed: the {both.followed}; said: “{both.spoken}”"
        )
    yield from _sources(exercise.sources)


def _named(kind: str, texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield _box(f"{kind}: {text}")


def _sources(sources: Iterable[Source]) -> Iterator[str]:
    yield from (_box(f"source {each.ref} **{each.mark.value}**: {each.claim}") for each in sources)


def _routines(library: Library) -> Iterator[str]:
    english = library.languages["en"]
    yield "\n## 6. Sessions\n"
    for routine in library.routines.values():
        yield f"\n### {english.routines[routine.id].name} (`{routine.id}`), {_clock(routine)}\n"
        for offer in routine.offers:
            yield _box(f"for: {_offer(offer)}")
        for item in routine.items:
            if isinstance(item, ExerciseItem):
                yield _box(_item(item, english))


def _clock(routine: Routine) -> str:
    minutes, rest_s = divmod(routine.total_ms // 1000, 60)
    return f"{minutes}:{rest_s:02} without its questions"


def _item(item: ExerciseItem, english: Language) -> str:
    name = english.exercises[item.exercise].name
    given = (("times", item.reps), ("sets", item.sets), ("as", item.variant))
    told = "".join(f", {what} {value}" for what, value in given if value is not None)
    changes = "; ".join(_adjustment(one) for one in item.adjust)
    return f"{name}, level {item.level}{told}{f'. Changed: {changes}' if changes else ''}"


def _adjustment(one: Adjustment) -> str:
    who = [
        *([one.stage.value] if one.stage else []),
        *([one.flag] if one.flag else []),
        *([f"from week {one.weeks_min}"] if one.weeks_min is not None else []),
        *([f"up to week {one.weeks_max}"] if one.weeks_max is not None else []),
        *(birth.value for birth in one.births),
    ]
    what = [
        *([f"level {one.level}"] if one.level is not None else []),
        *([f"{one.reps} times"] if one.reps is not None else []),
        *([one.variant] if one.variant else []),
        *([f"{one.instead.exercise} level {one.instead.level} instead"] if one.instead else []),
        *(["left out"] if one.drop else []),
    ]
    return f"{', '.join(who)}: {', '.join(what)}"


def _offer(offer: Offer) -> str:
    parts = [
        offer.stage.value,
        *([f"from week {offer.weeks_min}"] if offer.weeks_min is not None else []),
        *([f"up to week {offer.weeks_max}"] if offer.weeks_max is not None else []),
        *([f"from day {offer.days_min}"] if offer.days_min is not None else []),
        *([" or ".join(birth.value for birth in offer.births)] if offer.births else []),
        *([f"check-up {'done' if offer.check_done else 'not done'}"] if offer.check_done is not None else []),
        *(f"without {flag}" for flag in offer.without_flags),
    ]
    return ", ".join(parts)


def _cards(library: Library) -> Iterator[str]:
    yield "\n## 7. Cards\n"
    for card in library.cards.values():
        for language in library.languages.values():
            text = language.cards[card.id]
            yield f"\n### {text.title} (`{card.id}`, {language.code}), {card.review_status}{_shown(card)}\n"
            yield from map(_box, text.lines)
        yield from _sources(card.sources)


def _shown(card: Card) -> str:
    parts = [
        *(["only for those who ask"] if card.opt_in else []),
        *(["offered when there is no session"] if card.after_refusal else []),
        *(f"for {birth.value} births" for birth in card.births),
    ]
    return "".join(f", {part}" for part in parts)


def _itself(library: Library) -> Iterator[str]:
    yield "\n## 8. What the program says of itself, and what no text may say\n"
    for language in library.languages.values():
        yield f"\n### {language.name}\n"
        yield _box("standing text: " + " ".join(language.about.standing))
        yield _box("while anything is a draft: " + " ".join(language.about.draft))
        for topic, phrases in language.never.items():
            yield _box(f"never said, {topic}: {', '.join(phrases)}")
        yield _box(f"never said by the coach: {', '.join(language.banned)}")


def _unread(library: Library) -> Iterator[str]:
    yield "\n## 9. Sources that nobody has read\n"
    yield "Seen second-hand (**S**) or recalled (**R**): look each up before release.\n"
    things = (*library.exercises.values(), *library.cards.values())
    claims = {
        (source.ref, source.mark.value, source.claim): thing.id
        for thing in things
        for source in thing.sources
        if source.mark.value in "SR"
    }
    for (ref, mark, claim), name in sorted(claims.items()):
        yield _box(f"{ref} **{mark}**, for `{name}`: {claim}")


def _signatures(review: Review) -> Iterator[str]:
    yield "\n## 10. Signatures\n"
    for each in review.signatures:
        yield f"- `{each.of}`: {each.by}, {each.on:%Y-%m-%d}"
    if not review.signatures:
        yield "None yet.\n"
    yield "| what | name and profession | day | remarks |\n| --- | --- | --- | --- |"
    yield from ("| | | | |" for _ in range(4))
