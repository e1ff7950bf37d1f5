"""Are others talking in the room, or a television? Then a word must be clearer, or be said again.

A person alone on the mat says a word and is quiet. Who talks says longer things, one after the other, and one
in a hundred of them sounds like a command. So utterances that are longer than a command and are none count as
talk; where there were two of them within twenty seconds, a command is taken only if the recogniser is surer
than it otherwise must be. A word that isn't sure enough and is said again within a few seconds counts all the
same: so does a person who wasn't obeyed, and so seldom a television. What confidence is worth depends on the
model: of one made for commands it is calibrated, and a word that leads all else by too little must be said
again wherever it is said; of the general ones it says less (1 for 86 % of right Korean commands, and for half
of the wrong ones). What sends for help is taken at once, but among others' talk: there it is asked for less
certainty than the rest, yet must not be what is left of a sentence, close upon it or drawn out longer than
its words last. For it ends the session, and a stranger's last words, "...지 뭐야", are "진통 와" to a
recogniser that knows few words. Words that are no command, six in twenty seconds, are others' talk to it even
where each is short, as a telephone's prompts are; a person who tries again and again says fewer. What it
doubts it remembers for as long as it remembers talk, whatever is said between: calls for help and dizziness
confirm each other.

Who counts aloud with a movement says short words in a row, one every second or two, and a recogniser that
knows few words makes commands of some of them. Nobody gives four commands in eight seconds: from the fourth
word of a row on, a command counts after a breath's silence, or the third time running. Urgent ones and
answers are taken at once.
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
"""Of people's English commands near 97 % are taken from a person alone; 84 % are so sure (docs/model.md)."""
SURE_OF_HELP: Final = 0.7
"""The same of what sends for help or stops for dizziness: of synthesised calls near, 93 % are so sure."""
STRAYS: Final = 6
"""Short utterances that are no command, a long one counting for two, that are others' talk to these."""
AGAIN_FOR_HELP_MS: Final[Ms] = WITHIN_MS
AGAIN_MS: Final[Ms] = 6_000
UNSURE: Final = "not sure enough; said again, it counts"
ROW: Final = 3
"""Words before it that make a command one of a row; with 2, who tries again after two misses is doubted."""
ROW_MS: Final[Ms] = 2_400
"""From the beginning of one word to that of the next. Who tries again has waited for an answer."""
RUNNING: Final = 2
"""Times that one of a row is doubted: "five" and "six" in Korean sound like the same wrong command."""
ONE_OF_A_ROW: Final = "one of a row of words"
NO_PHRASE: Final = "not a phrase"
FOR_HELP: Final = frozenset({Command.RED, Command.DIZZY})
"""What ends or stops everything, so that it costs much when it is taken wrongly."""
_URGENT: Final = FOR_HELP | {Command.STOP, Command.PAUSE, Command.PAIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who else was heard lately.

    Attributes:
        talk_ms: When the latest long utterances ended that were no command.
        strays_ms: When the latest short ones ended that were none.
        row: How many short words there were in a row, each soon after the one before.
        row_ms: When the latest of the row began, or a sound without words among them.
        word_ms: When the latest of its words began.
        doubted: The command that wasn't taken last, and when its words ended.
        times: How often running it was doubted.
        called_ms: When the latest call for help, or of dizziness, ended that wasn't taken.
    """

    talk_ms: tuple[Ms, ...] = ()
    strays_ms: tuple[Ms, ...] = ()
    row: int = 0
    row_ms: Ms = 0
    word_ms: Ms = 0
    doubted: tuple[Command, Ms] | None = None
    times: int = 0
    called_ms: Ms | None = None

    def doubts(
        self, transcript: Transcript, command: Command, *, since_ms: Ms = 0, is_part: bool = False
    ) -> bool:
        """Tell whether an utterance, though a command by its words, must be said again to count.

        What sends for help, or stops for dizziness, must be so only among others' talk.

        Args:
            transcript: What was heard.
            command: What it means.
            since_ms: When the question began that it answers; what was said before it is no answer.
            is_part: Whether it may be a part of other talk, by its time.
        """
        lately = _lately(self.talk_ms, transcript.began_ms)
        confidence = min(word.confidence for word in transcript.words)
        is_doubtful = any(word.is_doubtful for word in transcript.words)
        if command in FOR_HELP:
            strays = _lately(self.strays_ms, transcript.began_ms)
            is_among_talk = lately >= TIMES or 2 * lately + strays >= STRAYS
            is_unsure = is_among_talk and (is_doubtful or confidence < SURE_OF_HELP)
            return (is_unsure or (lately > 0 and is_part)) and not self._was_called(transcript)
        is_unsure = is_doubtful or (lately >= TIMES and confidence < SURE)
        return is_unsure and self._times_said(transcript, command, since_ms) < 1

    def is_away(self, at_ms: Ms) -> bool:
        """Tell whether nobody else was heard to talk in the time before a moment."""
        return not _lately(self.talk_ms, at_ms)

    def counts(self, transcript: Transcript, command: Command) -> bool:
        """Tell whether an utterance, though a command by its words, is likely one of a row."""
        is_in_row = self.row >= ROW and self._goes_on(transcript)
        return is_in_row and self._times_said(transcript, command) < RUNNING

    def after(self, transcript: Transcript, decision: Command | Ignored) -> "Company":
        """Give the company with one more utterance heard, the coach's own not among them."""
        is_short = transcript.ended_ms - transcript.began_ms < LONGER_MS
        after = self._with_row(transcript) if is_short else replace(self, row=0)
        if not isinstance(decision, Ignored):
            called_ms = None if decision in FOR_HELP else self.called_ms
            return replace(after, doubted=None, times=0, called_ms=called_ms)
        if decision.meant in FOR_HELP:
            return replace(after, called_ms=transcript.ended_ms)
        if not is_short and decision.meant not in _URGENT:
            after = replace(after, talk_ms=(*self.talk_ms, transcript.ended_ms)[-TIMES:])
        elif decision.reason == NO_PHRASE:
            after = replace(after, strays_ms=(*self.strays_ms, transcript.ended_ms)[-STRAYS:])
        if decision.meant is None:
            return after
        times = self._times_said(transcript, decision.meant) + 1
        return replace(after, doubted=(decision.meant, transcript.ended_ms), times=times)

    def _with_row(self, transcript: Transcript) -> "Company":
        row = self.row if self._goes_on(transcript) else 0
        # A cry or a cough is no word.
        if any(word.text != UNKNOWN and not word.is_doubtful for word in transcript.words):
            return replace(self, row=row + 1, row_ms=transcript.began_ms, word_ms=transcript.began_ms)
        return replace(self, row=row, row_ms=transcript.began_ms)

    def _goes_on(self, transcript: Transcript) -> bool:
        """Tell whether a row goes on; one number may go unheard, but hard breathing alone is no row."""
        since_ms, since_word_ms = transcript.began_ms - self.row_ms, transcript.began_ms - self.word_ms
        return self.row > 0 and since_ms <= ROW_MS and since_word_ms <= 2 * ROW_MS

    def _was_called(self, transcript: Transcript) -> bool:
        """Tell whether help was called for, or dizziness told of, a short time before."""
        return self.called_ms is not None and transcript.began_ms - self.called_ms <= AGAIN_FOR_HELP_MS

    def _times_said(self, transcript: Transcript, command: Command, since_ms: Ms = 0) -> int:
        """Tell how often running this command was doubted just before, in whatever words."""
        if self.doubted is None:
            return 0
        doubted, ended_ms = self.doubted
        is_same = doubted is command and transcript.began_ms - ended_ms <= AGAIN_MS and ended_ms > since_ms
        return self.times if is_same else 0


def _lately(ended_ms: tuple[Ms, ...], at_ms: Ms) -> int:
    """Count what ended within the time before a moment that talk is remembered for."""
    return sum(one_ms > at_ms - WITHIN_MS for one_ms in ended_ms)


NOBODY: Final = Company()
