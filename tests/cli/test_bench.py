"""`matside bench hearing`: labelled recordings in, figures out, whatever the manifest holds."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from matside.content.library import load_library
from matside.hear.wav_source import read_wav, write_wav
from matside.measure.hearing_set import plain, read_hearing_set
from matside.understand.phrasebook import Phrasebook

pytestmark = pytest.mark.model

COMMANDS = Path(__file__).parents[2] / "audio" / "commands"
HEAD = ["path", "text", "kind", "condition"]


def manifest(folder, *rows, head=HEAD, delimiter=","):
    folder.mkdir(exist_ok=True)
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows([head, *rows])
    return folder


@pytest.fixture
def said(korean_clip, tmp_path):
    """Put what is said into the set's folder, and give its name there."""

    def put(text, rate_hz=16_000):
        (tmp_path / "set").mkdir(exist_ok=True)
        name = f"{text}.wav"
        write_wav(tmp_path / "set" / name, read_wav(korean_clip(text)), rate_hz)
        return name

    return put


def bench(matside, folder, *options):
    return matside("bench", "hearing", folder, "--language", "ko", *options)


def test_what_is_heard_stands_beside_vosk_alone(matside, said, tmp_path):
    write_wav(tmp_path / "hum.wav", np.zeros(32_000, np.float32))
    folder = manifest(
        tmp_path / "set",
        [said("너무 어려워"), "너무 어려워!", "command", "quiet"],
        [said("정지"), "STOP", "command", "quiet"],
        [said("넘어가"), "넘어가", "", ""],
        [said("어제 산 책을 읽다가 밤을 새웠어"), "", "speech", "near"],
        [str(tmp_path / "hum.wav"), "", "silence", "near"],
    )
    ran = bench(matside, folder, "--json")
    assert ran.code == 0
    (told,) = ran.rows
    assert told["recall"]["all"] == {
        "clips": 3,
        "ours": 3,
        "ours_percent": 100.0,
        "plain": told["recall"]["all"]["plain"],
        "plain_percent": told["recall"]["all"]["plain_percent"],
    }
    assert set(told["by_condition"]) == {"quiet", "as recorded"}
    assert set(told["by_command"]) == {"easier", "stop", "next"}
    assert {kind: row["ours"] for kind, row in told["false_accepts"].items()} == {"speech": 0, "silence": 0}
    assert told["false_accepts"]["speech"]["plain"] > 0
    assert told["latency_ms"]["ours"]["gap"]["p50"] < told["latency_ms"]["plain"]["gap"]["p50"]
    assert told["confusions"] == told["missed"] == told["left_out"] == []
    people = bench(matside, folder)
    assert people.code == 0
    assert "Vosk alone" in people.out


def test_copies_are_the_same_every_time(matside, said, tmp_path):
    folder = manifest(tmp_path / "set", [said("너무 어려워"), "너무 어려워", "command", "quiet"])
    first, second = (json.loads(bench(matside, folder, "--mix", "--json").out) for _ in range(2))
    assert len(first["by_condition"]) == 6
    assert first["by_condition"] == second["by_condition"]
    assert first["missed"] == second["missed"]


def test_recordings_that_are_missing_or_broken_are_left_out_by_name(matside, said, tmp_path):
    name = said("정지")
    (tmp_path / "set" / "broken.wav").write_bytes(b"RIFF")
    folder = manifest(
        tmp_path / "set",
        [name, "정지", "command", "quiet"],
        ["missing.wav", "정지", "command", "quiet"],
        ["broken.wav", "", "speech", "quiet"],
        head=["Path", "Text", "Kind", "Condition"],
        delimiter=";",
    )
    ran = bench(matside, folder, "--json", "--no-plain")
    assert ran.code == 0
    assert len(ran.rows[0]["left_out"]) == 2
    assert "missing.wav" in ran.err
    assert "broken.wav" in ran.err
    assert ran.rows[0]["recall"]["all"]["clips"] == 1


def test_text_that_is_no_phrase_is_told_apart(matside, said, tmp_path):
    folder = manifest(tmp_path / "set", [said("정지"), "one more please", "command", "quiet"])
    told = bench(matside, folder, "--json", "--no-plain").rows[0]
    assert told["recall"] == {}
    assert told["unknown"]["one more please"]["clips"] == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "can't be read"),
        ("", "has no column path, text, kind, condition"),
        ("path,text\na.wav,b\n", "has no column kind, condition"),
        ("path,text,kind,condition\na.wav,too,hard,command,quiet\n", "line 2: 5 cells, not 4"),
        ("path,text,kind,condition\n,stop,command,quiet\n", "line 2: no path"),
        ("path,text,kind,condition\n", "names no recording"),
        ("path,text,kind,condition\nnone.wav,a,b,c\n", "names no recording that can be read"),
        ("path,text,path,kind,condition\na,b,c,d,e\n", "twice"),
    ],
)
def test_manifest_that_cannot_be_used_says_why(matside, tmp_path, text, expected):
    (tmp_path / "set").mkdir()
    if text is not None:
        (tmp_path / "set" / "manifest.csv").write_text(text)
    ran = bench(matside, tmp_path / "set", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert expected in ran.err
    assert len(ran.err.splitlines()) <= 2


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_recording_of_our_own_set_is_there_and_means_a_command_or_nothing(language):
    words = load_library().languages[language]
    book = Phrasebook.of(words.phrasebook)
    found = read_hearing_set(COMMANDS, book, language=language)
    assert found.left_out == ()
    unknown = [clip.name for clip in found.clips if clip.text and clip.wanted is None]
    assert len(unknown) < 0.1 * len(found.clips), "scripts/make_commands.py --voices drops what is no phrase"
    said = {clip.text for clip in found.clips if clip.wanted is not None}
    phrases = {plain(phrase) for phrases in book.phrases.values() for phrase in phrases}
    assert len(said & phrases) > 0.9 * len(phrases), "scripts/make_commands.py --voices makes those that lack"


def test_people_and_voices_that_training_never_met_are_heard_in_english(matside):
    """A floor, not the figure: that is in docs/model.md."""
    ran = matside("bench", "hearing", COMMANDS / "english", "--language", "en", "--json", "--no-plain")
    (told,) = ran.rows
    assert told["model"] == "matside-en"
    assert told["by_condition"]["people"]["ours_percent"] >= 75
    assert told["by_condition"]["voice"]["ours_percent"] >= 80
    assert len(told["confusions"]) <= 2
    assert told["false_accepts"]["speech"]["ours"] <= 1
