"""`matside routines validate`: everything that is wrong with any file, in one go."""

import os
import time

import pytest

GOOD = """
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
    { kind = "move", seconds = 4, breath = "free", cue = "roll" } ] },
  { level = 1, position = "seated", setup_s = 10, reps = 6, phases = [
    { kind = "move", seconds = 4, breath = "free", cue = "roll" } ] },
  { level = 2, position = "standing", setup_s = 10, reps = 6, phases = [
    { kind = "move", seconds = 4, breath = "free", cue = "roll" } ] },
  { level = 3, position = "standing", setup_s = 10, reps = 8, phases = [
    { kind = "move", seconds = 4, breath = "free", cue = "roll" } ] },
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
    def write(content, name="mine.toml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def problems_of(ran):
    assert ran.code == 1
    assert ran.out == ""
    assert "Traceback" not in ran.err
    *lines, summary = ran.err.splitlines()
    assert summary == f"{len(lines)} problem{'s' if len(lines) > 1 else ''} found. Nothing was changed."
    for line in lines:
        assert ": expected " in line
        assert ", found " in line
    return lines


@pytest.mark.parametrize("content", [GOOD, OWN], ids=["shipped parts", "own exercise"])
def test_good_file_is_good(matside, file, content):
    ran = matside("routines", "validate", file(content))
    assert (ran.code, ran.err) == (0, "All good.\n")


BAD = [
    ("wrong key", GOOD.replace("reps = 3", "repz = 3"), "items[1].repz", 'did you mean "reps"?'),
    ("impossible number", GOOD.replace("reps = 3", "reps = 100000"), "items[1].reps", "from 1 to 200"),
    ("negative number", GOOD.replace("reps = 3", "reps = -1"), "items[1].reps", "-1"),
    ("half a repetition", GOOD.replace("reps = 3", "reps = 2.5"), "items[1].reps", "2.5"),
    ("huge number", GOOD.replace("reps = 3", f"reps = {10**40}"), "items[1].reps", "huge"),
    ("infinite time", GOOD.replace("reps = 3", "setup_s = inf"), "items[1].setup_s", "inf"),
    ("not a number", GOOD.replace("reps = 3", "setup_s = nan"), "items[1].setup_s", "nan"),
    ("text for a number", GOOD.replace("reps = 3", 'reps = "3"'), "items[1].reps", 'the text "3"'),
    (
        "unknown exercise",
        GOOD.replace('"bridge"', '"bridgge"'),
        "items[1].exercise",
        'did you mean "bridge"?',
    ),
    ("unknown passage", GOOD.replace('"settle"', '"setle"'), "items[0].passage", 'did you mean "settle"?'),
    ("unknown level", GOOD.replace("level = 1", "level = 9"), "items[1].level", "from 0 to 4"),
    ("wrong sum", GOOD.replace('id = "mine"', 'id = "mine"\ntotal_s = 3'), "total_s", "sum"),
    ("wrong schema", GOOD.replace("routine/1", "routine/7"), "schema", "routine/1"),
    ("no items", 'schema = "routine/1"\nid = "mine"\n', "items", "nothing"),
    ("items that are none", 'schema = "routine/1"\nid = "mine"\nitems = 3\n', "items", "3"),
    ("missing cue text", OWN.replace(', small = "Small is enough."', ""), "text.en.cues", "small"),
    (
        "unknown breath",
        OWN.replace('breath = "free", cue', 'breath = "held", cue', 1),
        "breath",
        "in, out, free",
    ),
    ("command in a cue", OWN.replace('"Sit tall."', '"stop"'), "cues.sit", "stop"),
    ("not TOML", "items = [[[", "", "TOML"),
    ("nothing at all", "", "schema", "nothing"),
    ("not UTF-8", b'schema = "routine/1"\nid = "caf\xe9"\n', "", "UTF-8"),
    ("an image", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "", "UTF-8"),
    ("control letters", GOOD.replace("My routine", "My\\u0007routine"), "text.en.name", "printable"),
    ("deep nesting", "a = " + "[" * 3_000, "", "deep"),
    ("50 MB", b"# " + b"x" * 50_000_000, "", "1000 kB"),
]


@pytest.mark.parametrize(("content", "place", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_file_is_told_with_place_and_reason(matside, file, content, place, said):
    path = file(content)
    before = path.read_bytes()
    lines = problems_of(matside("routines", "validate", path))
    assert any(place in line and said in line for line in lines), lines
    assert all(str(path) in line for line in lines)
    assert path.read_bytes() == before


def test_many_problems_of_many_files_come_in_one_go(matside, file):
    bad = GOOD.replace("reps = 3", "repz = 3").replace("level = 1", "level = 9").replace("settle", "setle")
    first, second = file(bad, "a.toml"), file(bad, "b.toml")
    lines = problems_of(matside("routines", "validate", first, file(GOOD, "good.toml"), second))
    assert len([line for line in lines if str(first) in line]) >= 2
    assert len([line for line in lines if str(second) in line]) >= 2
    assert not any("good.toml" in line for line in lines)


@pytest.mark.skipif(os.name == "nt", reason="devices and pipes have other names there")
@pytest.mark.parametrize("kind", ["device", "endless device", "pipe", "folder", "missing", "unreadable name"])
def test_what_is_no_file_is_refused_and_never_waited_for(matside, tmp_path, kind):
    path = {
        "device": "/dev/null",
        "endless device": "/dev/zero",
        "pipe": tmp_path / "pipe.toml",
        "folder": tmp_path,
        "missing": tmp_path / "not there.toml",
        "unreadable name": "a" * 5_000 + ".toml",
    }[kind]
    if kind == "pipe":
        os.mkfifo(path)
    assert len(problems_of(matside("routines", "validate", path))) == 1


@pytest.mark.parametrize("command", ["start", "rehearse"])
def test_bad_routine_file_never_begins(matside, file, home, command):
    ran = matside(command, file(GOOD.replace("reps = 3", "repz = 3")))
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 2
    assert "repz" in ran.err
    assert not (home / "data").exists()


def test_own_routine_is_rehearsed(matside, file):
    events = matside("rehearse", file(OWN), "--json").rows
    assert events[-1]["completed"] is True
    # It has no passage that closes it, so a goodbye follows.
    assert next(event for event in events if event.get("phase") == "closing")["t_ms"] == 26_000
    assert any(event.get("text") == "Roll both shoulders." for event in events)


def test_own_routine_without_words_of_the_language_is_told(matside, file):
    ran = matside("rehearse", file(OWN), "--language", "ko")
    assert ran.code == 1
    assert "text.ko" in ran.err


def test_fifty_megabytes_are_not_read(matside, file):
    path = file(b"#" * 50_000_000)
    began_s = time.process_time()
    matside("routines", "validate", path)
    # Not a time limit: reading and parsing them all would take some twenty times that.
    assert time.process_time() - began_s < 5
