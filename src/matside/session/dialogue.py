"""The questions that a session may ask: what is asked, how often, and what an answer or a silence means.

Each fails to the safe side. A check that isn't answered with a clear "no" ends the session; pain or dizziness
that isn't answered at all gives the red text; "end the session?" without an answer goes back to where it was
asked, because a television may have caused it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from matside.content.routine import Advice, Check, Question
from matside.session.cue import (
    CheckIntro,
    CheckQuestion,
    DizzyQuestion,
    EndQuestion,
    LieDown,
    Meaning,
    PainQuestion,
    Priority,
)
from matside.session.outbox import Outbox
from matside.session.plan import Plan
from matside.units import Ms

CHECK_INTRO_MS: Ms = 6_000
CHECK_ANSWER_MS: Ms = 20_000
"""The longest question takes eleven seconds; then nine to answer."""
ANSWER_AGAIN_MS: Ms = 700
"""A key that is held down repeats every 30 ms, after half a second at the latest; a person reads first."""
PAIN_AFTER_MS: Ms = 2_000
"""After a stop nothing is said for so long: she may be busy coming down."""
PAIN_ANSWER_MS: Ms = 22_000
"""The question takes nine to fourteen seconds."""
DIZZY_WAIT_MS: Ms = 20_000
"""Time to get down and settle before the question."""
DIZZY_ANSWER_MS: Ms = 12_000
END_ANSWER_MS: Ms = 12_000

Asked: TypeAlias = tuple[list[tuple[Ms, Meaning]], Ms]
"""What to say, each with its offset, and how long to wait for an answer."""


class Verdict(StrEnum):
    """What follows from an answer."""

    ASK = "ask the question that is due"
    PASSED = "every question was answered no"
    REFUSED = "no session today"
    GET_HELP = "red text"
    LEAVE_OUT = "leave the exercise out"
    BETTER = "stay where she is, and let her choose"
    END = "end the session"
    CARRY_ON = "go on as before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why there is no session: the check and its question, and what to do instead.

    Attributes:
        unclear: There was no clear answer, twice.
    """

    check: str
    question: str
    advice: Advice
    unclear: bool

    @property
    def name(self) -> str:
        """What the history calls it."""
        return f"check:{self.check}:{self.question}"


@dataclass(slots=True, kw_only=True)
class CheckTalk:
    """The questions before a session, one after the other.

    Attributes:
        then: The check that a yes to a question for all of them leads to.
        following: The second question waits, after a yes to the first.
        refusal: Why there is no session; None as long as there may be one.
    """

    passes = False

    check: Check
    then: Check | None = None
    asked: int = 0
    silences: int = 0
    begun: bool = False
    following: bool = False
    refusal: Refusal | None = None

    @property
    def due(self) -> str | None:
        """The question that waits for its answer; None when all are answered."""
        if self.asked >= len(self.check.questions):
            return None
        question = self.check.questions[self.asked]
        return question.follow_up if self.following else question.key

    def ask(self) -> Asked:
        """Give the question that is due, the first time after what it is for."""
        question = CheckQuestion(key=self.due or "", again=self.silences > 0)
        if self.begun:
            return [(500, question)], CHECK_ANSWER_MS
        self.begun = True
        return [(300, CheckIntro()), (CHECK_INTRO_MS, question)], CHECK_INTRO_MS + CHECK_ANSWER_MS

    def take(self, *, yes: bool | None) -> Verdict:
        """Take an answer; None is silence, and the second in a row is a yes."""
        if yes is None:
            self.silences += 1
            if self.silences < 2:
                return Verdict.ASK
        self.silences = 0
        question = self.check.questions[self.asked]
        if yes is not False:
            return self._take_yes(question, unclear=yes is None)
        if self.following:
            return self._refuse(question.milder or question.on_yes, unclear=False)
        self.asked += 1
        return Verdict.PASSED if self.asked >= len(self.check.questions) else Verdict.ASK

    def _take_yes(self, question: Question, *, unclear: bool) -> Verdict:
        if question.follow_up and not self.following:
            self.following = True
            return Verdict.ASK
        if question.on_yes is not Advice.ASK_ALL:
            return self._refuse(question.on_yes, unclear=unclear)
        if self.then is None:
            return self._refuse(Advice.SOMEBODY_FIRST, unclear=unclear)
        self.check, self.then = self.then, None
        self.asked, self.begun = 0, False
        return Verdict.ASK

    def _refuse(self, advice: Advice, *, unclear: bool) -> Verdict:
        self.refusal = Refusal(check=self.check.id, question=self.due or "", advice=advice, unclear=unclear)
        return Verdict.REFUSED


