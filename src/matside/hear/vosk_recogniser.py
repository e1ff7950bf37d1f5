"""The one door to Vosk: a model is loaded, words are looked up, one utterance after the other is recognised.

Vosk knows no list of phrases: its grammar is a word bigram, so what comes back may be any order of the words
that were given, and somebody who compares the whole utterance with whole phrases must follow. Words that the
model doesn't know are dropped from a grammar without a trace; `missing_words` finds them. Every utterance
gets a recogniser of its own (1 ms): it depends on nothing that was said before, and times start at zero.

A model made for commands (`command_model`) has a graph of whole phrases instead, and gives scores to compare;
so does a folder that goes with a general model (`companion`).

All calls of one recogniser belong to one thread; Vosk ends the whole process otherwise.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from matside.errors import EdgeError
from matside.hear.command_model import (
    COMPANION,
    READINGS,
    CommandGraph,
    CommandModel,
    best_reading,
    is_command_model,
)
from matside.hear.companion import LEAVE, open_companion
from matside.hear.model_search import model_problem
from matside.hear.vosk_library import open_vosk
from matside.pcm import HEARING_RATE_HZ, Signal
from matside.understand.transcript import UNKNOWN, Word
from matside.units import Db

_DENOISING_DB: Final = (-12.0, 0.0)
"""Measured: a model of read speech hears 41 % in place of 24 % at 12 dB of noise; in quiet a little less."""
_GET_AGAIN: Final = "Get the model again: matside setup"


class Recogniser(Protocol):
    """What turns an utterance into words. Word times are counted from the utterance's first sample."""

    @property
    def denoising_db(self) -> tuple[Db, Db]:
        """The floor of the denoiser that suits it, in noise and in a quiet room; 0 for none."""
        ...

    def attend(self, phrases: Sequence[str]) -> None:
        """Listen for these phrases from the next utterance on."""
        ...

    def accept(self, samples: Signal) -> None:
        """Take the next sound of the utterance, at 16 kHz."""
        ...

    def finish(self) -> tuple[Word, ...]:
        """End the utterance and give its words; the next `accept` begins another."""
        ...

    def drop(self) -> None:
        """Forget the utterance."""
        ...


class Model:
    """A loaded model. It may be shared by recognisers; loading takes seconds, so do it in the background.

    Args:
        path: The model's folder, known to be whole.
        models: The person's own folder of models, for one that goes with another.

    Attributes:
        commands: What is particular to a graph of commands; None for a general model with its own graph.
    """

    def __init__(self, path: Path, models: Path | None = None) -> None:
        self.path = path
        self.commands = _commands(path, models)
        self.handle = _load(path) if self.commands is None else self.commands.open(_load)

    def hold(self, phrases: Sequence[str]) -> bool:
        """Put phrases into a graph of commands.

        All phrases of the graph stay in it: one that makes no sense now is still better heard as itself than
        as another that does.

        Returns:
            Whether `handle` is another now, because the graph lacked some.
        """
        if self.commands is None or not self.commands.lacks(phrases):
            return False
        self.handle = self.commands.hold(phrases, _load)
        return True

    @cached_property
    def as_general(self) -> "Model":
        """The general model that a companion goes with, loaded for it; any other model is itself."""
        general = None if self.commands is None else self.commands.general
        return self if general is None else load_model(general)

    def knows(self, word: str) -> bool:
        """Say whether the model's vocabulary, or its graph of commands, has this word."""
        return int(self.handle.vosk_model_find_word(word)) >= 0

    def missing_words(self, phrases: Iterable[str]) -> list[str]:
        """List the words of these phrases that the model doesn't know, each once, in order."""
        words = dict.fromkeys(word for phrase in phrases for word in phrase.lower().split())
        return [word for word in words if not self.knows(word)]


def load_model(path: Path, models: Path | None = None) -> Model:
    """Load a model from its folder. Takes seconds and, for a general one, 500 megabytes.

    Args:
        path: The model's folder.
        models: The person's own folder of models, for one that goes with another.

    Raises:
        EdgeError: Vosk isn't installed, the folder isn't a whole model, or Vosk refuses it.
    """
    if problem := model_problem(path):
        raise EdgeError(f"{path} is no speech model: {problem}.", hint=_GET_AGAIN)
    try:
        vosk = open_vosk()
    except (ImportError, OSError) as error:
        raise EdgeError(f"Vosk can't be loaded: {error}.", hint="Install it: pip install vosk") from error
    vosk.SetLogLevel(-1)
    try:
        return Model(path, models)
    except EdgeError:
        raise
    except Exception as error:  # vosk raises the bare class
        hint = LEAVE if (path / COMPANION).is_file() else _GET_AGAIN
        raise EdgeError(f"Vosk refuses the model in {path}.", hint=hint) from error


