"""The sessions of the programme: as long as the tables say, for the people whom they are for, said whole."""

from pathlib import Path

import pytest

from matside.content.exercise import Birth, Position, Stage
from matside.content.length import level_of, routine_ms
from matside.content.library import load_library
from matside.content.routine import ExerciseItem, PartOfDay, PassageItem
from matside.content.routine_file import find_routine
from matside.planning.choose import part_of_day
from matside.planning.gates import is_offered
from matside.planning.lay_out import lay_out
from matside.planning.person import Person
from matside.session.plan import PlanExercise
from stage import play

LIBRARY = load_library()

# (routine, the table's letter, its total without the 55 s of questions)
TABLE = [
    ("pregnancy-morning", "a", 744),
    ("pregnancy-evening", "b", 711),
    ("first-weeks", "c1", 460),
    ("early-weeks", "c2", 643),
    ("early-weeks-gentle", "c2x", 501),
    ("rebuilding", "d", 796),
    ("back-care", "e", 776),
    ("pregnancy-morning-short", "a-short", 336),
    ("pregnancy-evening-short", "b-short", 230),
    ("first-weeks-short", "c1-short", 220),
    ("early-weeks-short", "c2-short", 269),
    ("rebuilding-short", "d-short", 262),
    ("back-care-short", "e-short", 280),
    ("bridge-second-set", None, 115),
    ("break", None, 66),
    ("wall-minute", None, 85),
    ("pelvic-floor-minute", None, 75),
]
SHORT = [name for name, _, _ in TABLE if name.endswith("-short")]
ON_REQUEST = {"morning", "bridge-second-set", "break", "wall-minute", "pelvic-floor-minute"}
LYING = {Position.SUPINE, Position.PROPPED, Position.SIDE_LYING}
FLOOR = LYING | {Position.ALL_FOURS, Position.FOREARM_KNEES, Position.FOREARM_TOES}


@pytest.mark.parametrize(("name", "letter", "total_s"), TABLE)
def test_a_session_is_as_long_as_its_table_to_the_second(name, letter, total_s):
    routine = LIBRARY.routines[name]
    assert routine.total_ms == total_s * 1_000
    assert routine_ms(routine, LIBRARY.exercises, LIBRARY.passages) == total_s * 1_000
    assert routine.aliases == ((letter,) if letter else ())


@pytest.mark.parametrize(("name", "letter"), [(name, letter) for name, letter, _ in TABLE if letter])
def test_a_session_is_found_by_its_letter(name, letter):
    assert find_routine(letter.upper(), LIBRARY).routine.id == name


@pytest.mark.parametrize("name", SHORT)
def test_a_short_form_is_for_the_same_people_at_the_same_hour_and_shorter(name):
    short = LIBRARY.routines[name]
    whole = LIBRARY.routines[name.removesuffix("-short")]
    assert short.short_of == whole.id
    assert (short.offers, short.part_of_day, short.check) == (whole.offers, whole.part_of_day, whole.check)
    assert short.total_ms < whole.total_ms


def test_only_what_asks_nothing_of_the_body_asks_no_questions():
    unasked = {name for name, routine in LIBRARY.routines.items() if routine.check is None}
    assert unasked == {"breathe", "break", "wall-minute"}


def test_what_is_small_comes_only_on_request():
    assert {name for name, routine in LIBRARY.routines.items() if routine.on_request} == ON_REQUEST


def test_the_evening_has_sessions_of_its_own():
    evening = {one.id for one in LIBRARY.routines.values() if one.part_of_day is PartOfDay.EVENING}
    assert evening == {"evening", "pregnancy-evening", "pregnancy-evening-short"}


@pytest.mark.parametrize("hour", range(24))
def test_the_evening_begins_at_five_as_the_format_of_routines_says(hour):
    assert (part_of_day(hour) is PartOfDay.EVENING) is (hour >= 17)
    page = Path(__file__).parents[3] / "docs" / "routine-format.md"
    assert "the evening from 17:00" in page.read_text(encoding="utf-8")


