"""A transcript becomes a command, or is ignored for a reason. Total, pure, and on the main thread.

A command is taken only if the *whole* utterance between two silences is exactly one phrase of the
phrasebook that makes sense now, but for a stumble (`strays`). The recogniser's confidence rejects
little (of the Korean model 86 % of right commands and half of the wrong ones have 1), its word order does:
this rule alone took false words on 100 s of chatter from 146 to 0.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from matside.session.command import Command, Ignored, Situation
from matside.understand.company import FOR_HELP, NO_PHRASE, NOBODY, ONE_OF_A_ROW, UNSURE, Company
from matside.understand.echo import Duplex, OwnLine, is_over_coach, is_own_voice, is_shut_out, spoken_of
from matside.understand.phrasebook import Phrasebook
from matside.understand.strays import without_stumbles
from matside.understand.transcript import Transcript
from matside.units import Ms

SHORTEST_MS: Ms = 120
LONGEST_MS: Ms = 2_600
LETTER_MS: Ms = 110
DRAWN_OUT_MS: Ms = 500
"""A phrase takes 110 ms a letter (a Korean syllable has two or three) in calm speech, and a room's echo and a
slow word add less than half a second: of 220 commands that were heard right, in four kinds of rooms, none
took longer. A second and more for "다시" is a sentence that the recogniser made one word of."""
QUIET_BEFORE_MS: Ms = 250
"""A word that follows other talk more closely belongs to it. Urgent words are taken all the same; among talk,
what sends for help must then be said again."""
REFRACTORY_MS: Ms = 800
"""The same command twice within this time is one command and its echo, not two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an utterance is judged by.

    Attributes:
        situation: What is going on.
        own: What the coach says, and said in the last seconds.
        last: The command taken last, and when its utterance ended.
        asked_ms: When the question that waits for an answer begins; None where none waits.
        passing: The answer that leads past it.
        duplex: What the room allows while the coach speaks.
        company: Who else was heard lately.
    """

    situation: Situation
    own: Sequence[OwnLine] = ()
    last: tuple[Command, Ms] | None = None
    asked_ms: Ms | None = None
    passing: Command = Command.NO
    duplex: Duplex = Duplex.FULL
    company: Company = NOBODY


_CHEAP = frozenset({Command.STOP, Command.PAUSE})
"""Urgent words that cost little when they are taken wrongly."""
_ANSWERS = frozenset({Command.YES, Command.NO})
_ASKED = frozenset({Situation.CHECK, Situation.PAIN_ASK, Situation.DIZZY_ASK, Situation.END_ASK})


def interpret(transcript: Transcript, phrasebook: Phrasebook, context: Context) -> Command | Ignored:
    """Decide what an utterance means; never raises, never guesses."""
    if not transcript.words:
        return Ignored(reason="no words")
    spoken_ms = transcript.ended_ms - transcript.began_ms
    if spoken_ms < SHORTEST_MS:
        return Ignored(reason="too short")
    if spoken_ms > LONGEST_MS:
        return Ignored(reason="too long")
    transcript, command = _meant(transcript, phrasebook, context.situation)
    if command is None:
        known = any(phrasebook.command_for(transcript.text, situation) for situation in Situation)
        return Ignored(reason="makes no sense now" if known else NO_PHRASE)
    urgent = command in phrasebook.urgent
    is_long = spoken_ms > DRAWN_OUT_MS + LETTER_MS * letters_of(transcript.text)
    if is_long and not urgent:
        return Ignored(reason="too long for these words")
    is_close = transcript.quiet_before_ms < QUIET_BEFORE_MS
    if is_close and not urgent:
        return Ignored(reason="part of other talk")
    if _answers(command, context) and _is_before_question(transcript, context):
        # What opens the way past a safety question counts only once the question was asked to its end.
        return Ignored(reason="before the question was asked")
    if is_shut_out(transcript, context.own, context.duplex, urgent=urgent):
        return Ignored(reason="while the coach speaks")
    # "Stop" and "pause" cost little when they are taken wrongly; a question about pain, or being sent for
    # help by the coach's own echo, costs more: in a room not yet learnt the coach's own words, 9 dB over the
    # echo that was predicted, have been taken for that. A person at the level of the coach comes to +9 to
    # +20 dB, and says it again. (A model whose confidence is a probability was never sure of such an echo.)
    costly = command in FOR_HELP
    answers = command in _ANSWERS
    if is_own_voice(transcript, context.own, urgent=command in _CHEAP, costly=costly, answers=answers):
        return Ignored(reason="own voice")
    if context.last and context.last[0] is command:
        since_ms = transcript.began_ms - context.last[1]
        if since_ms < REFRACTORY_MS and command is not Command.NO:
            return Ignored(reason="said twice")
    company, since_ms = context.company, (context.asked_ms or 0) if answers else 0
    if company.doubts(transcript, command, since_ms=since_ms, is_part=is_long or is_close):
        # A television must not make the coach chirp; what is urgent is worth it.
        is_asked_again = urgent or company.is_away(transcript.began_ms)
        return Ignored(reason=UNSURE, meant=command, is_asked_again=is_asked_again)
    if not urgent and not answers and company.counts(transcript, command):
        return Ignored(reason=ONE_OF_A_ROW, meant=command)
    return command


def _meant(
    transcript: Transcript, phrasebook: Phrasebook, situation: Situation
) -> tuple[Transcript, Command | None]:
    """Find the command of the words: the whole of them, or without a stumble.

    What is urgent may be called twice or more in one breath: "stop, stop!". Where an answer is awaited
    nothing is left out.
    """
    if command := phrasebook.command_for(transcript.text, situation):
        return transcript, command
    words = [word.text for word in transcript.words]
    for count in range(1, len(words) // 2 + 1):
        if words == words[:count] * (len(words) // count):
            command = phrasebook.command_for(" ".join(words[:count]), situation)
            if command in phrasebook.urgent:
                return transcript, command
    if situation in _ASKED:
        return transcript, None
    shorter = without_stumbles(transcript)
    return shorter, phrasebook.command_for(shorter.text, situation)


def in_company(
    company: Company, transcript: Transcript, decision: Command | Ignored, own: Sequence[OwnLine]
) -> Company:
    """Give who was heard lately after one more utterance; the coach's own echo is no company."""
    is_ours = is_over_coach(transcript, own) and is_own_voice(transcript, own, urgent=False)
    return company if is_ours else company.after(transcript, decision)


def _answers(command: Command, context: Context) -> bool:
    """Tell whether a command is an answer that wants its whole question.

    A "yes" to the check too: the questions' own words resemble it in some languages, and a coach that takes
    its own question for an answer sends a healthy person away. Said again, it counts; not said, it counts as
    well, for silence closes the check. Where pain is asked about, an early "yes" is taken.
    """
    if context.situation is Situation.CHECK and command is Command.YES:
        return True
    return command is context.passing


def letters_of(text: str) -> int:
    """Count the letters of a text as they are spoken; a Korean syllable is taken apart."""
    return sum(unicodedata.category(one).startswith("L") for one in unicodedata.normalize("NFD", text))


def _is_before_question(transcript: Transcript, context: Context) -> bool:
    is_unasked = context.asked_ms is not None and transcript.began_ms < context.asked_ms
    return is_unasked or is_over_coach(transcript, spoken_of(context.own), tail_ms=0)