@dataclass(slots=True, kw_only=True)
class PainTalk:
    """The one triage question; silence twice counts as yes."""

    passes = False

    silences: int = 0

    def ask(self) -> Asked:
        """Give the question, the first time after a silence."""
        after_ms = 400 if self.silences else PAIN_AFTER_MS
        return [(after_ms, PainQuestion())], after_ms + PAIN_ANSWER_MS

    def take(self, *, yes: bool | None) -> Verdict:
        """Take an answer; None is silence."""
        if yes is None:
            self.silences += 1
            return Verdict.ASK if self.silences < 2 else Verdict.GET_HELP
        return Verdict.GET_HELP if yes else Verdict.LEAVE_OUT


@dataclass(slots=True, kw_only=True)
class DizzyTalk:
    """The safe position first, then whether it is better; "no" and silence twice send for help.

    Attributes:
        settled: The position was told and its time has passed; only the question is left.
    """

    passes = True

    silences: int = 0
    begun: bool = False
    settled: bool = False

    def ask(self) -> Asked:
        """Give the position and the question, or the question alone."""
        self.begun = True
        if self.settled:
            return [(400, DizzyQuestion())], DIZZY_ANSWER_MS
        return [(400, LieDown()), (DIZZY_WAIT_MS, DizzyQuestion())], DIZZY_WAIT_MS + DIZZY_ANSWER_MS

    def take(self, *, yes: bool | None) -> Verdict:
        """Take an answer; None is silence."""
        if yes is None:
            self.silences += 1
            self.settled = True
            return Verdict.ASK if self.silences < 2 else Verdict.GET_HELP
        return Verdict.BETTER if yes else Verdict.GET_HELP


@dataclass(slots=True, kw_only=True)
class EndTalk:
    """The confirmation of what ends a session."""

    passes = None

    def ask(self) -> Asked:
        """Give the question."""
        return [(300, EndQuestion())], END_ANSWER_MS

    def take(self, *, yes: bool | None) -> Verdict:
        """Take an answer; None is silence."""
        return Verdict.END if yes else Verdict.CARRY_ON


Talk: TypeAlias = CheckTalk | PainTalk | DizzyTalk | EndTalk


class Conversation:
    """The question that waits for an answer, and what was asked before it.

    Attributes:
        asked_ms: Session time at which the question that waits begins; before it nobody can answer it.
    """

    def __init__(self, plan: Plan) -> None:
        self._full = plan.check
        self._check = CheckTalk(check=plan.check) if plan.check else None
        if plan.changed:
            self._check = CheckTalk(check=plan.changed, then=plan.check, begun=True)
        self._talk: Talk | None = self._check
        self._pains = 0
        self._last_answer_ms: Ms = -ANSWER_AGAIN_MS
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
        if isinstance(self._talk, DizzyTalk) and self._talk.begun and out.now_ms >= self.asked_ms:
            self._talk.settled = True
        lines, answer_ms = self._talk.ask()
        for after_ms, meaning in lines:
            out.say(meaning, after_ms=after_ms, priority=Priority.SAFETY, window_ms=4_000)
            self.asked_ms = out.now_ms + after_ms
        return answer_ms

    @property
    def passes(self) -> bool | None:
        """The answer that leads past a question of safety, True for yes; None where neither does."""
        return self._talk.passes if self._talk else None

    @property
    def refusal(self) -> Refusal | None:
        """Why the check gives no session."""
        return self._check.refusal if self._check else None

    def takes(self, *, yes: bool | None, now_ms: Ms) -> bool:
        """Tell whether this is an answer.

        What leads past a question of safety is taken only after the question began, and from no key that is
        held down.
        """
        if yes is None or yes is not self.passes:
            return True
        since_ms, self._last_answer_ms = now_ms - self._last_answer_ms, now_ms
        return now_ms >= self.asked_ms and since_ms >= ANSWER_AGAIN_MS

    def take(self, *, yes: bool | None) -> Verdict | None:
        """Take an answer; None where nothing was asked."""
        return self._talk.take(yes=yes) if self._talk else None

    def about_dizziness(self) -> None:
        """Let the next words be about getting down, and the next question whether it is better."""
        self._talk = DizzyTalk()

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
        if anew and self._full:
            again = tuple(question for question in self._full.questions if not question.once)
            self._check = CheckTalk(check=replace(self._full, questions=again))
        self._talk = self._check

    def over(self) -> None:
        """Let no question wait."""
        self._talk = None
