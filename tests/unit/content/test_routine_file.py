import os
import tomllib
from pathlib import Path

import pytest

from matside.content.document import ContentProblems, decode, read_document
from matside.content.library import load_library
from matside.content.routine_file import find_routine, read_routine_file, validate_files
from matside.errors import UsageError

LIBRARY = load_library()

PLAIN = """
schema = "routine/1"
id = "mine"
check = "general"
[[items]]
passage = "settle"
[[items]]
exercise = "bridge"
level = 1
reps = 3
[text.en]
name = "My routine"
"""

OWN = """
schema = "routine/1"
id = "mine"
check = "general"
[[items]]
exercise = "shoulder-roll"
level = 0

[[exercise]]
id = "shoulder-roll"
breath_rule = "free"
review = "draft"
dose = { seed = "none", guidance = "a few rolls", app_per_day = 3 }
gates = [{ stage = "general", max_level = 3 }]
safety_cues = [{ when = "first-rep", cue = "small" }]
sources = [{ ref = "J", claim = "our own", mark = "J" }]
levels = [
  { level = 0, position = "seated", setup_s = 10, setup_cues = ["sit"], reps = 4, phases = [
    { kind = "move", seconds = 4, breath = "free", cue = "roll" },
  ] },
  { level = 1, position = "seated", setup_s = 10, reps = 6, phases = [
    { kind = "move", seconds = 4, breath = "free", cue = "roll" },
  ] },
  { level = 2, position = "standing", setup_s = 10, reps = 6, phases = [
    { kind = "move", seconds = 4, breath = "free", cue = "roll" },
  ] },
  { level = 3, position = "standing", setup_s = 10, reps = 8, phases = [
    { kind = "move", seconds = 4, breath = "free", cue = "roll" },
  ] },
]
[exercise.text.en]
name = "Shoulder roll"
goal = "Loose shoulders"
intro = "Roll your shoulders."
labels = ["Four", "Six", "Standing", "Standing, eight"]
cues = { sit = "Sit tall.", roll = ["Roll both shoulders.", "Roll."], small = "Small is enough." }
"""


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "mine.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def problems_of(path, **options):
    with pytest.raises(ContentProblems) as caught:
        read_routine_file(path, LIBRARY, **options)
    return caught.value.problems


def test_reads_a_routine_of_shipped_parts_and_adds_up_its_length(file):
    found = read_routine_file(file(PLAIN), LIBRARY)
    bridge = LIBRARY.exercises["bridge"].levels[1]
    assert found.routine.total_ms == 30_000 + bridge.setup_ms + 3 * bridge.rep_ms
    assert found.library.routines["mine"] == found.routine
    assert found.library.languages["en"].routines["mine"].name == "My routine"


def test_a_name_missing_in_a_language_is_taken_from_another_or_from_the_id(file):
    assert (
        read_routine_file(file(PLAIN), LIBRARY).library.languages["ko"].routines["mine"].name == "My routine"
    )
    nameless = PLAIN.partition("[text.en]")[0]
    assert read_routine_file(file(nameless), LIBRARY).library.languages["en"].routines["mine"].name == "mine"


def test_reads_a_routine_with_an_exercise_of_its_own(file):
    found = read_routine_file(file(OWN), LIBRARY, language="en")
    assert found.library.exercises["shoulder-roll"].levels[0].reps == 4
    assert found.library.languages["en"].exercises["shoulder-roll"].cues["sit"] == ("Sit tall.",)
    assert found.routine.total_ms == 10_000 + 4 * 4000
    assert "shoulder-roll" not in LIBRARY.exercises


def test_a_byte_order_mark_and_windows_line_ends_are_fine(file):
    assert read_routine_file(file(b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode()), LIBRARY)


PAUSES = '[[items]]\nexercise = "paced-breathing"\nlevel = 2\nreps = 200\nsets = 20\n' * 3
"""Breathing that everybody may do, and nobody for so long."""

