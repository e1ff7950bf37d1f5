"""Every text is rendered to its end, however often the engine breaks off."""

import sys

import numpy as np
import pytest

from matside.say.pyttsx3_voice import Pyttsx3Voice
from matside.say.rendered import read_rendered
from matside.say.voice import Manner
from matside.say.voice_worker import _is_whole
from stage import library

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only espeak breaks off")


@pytest.mark.parametrize("code", ["en", "ko"])
def test_no_text_is_empty_or_cut_short(tmp_path, code):
    language = library().languages[code]
    texts = [text for line in language.lines.values() for text in line.wording if "{" not in text]
    manner = Manner(language=code, preferred=language.voices["pyttsx3"], rate_wpm=language.rate_wpm)
    voice = Pyttsx3Voice(manner)
    path = tmp_path / "said.wav"
    try:
        for text in texts * 4:
            path.unlink(missing_ok=True)
            voice.render(text, path)
            samples, rate_hz = read_rendered(path)
            assert len(samples) > 0.5 * rate_hz, text
            assert np.abs(samples[-round(0.3 * rate_hz) :]).max() < 0.01, text
    finally:
        voice.close()


def test_file_that_breaks_off_is_not_whole(tmp_path):
    from matside.hear.wav_source import write_wav

    path = tmp_path / "said.wav"
    assert not _is_whole(path, 150)
    write_wav(path, np.zeros(0, np.float32))
    assert not _is_whole(path, 150)
    sound = np.full(16_000, 0.1, np.float32)
    write_wav(path, sound)
    assert not _is_whole(path, 150)
    write_wav(path, np.concatenate([sound, np.zeros(6_200, np.float32)]))
    assert _is_whole(path, 150)
