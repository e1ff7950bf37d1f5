"""The coach alone in a room whose delay jumps, with the real recognisers: it must not command itself."""

from pathlib import Path

import numpy as np
import pytest

from conftest import speak
from matside.content.library import load_library
from matside.hear.model_search import FoundModel, find_model
from matside.hear.vosk_recogniser import load_model
from matside.hear.wav_source import read_wav
from matside.measure.over_coach import Jumps, OverCoach
from matside.session.command import Situation
from matside.understand.phrasebook import Phrasebook
from room import say_missing

pytestmark = pytest.mark.model

LINES = {
    "ko": (
        "오늘 저녁은 편안하게. 어깨를 내려요.",
        "가장 편한 자세로 쉬세요. 심하거나 갑작스러운 통증, 출혈, 저린 느낌이 있나요?",
        "숨을 내쉬면서 엉덩이를 천천히 들어 올려요.",
        "다리 사이 감각 저하, 다리 힘 빠짐, 새로 생긴 심한 허리나 배 통증이 있나요?",
        "열이 있거나 몸이 안 좋은가요?",
        "이제 옆으로 누워서 무릎을 조금 굽혀요.",
    ),
    "en": (
        "Through the day, change your position often.",
        "Not today, then. Please get medical care now. Say repeat to hear this again.",
        "From here I listen only for wake up, stop, pain, and red words.",
        "Stopped. Breathe normally.",
        "Breathe out and lift your hips slowly.",
        "Is there pain in your chest, or are you short of breath at rest?",
        "Since last time, any bleeding, fluid leaking, or regular tightenings?",
        "Is that new numbness, or not being able to pass urine? Yes or no?",
    ),
}
ROUNDS = 1
SITUATIONS = (Situation.HOLD, Situation.CHECK, Situation.PAIN_ASK, Situation.DIZZY_ASK, Situation.END_ASK)
JUMP_EVERY_S = 2.0


@pytest.fixture(scope="module")
def english_model():
    """The model for commands that lies in the project, loaded once."""
    found = find_model("matside-en", Path("matside-en"))
    if not isinstance(found, FoundModel):
        say_missing("models/matside-en")
    return load_model(found.path)


@pytest.mark.parametrize("echo_db", [-36, -24, -16])
@pytest.mark.parametrize("code", ["ko", "en"])
def test_the_coach_does_not_command_itself_where_blocks_are_lost(code, echo_db, request, tmp_path):
    model = request.getfixturevalue({"ko": "korean_model", "en": "english_model"}[code])
    book = Phrasebook.of(load_library().languages[code].phrasebook)
    voice = {"ko": "ko", "en": "en-us"}[code]
    lines = [
        (text, read_wav(speak(text, tmp_path / f"{number}.wav", voice)))
        for number, text in enumerate(LINES[code])
    ]
    room = OverCoach(model, book, lines, echo_db=echo_db, jump_every_s=JUMP_EVERY_S)
    taken = [
        command
        for situation in SITUATIONS
        for command in room.hear_coach_alone(situation, ROUNDS * len(lines)).taken
    ]
    assert taken == []


def test_jumps_are_the_same_every_time_and_come_both_ways():
    count = np.arange(1, 16_000 * 60 + 1, dtype=np.float32)

    def through(jumps):
        return np.concatenate([jumps.through(count[at : at + 512]) for at in range(0, len(count), 512)])

    heard = through(Jumps(2.0))
    assert np.array_equal(heard, through(Jumps(2.0)))
    late = (count - heard)[heard > 0]
    moves = np.diff(late)[np.diff(late) != 0]
    assert len(moves) > 20
    assert moves.min() < -160
    assert moves.max() > 160
    assert 0 <= late.min() <= late.max() <= 8_000
    assert np.array_equal(Jumps().through(count), count)