def _commands(path: Path, models: Path | None) -> CommandGraph | None:
    if is_command_model(path):
        return CommandModel(path)
    return open_companion(path, models) if (path / COMPANION).is_file() else None


def _load(path: Path) -> Any:
    import vosk

    return vosk.Model(model_path=_plain_path(path))


def _plain_path(path: Path) -> str:
    given = str(path)
    return _short_path(given) if sys.platform == "win32" and not given.isascii() else given


class VoskRecogniser:
    """Recognise one utterance at a time among the phrases attended to; without phrases, anything."""

    def __init__(self, model: Model, phrases: Sequence[str] = ()) -> None:
        self._model = model
        self._grammar: str | None = None
        self._recogniser: Any = None
        self._heard: list[Word] = []
        self._is_fed = False
        self.attend(phrases)

    @property
    def denoising_db(self) -> tuple[Db, Db]:
        """The floor of the denoiser that suits the model, in noise and in a quiet room."""
        return _DENOISING_DB if self._model.commands is None else self._model.commands.denoising_db

    def attend(self, phrases: Sequence[str]) -> None:
        """Listen for these phrases from the next utterance on.

        Phrases with words that the model doesn't know are left out: Vosk would drop just the word, and
        "burpees next" would be heard as "next".
        """
        known = [phrase.lower() for phrase in phrases if not self._model.missing_words([phrase])]
        is_new = self._model.hold(known)
        listed = [*dict.fromkeys(known), *([UNKNOWN] if self._model.knows(UNKNOWN) else [])]
        grammar = json.dumps(listed, ensure_ascii=False) if phrases else None
        if self._model.commands is None:
            self._grammar = grammar
        elif not is_new:
            return
        if not self._is_fed:
            self._recogniser = None

    def prepare(self) -> None:
        """Build what the next utterance needs, so that its first sound isn't late."""
        if self._recogniser is None:
            vosk = open_vosk()
            extra = () if self._grammar is None else (self._grammar,)
            self._recogniser = vosk.KaldiRecognizer(self._model.handle, float(HEARING_RATE_HZ), *extra)
            self._recogniser.SetWords(True)  # noqa: FBT003
            if self._model.commands is not None:
                self._recogniser.SetMaxAlternatives(READINGS)

    def accept(self, samples: Signal) -> None:
        """Take the next sound of the utterance, at 16 kHz.

        Vosk may end the utterance by its own rule where a pause within it is long; what it has by then is
        kept, and the rest is added to it.
        """
        self.prepare()
        self._is_fed = True
        whole = np.clip(np.rint(samples * 32767.0), -32768, 32767).astype("<i2")
        if self._recogniser.AcceptWaveform(whole.tobytes()):
            self._heard += self._read(self._recogniser.Result())

    def finish(self) -> tuple[Word, ...]:
        """End the utterance and give its words; the next `accept` begins another."""
        if not self._is_fed:
            return ()
        # FinalResult flushes the network's right context; Result loses the last word of one in five.
        heard = (*self._heard, *self._read(self._recogniser.FinalResult()))
        self.drop()
        return heard

    def drop(self) -> None:
        """Forget the utterance."""
        self._recogniser, self._heard, self._is_fed = None, [], False

    def _read(self, answer: str) -> Sequence[Word]:
        commands = self._model.commands
        if commands is None:
            return _words(answer)
        return best_reading(json.loads(answer), commands.confidence, commands.reading)


def _words(answer: str) -> list[Word]:
    """Read Vosk's JSON; it has no "result" where no word was heard."""
    return [
        Word(
            text=str(entry["word"]),
            start_ms=round(entry["start"] * 1000),
            end_ms=round(entry["end"] * 1000),
            confidence=float(entry["conf"]),
        )
        for entry in json.loads(answer).get("result", [])
    ]


def _short_path(path: str) -> str:
    """Give Windows' plain-letter alias of a path, because Vosk opens no other there.

    Raises:
        EdgeError: The disk keeps no such aliases.
    """
    import ctypes

    kernel: Any = getattr(ctypes, "windll").kernel32  # noqa: B009
    buffer = ctypes.create_unicode_buffer(32_768)
    kernel.GetShortPathNameW(path, buffer, len(buffer))
    if buffer.value and buffer.value.isascii():
        return buffer.value
    raise EdgeError(
        f"Vosk can't open {path}: the path has letters beyond ASCII.",
        hint="Move it to a plain path such as C:\\ProgramData\\matside\\models; pass that with --model.",
    )
