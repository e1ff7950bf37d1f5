"""Every cue of every phase fits its time as it is really spoken, in every language."""

import pytest

from matside.content.library import load_library
from matside.run.speech import open_speech
from matside.session.cueing import LEAD_MS
from matside.settings import Settings, find_paths

LIBRARY = load_library()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("code", sorted(LIBRARY.languages))
def test_the_shortest_wording_of_each_cue_ends_before_the_middle_of_its_phase(code, tmp_path):
    words = LIBRARY.languages[code]
    speech = open_speech(words, Settings(language=code), find_paths({"MATSIDE_HOME": str(tmp_path)}))
    spoken = {}
    for exercise in LIBRARY.exercises.values():
        texts = words.exercises[exercise.id].cues
        for level in exercise.all_levels:
            for phase in level.phases:
                key = texts[phase.cue][-1]
                room_ms = LEAD_MS + max(phase.length_ms // 2, 900)
                spoken[key] = min(room_ms, spoken.get(key, room_ms))
    speech.prerender(list(spoken), lambda _done, _all: None)
    assert speech.problem is None or speech.problem == ""
    long = {
        text: speech.length_ms(text) for text, room_ms in spoken.items() if speech.length_ms(text) > room_ms
    }
    assert long == {}
