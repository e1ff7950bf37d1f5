"""The coach's voice for one person and language: which engine, which voice, how fast, kept where."""

from matside.content.language import Language
from matside.say.prerender import Prerenderer
from matside.say.pyttsx3_voice import Pyttsx3Voice
from matside.say.speech_cache import SpeechCache
from matside.say.voice import Manner
from matside.settings import Paths, Settings


def manner_of(language: Language, settings: Settings) -> Manner:
    """Give who speaks and how fast: the person's choice first, then the language's."""
    own = (settings.voice,) if settings.voice else ()
    return Manner(
        language=language.code,
        preferred=(*own, *language.voices.get(Pyttsx3Voice.name, ())),
        rate_wpm=settings.rate_wpm or language.rate_wpm,
    )


def open_voice(language: Language, settings: Settings) -> Pyttsx3Voice:
    """Open the engine; nothing starts before the first text."""
    return Pyttsx3Voice(manner_of(language, settings))


def open_speech(language: Language, settings: Settings, paths: Paths) -> Prerenderer:
    """Open the renderer and its cache."""
    return Prerenderer(open_voice(language, settings), SpeechCache(paths.speech))