PREGNANT = {"stage": Stage.PREGNANT}
VAGINAL = {"stage": Stage.POSTPARTUM, "birth": Birth.VAGINAL}
SLOW = [Birth.CAESAREAN, Birth.ASSISTED, Birth.MAJOR_TEAR, Birth.UNSURE]
SYMPTOMS = ["doming", "heaviness-or-leak", "pelvic-floor-pain", "wound-pain", "sore-stitches"]
WHOM = [
    *(({**PREGNANT, "weeks": weeks}, {"a", "b"}) for weeks in (0, 13, 14, 28, 42)),
    ({**VAGINAL, "weeks": 0, "days": 0}, set()),
    ({**VAGINAL, "weeks": 0, "days": 1}, {"c1"}),
    ({**VAGINAL, "weeks": 1, "days": 13}, {"c1"}),
    ({**VAGINAL, "weeks": 2}, {"c2"}),
    ({**VAGINAL, "weeks": 5, "check_done": True}, {"c2"}),
    ({**VAGINAL, "weeks": 6}, {"c2"}),
    ({**VAGINAL, "weeks": 6, "check_done": True}, {"c2", "d"}),
    ({**VAGINAL, "weeks": 40, "check_done": True, "flags": frozenset({"back-pain-on-lift"})}, {"c2"}),
    *(({**VAGINAL, "weeks": 9, "check_done": True, "flags": frozenset({flag})}, {"c2"}) for flag in SYMPTOMS),
    ({**VAGINAL, "weeks": 9, "check_done": True, "flags": frozenset({"pgp"})}, {"c2", "d"}),
    *(({"stage": Stage.POSTPARTUM, "birth": birth, "weeks": 1, "days": 8}, {"c1"}) for birth in SLOW),
    *(
        ({"stage": Stage.POSTPARTUM, "birth": birth, "weeks": 7, "check_done": True}, {"c2x"})
        for birth in SLOW
    ),
    *(({"stage": Stage.POSTPARTUM, "birth": birth, "weeks": 8}, {"c2x"}) for birth in SLOW),
    *(
        ({"stage": Stage.POSTPARTUM, "birth": birth, "weeks": 8, "check_done": True}, {"c2x", "d"})
        for birth in SLOW
    ),
    ({"stage": Stage.GENERAL}, {"e"}),
    ({}, set()),
]


@pytest.mark.parametrize(("who", "letters"), WHOM)
def test_sessions_are_offered_to_whom_they_are_for(who, letters):
    person = Person(**who)
    offered = {
        letter
        for name, letter, _ in TABLE
        if letter and "short" not in letter and is_offered(LIBRARY.routines[name].offers, person)
    }
    assert offered == letters


def test_the_second_bridges_are_for_those_who_may_bridge():
    offers = LIBRARY.routines["bridge-second-set"].offers
    may = [
        Person(stage=Stage.GENERAL),
        Person(stage=Stage.PREGNANT, weeks=13),
        Person(**VAGINAL, weeks=2),
        Person(stage=Stage.POSTPARTUM, birth=Birth.CAESAREAN, weeks=8, check_done=True),
    ]
    may_not = [
        Person(),
        Person(stage=Stage.PREGNANT, weeks=14),
        Person(**VAGINAL, weeks=1),
        Person(stage=Stage.POSTPARTUM, birth=Birth.CAESAREAN, weeks=8),
    ]
    assert all(is_offered(offers, person) for person in may)
    assert not any(is_offered(offers, person) for person in may_not)


@pytest.mark.parametrize(
    ("name", "too_early", "from_then_on"),
    [
        ("break", {"weeks": 0, "days": 0}, {"weeks": 0, "days": 1}),
        ("wall-minute", {"weeks": 0, "days": 6}, {"weeks": 1, "days": 7}),
    ],
)
def test_standing_waits_after_a_birth_and_for_nobody_else(name, too_early, from_then_on):
    offers = LIBRARY.routines[name].offers
    for birth in Birth:
        after = {"stage": Stage.POSTPARTUM, "birth": birth}
        assert not is_offered(offers, Person(**after, **too_early))
        assert is_offered(offers, Person(**after, **from_then_on))
    assert is_offered(offers, Person(stage=Stage.PREGNANT, weeks=39))
    assert is_offered(offers, Person(stage=Stage.GENERAL))


def exercise_items(name):
    return [item for item in LIBRARY.routines[name].items if isinstance(item, ExerciseItem)]


@pytest.mark.parametrize("name", [name for name, _, _ in TABLE if name.startswith("pregnancy")])
def test_nothing_in_pregnancy_is_flat_on_the_back(name):
    positions = {level_of(item, LIBRARY.exercises).position for item in exercise_items(name)}
    assert Position.SUPINE not in positions