CHANGES = [
    (PLAIN, 'exercise = "bridge"', 'exercise = "brridge"', "items[1].exercise", 'did you mean "bridge"?'),
    (PLAIN, "level = 1", "level = 7", "items[1].level", "from 0 to 4"),
    (PLAIN, 'passage = "settle"', 'passage = "settel"', "items[0].passage", 'did you mean "settle"?'),
    (PLAIN, "reps = 3", "reps = 0", "items[1].reps", "from 1 to 200"),
    (PLAIN, "reps = 3", "repz = 3", "items[1].repz", 'did you mean "reps"?'),
    (PLAIN, 'id = "mine"', 'id = "mine"\ntotal_s = 99', "total_s", "the sum of the items"),
    (PLAIN, 'check = "general"', 'check = "gennral"', "check", 'did you mean "general"?'),
    (PLAIN, "routine/1", "routine/9", "schema", "routine/1"),
    (OWN, 'id = "shoulder-roll"', 'id = "bridge"', "exercise[0].id", "no other exercise"),
    (OWN, 'breath = "free"', 'breath = "hold"', "exercise[0].levels[0].phases[0].breath", "in, out, free"),
    (OWN, "gates = [{", "gatez = [{", "exercise[0].gates", "at least one table"),
    (OWN, "max_level = 3", "max_level = 4", "exercise[0].gates[0].max_level", "at most 3"),
    (OWN, 'sit = "Sit tall."', 'sat = "Sit tall."', "exercise[0].text.en.cues.sit", "its words"),
    (OWN, "Sit tall.", "Get ready.", "exercise[0].text.en.cues.sit", "no command phrase"),
    (OWN, "Sit tall.", "Hold your breath.", "exercise[0].text.en.cues.sit", "no banned words"),
    (OWN, '"Standing, eight"', "", "exercise[0].text.en.labels", "4 labels"),
    (OWN, "level = 3,", "level = 5,", "exercise[0].levels", "in order"),
    (PLAIN, "reps = 3", "reps = 60", "items[1].reps", "repetitions, all sets together"),
    (PLAIN, "reps = 3", "reps = 10\nsets = 3", "items[1].reps", "repetitions, all sets together"),
    (PLAIN, "reps = 3", 'adjust = [{ reps = 99, flag = "pgp" }]', "items[1].reps", "repetitions, all sets"),
    # Offers say whom it suits; they ask nobody anything, so they open nothing.
    (PLAIN, 'check = "general"', 'offers = [{ stage = "general" }]', "items[1].level", "without a check"),
    (OWN, "[[items]]", PAUSES + "[[items]]", "items", "seconds of items in all"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_every_mistake_is_named_with_its_place(file, change):
    text, old, new, key_path, expected = change
    problems = problems_of(file(text.replace(old, new)))
    assert [p for p in problems if p.key_path == key_path and expected in p.expected], problems
    assert all(str(file(text)) == problem.file for problem in problems)


def test_all_mistakes_are_told_at_once(file):
    broken = PLAIN.replace("level = 1", 'level = "x"').replace('"settle"', "3").replace("reps", "repz")
    assert len(problems_of(file(broken))) == 3


def test_the_message_says_where_and_how_many_more(file):
    path = file(PLAIN.replace("level = 1", 'level = "x"').replace("reps", "repz"))
    with pytest.raises(ContentProblems) as caught:
        read_routine_file(path, LIBRARY)
    assert str(caught.value).startswith(f"{path}: items[1].level: expected")
    assert str(caught.value).endswith("(and 1 more)")
    assert caught.value.hint


def test_own_exercises_need_words_in_the_language_that_is_spoken(file):
    assert [p.key_path for p in problems_of(file(OWN), language="ko")] == ["exercise[0].text.ko"]
    wordless = OWN.partition("[exercise.text.en]")[0]
    assert [p.key_path for p in problems_of(file(wordless))] == ["exercise[0].text"]


def test_strange_paths_are_refused_without_blocking(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    paths = [
        tmp_path,
        tmp_path / "pipe",
        Path("/dev/zero"),
        tmp_path / "absent",
        Path("a\0b"),
        Path("x" * 5000),
    ]
    for path in paths:
        assert len(problems_of(path)) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        b"\xff\xfe routine",
        b"id = ",
        b"a = " + b"[" * 3000,
        b"a = " + b"[\n" * 200_000,
        b"a = " + b"{b=" * 1000,
        b"a" + b".a" * 1900 + b" = 1",
        b"a" + b".a" * 100_000 + b" = 1",
        b"id = " + b"9" * 3990,
        b"id = 1e999999\nitems = [nan]",
        b"id = 2024-13-45",
        b"# " + b"x" * 1_100_000,
        b"[[items]]\n" * 50_000,
    ],
)
def test_broken_and_hostile_files_are_refused_politely(file, content):
    problems = problems_of(file(content))
    assert problems
    assert all(len(str(problem)) < 600 for problem in problems)


def test_a_mistake_in_the_toml_names_line_and_column(file):
    problems = problems_of(file('schema = "routine/1"\nid = = 3\n'))
    assert "line 2, column 6" in problems[0].found


def test_a_mistake_in_the_encoding_names_the_line():
    with pytest.raises(ContentProblems) as caught:
        decode(b"a = 1\nb = '\xff'\n", "f.toml")
    assert "line 2" in caught.value.problems[0].found


def test_finds_a_shipped_routine_by_name_in_any_case():
    assert find_routine(" Morning", LIBRARY).routine is LIBRARY.routines["morning"]


def test_finds_a_file_by_its_path(file):
    path = file(PLAIN)
    assert find_routine(str(path), LIBRARY).path == path


@pytest.mark.parametrize("name", ["mornign", "MORNNG"])
def test_an_unknown_routine_suggests_the_nearest(name):
    with pytest.raises(UsageError) as caught:
        find_routine(name, LIBRARY)
    assert 'did you mean "morning"?' in str(caught.value)
    assert "matside routines" in caught.value.hint


@pytest.mark.parametrize("name", ["", "\0", "\x1b[2J", "x" * 10_000])
def test_strange_routine_names_are_refused(name):
    with pytest.raises((UsageError, ContentProblems)) as caught:
        find_routine(name, LIBRARY)
    assert "\x1b" not in str(caught.value)


def test_validating_tells_the_problems_of_all_files(file, tmp_path):
    good = file(PLAIN)
    bad = tmp_path / "bad.toml"
    bad.write_text(PLAIN.replace("reps", "repz"), encoding="utf-8")
    exercise = tmp_path / "exercise.toml"
    body = OWN.partition("[[exercise]]")[2].replace("[exercise.text.en]", "[text.en]")
    exercise.write_text('schema = "exercise/1"\n' + body, encoding="utf-8")
    assert validate_files([good, exercise]) == []
    exercise.write_text('schema = "exercise/1"\n' + body.replace("Sit tall.", "Stop."), encoding="utf-8")
    problems = validate_files([good, bad, exercise, tmp_path / "absent.toml"])
    assert [Path(problem.file).name for problem in problems] == ["bad.toml", "exercise.toml", "absent.toml"]


def test_a_document_reads_as_toml_reads_it(file):
    assert read_document(file(PLAIN)) == tomllib.loads(PLAIN)
