"""Are others talking in the room, or a television? Then a word must be clearer, or be said again.

A person alone on the mat says a word and is quiet. Who talks says longer things, one after the other, and one
in a hundred of them sounds like a command. So utterances that are longer than a command and are none count as
talk; where there were two of them within twenty seconds, a command is taken only if the recogniser is surer
than it otherwise must be. A word that isn't sure enough and is said again within a few seconds counts all the
same: so does a person who wasn't obeyed, and so seldom a television. What confidence is worth depends on the
model: of one made for commands it is calibrated, and a word that leads all else by too little must be said
again wherever it is said; of the general ones it is nearly always 1, and this changes nothing. What sends for
help is taken at once, but for a doubtful word among others' talk.

Who counts aloud with a movement says short words in a row, one every second or two, and a recogniser that
knows few words makes commands of some of them. Nobody gives four commands in eight seconds: from the fourth
word of a row on, a command counts after a breath's silence, or the third time running. "Stop", "pause" and
what sends for help are taken at once.
"""

from dataclasses import dataclass, replace
from typing import Final

from matside.session.command import Command, Ignored
from matside.understand.transcript import UNKNOWN, Transcript
from matside.units import Ms

LONGER_MS: Final[Ms] = 1_000
WITHIN_MS: Final[Ms] = 20_000
TIMES: Final = 2
SURE: Final = 0.93
"""Of a game's dialogue and a telephone's prompts, 139 minutes, 13 lines were taken for a command, with this 3
(with 0.9: 4; with 0.98: 3). Some 5 in a hundred commands of people alone are less sure."""
AGAIN_MS: Final[Ms] = 6_000
UNSURE: Final = "not sure enough; said again, it counts"
ROW: Final = 3
"""Words before it that make a command one of a row; with 2, who tries again after two misses is doubted."""
ROW_MS: Final[Ms] = 2_400
"""From the beginning of one word to that of the next. Who tries again has waited for an answer."""
RUNNING: Final = 2
"""Times that one of a row is doubted: "five" and "six" in Korean sound like the same wrong word."""
ONE_OF_A_ROW: Final = "one of a row of words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who else was heard lately.

    Attributes:
        talk_ms: When the latest long utterances ended that were no command.
        row: How many short words there were in a row, each soon after the one before.
        row_ms: When the latest of the row began, or a sound without words among them.
        doubted: The words that weren't taken last, and when they ended.
        times: How often running these were doubted.
    """

    talk_ms: tuple[Ms, ...] = ()
    row: int = 0
    row_ms: Ms = 0
    doubted: tuple[str, Ms] | None = None
    times: int = 0

    def doubts(self, transcript: Transcript, *, is_red: bool = False) -> bool:
        """Tell whether an utterance, though a command by its words, must be said again to count.

        Args:
            transcript: What was heard.
            is_red: Whether it sends for help: then only what is doubtful and among others' talk.
        """
        is_talking = sum(ended_ms > transcript.began_ms - WITHIN_MS for ended_ms in self.talk_ms) >= TIMES
        is_sure = min(word.confidence for word in transcript.words) >= SURE
        is_doubtful = any(word.is_doubtful for word in transcript.words)
        is_unsure = is_doubtful and is_talking if is_red else is_doubtful or (is_talking and not is_sure)
        return is_unsure and self._times_said(transcript) < 1

    def counts(self, transcript: Transcript) -> bool:
        """Tell whether an utterance, though a command by its words, is likely one of a row."""
        is_in_row = self.row >= ROW and transcript.began_ms - self.row_ms <= ROW_MS
        return is_in_row and self._times_said(transcript) < RUNNING

    def after(self, transcript: Transcript, decision: Command | Ignored) -> "Company":
        """Give the company with one more utterance heard, the coach's own not among them."""
        is_short = transcript.ended_ms - transcript.began_ms < LONGER_MS
        after = self._with_row(transcript) if is_short else replace(self, row=0)
        if not isinstance(decision, Ignored):
            return replace(after, doubted=None, times=0)
        if decision.reason in {UNSURE, ONE_OF_A_ROW}:
            doubted = (transcript.text, transcript.ended_ms)
            return replace(after, doubted=doubted, times=self._times_said(transcript) + 1)
        if is_short:
            return after
        return replace(after, talk_ms=(*self.talk_ms, transcript.ended_ms)[-TIMES:])

    def _with_row(self, transcript: Transcript) -> "Company":
        goes_on = self.row > 0 and transcript.began_ms - self.row_ms <= ROW_MS
        # A cry or a cough is no word.
        is_word = any(word.text != UNKNOWN and not word.is_doubtful for word in transcript.words)
        return replace(self, row=(self.row if goes_on else 0) + is_word, row_ms=transcript.began_ms)

    def _times_said(self, transcript: Transcript) -> int:
        """Tell how often these very words were doubted just before."""
        if self.doubted is None:
            return 0
        text, ended_ms = self.doubted
        is_same = text == transcript.text and transcript.began_ms - ended_ms <= AGAIN_MS
        return self.times if is_same else 0


NOBODY: Final = Company()