@pytest.mark.parametrize("name", [name for name, _, _ in TABLE])
def test_the_way_up_from_the_floor_takes_its_time(name):
    """Count what lies between the last floor position and the end: the exit and the close."""
    routine = LIBRARY.routines[name]
    last = exercise_items(name)[-1]
    if level_of(last, LIBRARY.exercises).position not in FLOOR:
        return
    (close,) = [item for item in routine.items[routine.items.index(last) :] if isinstance(item, PassageItem)]
    assert (last.exit_ms or 0) + LIBRARY.passages[close.passage].length_ms >= 15_000


def seconds_of(name, exercise):
    rows = [item for item in exercise_items(name) if item.exercise == exercise]
    return sum((item.reps or 0) * level_of(item, LIBRARY.exercises).rep_ms for item in rows) / 1_000


def test_the_day_reaches_the_articles_doses():
    for name in ("pregnancy-morning", "pregnancy-evening"):
        assert seconds_of(name, "breath-arm-raise") == 10 * 10
    bridges = [seconds_of(name, "bridge") for name in ("rebuilding", "bridge-second-set")]
    assert bridges == [5 * 12, 5 * 12]
    wall_s = seconds_of("pregnancy-morning", "wall-stand") + seconds_of("pregnancy-evening", "wall-stand")
    assert wall_s + 3 * seconds_of("wall-minute", "wall-stand") == 5 * 60 + 4


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", [name for name, _, _ in TABLE])
@pytest.mark.parametrize("is_known", [False, True])
def test_a_rehearsal_ends_at_the_total_with_every_name_side_and_passage_said(name, language, is_known):
    met = frozenset(LIBRARY.exercises) if is_known else frozenset()
    plan = lay_out(LIBRARY.routines[name], LIBRARY, checked=True, met=met)
    events = play(plan, language=language)
    assert events[-1]["kind"] == "end"
    assert events[-1]["t_ms"] == LIBRARY.routines[name].total_ms
    words = LIBRARY.languages[language]
    clock_ms = 0
    for item in plan.items:
        lines = [
            event["text"]
            for event in events
            if event["kind"] == "line" and clock_ms <= event["t_ms"] < clock_ms + item.length_ms
        ]
        clock_ms += item.length_ms
        if not isinstance(item, PlanExercise):
            cues = words.passages[item.passage.id].cues
            assert all(set(cues[line.cue]) & set(lines) for line in item.passage.lines), item.passage.id
            continue
        if not item.goes_on:
            assert any(words.exercises[item.exercise.id].name in line for line in lines), item.exercise.id
        if item.at(item.level).sides > 1:
            sides = [words.lines[f"side.{side}"].wording[0] for side in ("left", "right")]
            assert all(any(side in line.lower() for line in lines) for side in sides), item.exercise.id


@pytest.mark.parametrize("language", ["en", "ko"])
def test_slow_breathing_that_goes_on_tells_its_new_count(language):
    plan = lay_out(LIBRARY.routines["pregnancy-evening"], LIBRARY, checked=True)
    said = {event["text"] for event in play(plan, language=language) if event["kind"] == "line"}
    cues = LIBRARY.languages[language].exercises["paced-breathing"].cues
    assert set(cues["three-four"]) & said
    assert set(cues["four-six"]) & said


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_evening_is_silent_for_more_than_half_of_every_minute(language):
    plan = lay_out(LIBRARY.routines["pregnancy-evening"], LIBRARY, checked=True)
    spoken = [
        (event["t_ms"], event["length_ms"])
        for event in play(plan, language=language)
        if event["kind"] == "line"
    ]
    for minute in range(0, LIBRARY.routines["pregnancy-evening"].total_ms, 60_000):
        assert sum(length for at, length in spoken if minute <= at < minute + 60_000) <= 30_000


def test_tips_on_caring_for_a_baby_are_in_no_session_as_it_is_written():
    """Each is another form of a passage that is used, as long and ending alike but for its tip."""
    used = {
        item.passage
        for routine in LIBRARY.routines.values()
        for item in routine.items
        if isinstance(item, PassageItem)
    }
    assert all(name.endswith("-baby") for name in set(LIBRARY.passages) - used)
    for name in set(LIBRARY.passages) - used:
        plain, tipped = LIBRARY.passages[name.removesuffix("-baby")], LIBRARY.passages[name]
        assert plain.id in used
        assert (plain.length_ms, plain.position) == (tipped.length_ms, tipped.position)
