"""Are others talking in the room, or a television? Then a word must be clearer, or be said again.

A person alone on the mat says a word and is quiet. Who talks says longer things, one after the other, and one
in a hundred of them sounds like a command. So utterances that are longer than a command and are none count as
talk; where there were two of them within twenty seconds, a command is taken only if the recogniser is surer
than it otherwise must be. A word that isn't sure enough and is said again within a few seconds counts all the
same: so does a person who wasn't obeyed, and so seldom a television. What confidence is worth depends on the
model: of one made for commands it is calibrated; of the general ones it is nearly always 1, and this changes
nothing.
"""

from dataclasses import dataclass, replace
from typing import Final

from matside.session.command import Command, Ignored
from matside.understand.transcript import Transcript
from matside.units import Ms

LONGER_MS: Final[Ms] = 1_000
WITHIN_MS: Final[Ms] = 20_000
TIMES: Final = 2
SURE: Final = 0.93
"""Of a game's dialogue and a telephone's prompts, 139 minutes, 13 lines were taken for a command, with this 3
(with 0.9: 4; with 0.98: 3). Some 5 in a hundred commands of people alone are less sure."""
AGAIN_MS: Final[Ms] = 6_000
UNSURE: Final = "not sure enough among other talk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who else was heard lately.

    Attributes:
        talk_ms: When the latest long utterances ended that were no command.
        doubted: The words that weren't sure enough last, and when they ended.
    """

    talk_ms: tuple[Ms, ...] = ()
    doubted: tuple[str, Ms] | None = None

    def doubts(self, transcript: Transcript) -> bool:
        """Tell whether an utterance, though a command by its words, is likely a part of others' talk."""
        is_talking = sum(ended_ms > transcript.began_ms - WITHIN_MS for ended_ms in self.talk_ms) >= TIMES
        if not is_talking or min(word.confidence for word in transcript.words) >= SURE:
            return False
        if self.doubted is None:
            return True
        text, ended_ms = self.doubted
        return text != transcript.text or transcript.began_ms - ended_ms > AGAIN_MS

    def after(self, transcript: Transcript, decision: Command | Ignored) -> "Company":
        """Give the company with one more utterance heard, the coach's own not among them."""
        if not isinstance(decision, Ignored):
            return replace(self, doubted=None)
        if decision.reason == UNSURE:
            return replace(self, doubted=(transcript.text, transcript.ended_ms))
        if transcript.ended_ms - transcript.began_ms < LONGER_MS:
            return self
        return replace(self, talk_ms=(*self.talk_ms, transcript.ended_ms)[-TIMES:])


NOBODY: Final = Company()
