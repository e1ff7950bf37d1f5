"""Vosk alone, as its own examples use it: the yardstick beside which ours is put.

One recogniser with the same phrases as its grammar, fed with what the microphone takes in blocks of a quarter
of a second; an utterance ends when Vosk says so; and a command counts wherever its words stand in a result.
No canceller, no voice detector, no rule about the whole utterance.
"""

import json
import re
import time
from typing import Final

import numpy as np

from matside.hear.vosk_library import open_vosk
from matside.hear.vosk_recogniser import Model
from matside.measure.hearing import Result, Scene, Taken
from matside.pcm import HEARING_RATE_HZ
from matside.understand.phrasebook import Phrasebook
from matside.units import Samples

_BLOCK: Final[Samples] = 4_000
"""As in Vosk's examples."""


def hear_plainly(scene: Scene, model: Model, book: Phrasebook) -> Result:
    """Hear one scene with a recogniser of its own."""
    phrases = book.phrases_for(scene.clip.situation)
    model = model.as_general
    unknown = ["[unk]"] if model.knows("[unk]") else []
    grammar = json.dumps([*phrases, *unknown], ensure_ascii=False)
    # A model with a graph of its own takes no grammar: it hears what that graph holds.
    extra = (grammar,) if model.commands is None else ()
    recogniser = open_vosk().KaldiRecognizer(model.handle, float(HEARING_RATE_HZ), *extra)
    result = Result(scene=scene)
    for at in range(0, len(scene.sound), _BLOCK):
        whole = np.clip(np.rint(scene.sound[at : at + _BLOCK] * 32767), -32768, 32767).astype("<i2")
        began_s = time.process_time()
        answer = recogniser.Result() if recogniser.AcceptWaveform(whole.tobytes()) else "{}"
        took_s = time.process_time() - began_s
        result.computed_s += took_s
        _note(result, answer, (at + len(whole)) / 16 + took_s * 1000, book)
    _note(result, recogniser.FinalResult(), len(scene.sound) / 16, book)
    return result


def _note(result: Result, answer: str, at_ms: float, book: Phrasebook) -> None:
    text = str(json.loads(answer).get("text", ""))
    here = book.by_situation[result.scene.clip.situation]
    while text:
        found = [(match.start(), -len(phrase), phrase) for phrase in here if (match := _within(phrase, text))]
        if not found:
            return
        at, _, phrase = min(found)
        result.taken.append(Taken(command=here[phrase], text=phrase, decided_ms=at_ms, ended_ms=round(at_ms)))
        text = text[at + len(phrase) :]


def _within(phrase: str, text: str) -> "re.Match[str] | None":
    return re.search(rf"(?<!\S){re.escape(phrase)}(?!\S)", text)
