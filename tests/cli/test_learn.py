"""`matside learn` and `matside about`: read, heard, written down, in both languages."""

import wave

import pytest

from matside.content.library import load_library
from matside.content.wording import estimated_ms

LIBRARY = load_library()


def test_cards_are_listed_without_those_that_speak_of_a_baby(matside):
    ran = matside("learn")
    assert ran.code == 0
    listed = [line.split()[0] for line in ran.out.splitlines()]
    assert listed == [card.id for card in LIBRARY.cards.values() if not card.opt_in]
    assert "learn --all" in ran.err


def test_all_cards_are_listed_when_asked_for(matside):
    ran = matside("learn", "--all")
    assert [line.split()[0] for line in ran.out.splitlines()] == list(LIBRARY.cards)
    assert "--all" not in ran.err


def test_who_asked_for_baby_tips_sees_their_card_until_she_hides_them(matside):
    matside("profile", "set", "--baby-tips")
    assert "baby-care" in matside("learn").out
    matside("profile", "set", "--hide-baby-tips")
    assert "baby-care" not in matside("learn").out


@pytest.mark.parametrize("language", LIBRARY.languages)
@pytest.mark.parametrize("card", LIBRARY.cards)
def test_every_card_is_read_whole_within_eighty_columns(matside, card, language):
    ran = matside("learn", card, "--language", language)
    text = LIBRARY.languages[language].cards[card]
    assert (ran.code, ran.err) == (0, "")
    assert " ".join(ran.out.split()) == " ".join((text.title, *text.lines))
    assert all(len(line) <= 80 for line in ran.out.splitlines())


@pytest.mark.parametrize("name", ["sit-ups", "SIT UPS", "why no sit-ups", "crunches"])
def test_a_card_is_found_by_whatever_it_is_called(matside, name):
    assert matside("learn", name).out.startswith("Why no sit-ups\n")


def test_a_slip_is_answered_with_the_nearest_card_in_two_lines(matside):
    ran = matside("learn", "warmt")
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 2
    assert 'did you mean "warmth"' in ran.err
    assert "baby" not in ran.err


def test_a_card_is_given_to_scripts_with_its_sources(matside):
    (row,) = matside("learn", "sit-ups", "--json").rows
    assert row["card"] == "sit-ups"
    assert row["review"] == "draft"
    assert {"ref", "claim", "mark"} == set(row["sources"][0])
    assert len(matside("learn", "--json").rows) == len(LIBRARY.cards) - 1


def test_sources_are_shown_with_how_far_they_were_checked(matside):
    assert "GLUPPE-23 [V]" in matside("learn", "sit-ups", "--sources").out


def test_a_card_is_written_as_sound_that_lasts_about_as_long_as_it_takes_to_say(matside, tmp_path):
    file = tmp_path / "warmth.wav"
    ran = matside("learn", "warmth", "--wav", file)
    assert (ran.code, ran.err) == (0, f"Written: {file}\n")
    with wave.open(str(file)) as sound:
        length_s = sound.getnframes() / sound.getframerate()
        frames = sound.readframes(sound.getnframes())
    said_s = sum(estimated_ms(line) for line in LIBRARY.languages["en"].cards["warmth"].lines) / 1000
    assert 0.4 * said_s < length_s < 2 * said_s
    assert len(set(frames)) > 100


def test_a_file_that_can_not_be_written_is_told_in_two_lines(matside, tmp_path):
    ran = matside("learn", "warmth", "--wav", tmp_path / "nowhere" / "x.wav")
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 2


def test_saying_needs_a_card(matside):
    ran = matside("learn", "--say")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 2


@pytest.mark.room
def test_a_card_is_said_in_the_room_while_its_lines_appear(room, process, tmp_path):
    ran = process("learn", "warmth", "--say", "--rate", "300")
    assert ran.code == 0, ran.err
    text = LIBRARY.languages["en"].cards["warmth"]
    assert " ".join(ran.out.split()) == " ".join((f"{text.title}.", *text.lines))


@pytest.mark.parametrize("language", LIBRARY.languages)
def test_about_says_whose_advice_counts_that_it_is_a_draft_and_where_files_are(matside, home, language):
    ran = matside("about", "--language", language)
    assert (ran.code, ran.err) == (0, "")
    told = " ".join(ran.out.split())
    about = LIBRARY.languages[language].about
    for sentences in (about.what, about.standing, about.draft, about.offline, about.credit):
        assert " ".join(sentences) in told
    assert str(home / "data") in told
    assert "MIT" in told


def test_about_is_given_to_scripts(matside):
    (row,) = matside("about", "--json").rows
    assert row["standing"] == list(LIBRARY.languages["en"].about.standing)
    assert row["drafts"] > 0
    assert set(row["folders"]) == {"history", "settings", "speech", "journal"}
