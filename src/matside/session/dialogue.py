"""The questions that a session may ask: what is asked, how often, and what an answer or a silence means.

Each fails to the safe side. A check that isn't answered with a clear "no" ends the session; a pain question
that isn't answered at all gives the red text; "end the session?" without an answer goes back to where it
was asked, because a television may have caused it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from matside.content.routine import Check
from matside.session.cue import CheckIntro, CheckQuestion, EndQuestion, Meaning, PainQuestion, Priority
from matside.session.outbox import Outbox
from matside.session.outcome import Outcome, Result
from matside.units import Ms

CHECK_INTRO_MS: Ms = 9_000
CHECK_ANSWER_MS: Ms = 20_000
"""The longest question takes eleven seconds; then nine to answer."""
NO_AFTER_NO_MS: Ms = 700
"""A key that is held down repeats every 30 ms, after half a second at the latest; a person reads first."""
PAIN_ANSWER_MS: Ms = 18_000
END_ANSWER_MS: Ms = 12_000


class Verdict(StrEnum):
    """What follows from an answer."""

    ASK = "ask the question that is due"
    PASSED = "every question was answered no"
    REFUSED = "no session today"
    GET_HELP = "red text"
    LEAVE_OUT = "leave the exercise out"
    END = "end the session"
    CARRY_ON = "go on as before"


@dataclass(slots=True, kw_only=True)
class CheckTalk:
    """The questions before a session, one after the other."""

    check: Check
    asked: int = 0
    silences: int = 0
    begun: bool = False

    @property
    def due(self) -> str | None:
        """The question that waits for its answer; None when all are answered."""
        return self.check.questions[self.asked] if self.asked < len(self.check.questions) else None

    def ask(self) -> tuple[list[tuple[Ms, Meaning]], Ms]:
        """Give what to say, each with its offset, and how long to wait for an answer."""
        question = CheckQuestion(key=self.check.questions[self.asked], again=self.silences > 0)
        if self.begun:
            return [(500, question)], CHECK_ANSWER_MS
        self.begun = True
        return [(300, CheckIntro()), (CHECK_INTRO_MS, question)], CHECK_INTRO_MS + CHECK_ANSWER_MS

    def take(self, *, yes: bool | None) -> Verdict:
        """Take an answer; None is silence."""
        if yes:
            return Verdict.REFUSED
        if yes is None:
            self.silences += 1
            return Verdict.ASK if self.silences < 2 else Verdict.REFUSED
        self.asked += 1
        self.silences = 0
        return Verdict.PASSED if self.asked >= len(self.check.questions) else Verdict.ASK


@dataclass(slots=True, kw_only=True)
class PainTalk:
    """The one triage question; silence twice counts as yes."""

    silences: int = 0

    def ask(self) -> tuple[list[tuple[Ms, Meaning]], Ms]:
        """Give what to say, each with its offset, and how long to wait for an answer."""
        return [(400, PainQuestion())], PAIN_ANSWER_MS

    def take(self, *, yes: bool | None) -> Verdict:
        """Take an answer; None is silence."""
        if yes is None:
            self.silences += 1
            return Verdict.ASK if self.silences < 2 else Verdict.GET_HELP
        return Verdict.GET_HELP if yes else Verdict.LEAVE_OUT


@dataclass(slots=True, kw_only=True)
class EndTalk:
    """The confirmation of what ends a session."""

    def ask(self) -> tuple[list[tuple[Ms, Meaning]], Ms]:
        """Give what to say, each with its offset, and how long to wait for an answer."""
        return [(300, EndQuestion())], END_ANSWER_MS

    def take(self, *, yes: bool | None) -> Verdict:
        """Take an answer; None is silence."""
        return Verdict.END if yes else Verdict.CARRY_ON


def check_refused(check: Check, *, at_ms: Ms) -> Outcome:
    """Give what the history keeps of a check that wasn't passed."""
    return Outcome(
        at_ms=at_ms,
        item=-1,
        exercise=f"check:{check.id}",
        result=Result.REFUSED,
        level_planned=-1,
        level_done=-1,
        reps_done=0,
        reps_planned=0,
        wants_harder=False,
    )


Talk: TypeAlias = CheckTalk | PainTalk | EndTalk


class Conversation:
    """The question that waits for an answer, and what was asked before it.

    Attributes:
        asked_ms: Session time at which the question that waits begins; before it nobody can answer it.
    """

    def __init__(self, check: Check | None) -> None:
        self._check = CheckTalk(check=check) if check else None
        self._talk: Talk | None = self._check
        self._pains = 0
        self._last_no_ms: Ms = -NO_AFTER_NO_MS
        self.asked_ms: Ms = 0

    @property
    def due(self) -> str | None:
        """The question of the check that waits for its answer."""
        return self._talk.due if isinstance(self._talk, CheckTalk) else None

    def ask(self, out: Outbox) -> Ms:
        """Ask what is due.

        Returns:
            How long to wait for an answer.
        """
        if self._talk is None:
            return 0
        lines, answer_ms = self._talk.ask()
        for after_ms, meaning in lines:
            out.say(meaning, after_ms=after_ms, priority=Priority.SAFETY, window_ms=4_000)
            self.asked_ms = out.now_ms + after_ms
        return answer_ms

    def takes_no(self, now_ms: Ms) -> bool:
        """Tell whether a "no" given now is an answer: after its question began, and not a key held down."""
        since_ms, self._last_no_ms = now_ms - self._last_no_ms, now_ms
        return now_ms >= self.asked_ms and since_ms >= NO_AFTER_NO_MS

    def take(self, *, yes: bool | None) -> Verdict | None:
        """Take an answer; None where nothing was asked."""
        return self._talk.take(yes=yes) if self._talk else None

    def about_pain(self) -> None:
        """Let the next question be the one about pain."""
        self._talk = PainTalk()

    def count_pain(self) -> int:
        """Count that pain was told of.

        Returns:
            How often by now.
        """
        self._pains += 1
        return self._pains

    def about_end(self) -> None:
        """Let the next question be whether to end."""
        self._talk = EndTalk()

    def about_check(self, *, anew: bool) -> None:
        """Go back to the check's questions, or to the first of them."""
        if anew and self._check:
            self._check = CheckTalk(check=self._check.check)
        self._talk = self._check

    def over(self) -> None:
        """Let no question wait."""
        self._talk = None
