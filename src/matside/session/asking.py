"""The questions that a session asks, and what it does upon their answers: all lead to the safe side."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from matside.session import cue as cues
from matside.session import transitions as rules
from matside.session.command import Command
from matside.session.cue import Fade, Movement, Priority
from matside.session.dialogue import Verdict
from matside.session.ground import Ground
from matside.session.outcome import CHECK_ITEM, SESSION_ITEM, Result, apart
from matside.session.transitions import Mode
from matside.units import Ms

RESETTLE_MS: Ms = 10_000
"""After a minute's pause she gets ten seconds to settle again; a shorter pause goes on to the millisecond."""
CHECK_AGAIN_AFTER_MS: Ms = 15 * 60_000
AFTER_CHECK_MS: Ms = 2_500
RED_STAYS_MS: Ms = 120_000
ADVICE_STAYS_MS: Ms = 60_000
"""How long a text can be repeated before the session ends by itself."""
PAINS_THAT_END = 2

_CAUSES = {Mode.PAIN_ASKING: "pain", Mode.DIZZY_ASKING: "dizzy"}


class Asking(Ground):
    """The states in which a question waits, and those that follow from one."""

    def _ask(self) -> None:
        self.alarm_ms = self.watch.now_ms + self.talk.ask(self.out)

    def _ask_end(self) -> None:
        self.asked_in = self.mode
        self._stand_still(Mode.END_ASKING)
        self.talk.about_end()
        self._ask()

    def _answer(self, *, yes: bool | None) -> None:
        if not self.talk.takes(yes=yes, now_ms=self.watch.now_ms):
            self.refuse(Command.YES if yes else Command.NO, "the question comes first")
            return
        self.out.hush()
        verdicts: Mapping[Verdict, Callable[[], None]] = {
            Verdict.ASK: self._ask,
            Verdict.PASSED: self._passed,
            Verdict.REFUSED: self._refused_by_check,
            Verdict.GET_HELP: self._get_help,
            Verdict.LEAVE_OUT: self._leave_out,
            Verdict.BETTER: self._better,
            Verdict.END: self._end,
            Verdict.CARRY_ON: self._carry_on,
        }
        verdict = self.talk.take(yes=yes)
        if verdict is not None:
            verdicts[verdict]()

    def _repeat(self) -> None:
        if self.mode in rules.ADVISING:
            self._tell_advice()
        elif self.mode in rules.ASKING:
            self.out.hush()
            self._ask()
        else:
            meaning = self.out.last_said or cues.NothingToRepeat()
            self.out.say(replace(meaning, fade=Fade.FULL) if isinstance(meaning, Movement) else meaning)

    def _must_ask_again(self) -> bool:
        return self.plan.check is not None and self.watch.still_ms >= CHECK_AGAIN_AFTER_MS

    def _passed(self) -> None:
        if self.plan.check is not None:
            name = f"check:{self.plan.check.id}"
            self.out.put(apart(name, item=CHECK_ITEM, result=Result.DONE, at_ms=self.watch.now_ms))
        self.talk.over()
        self.out.say(cues.CheckPassed())
        self.return_to, self.mode = Mode.RUNNING, Mode.PAUSED
        self.watch.still_since_ms = self.watch.now_ms
        self.alarm_ms = self.watch.now_ms + AFTER_CHECK_MS
        if self.walk.index >= 0:
            self.alarm_ms += RESETTLE_MS
            self._replay_position(from_elsewhere=True, after_ms=AFTER_CHECK_MS)

    def _refused_by_check(self) -> None:
        refusal = self.talk.refusal
        if refusal is None:
            return
        self.comfort.asleep = False
        self._leave_all(Result.ENDED)
        self.out.put(apart(refusal.name, item=CHECK_ITEM, result=Result.REFUSED, at_ms=self.watch.now_ms))
        number, general = self.plan.emergency_number, self.plan.general
        self.advice = cues.advised(refusal.advice, number=number, unclear=refusal.unclear, general=general)
        self._to(Mode.RED if isinstance(self.advice, cues.GetHelp) else Mode.ADVISED)
        self._tell_advice()

    def _pain(self) -> None:
        self.comfort.asleep = False
        self.asked_in = self.mode
        self._stand_still(Mode.PAIN_ASKING)
        if self.talk.count_pain() >= PAINS_THAT_END:
            self._leave_all(Result.PAIN)
            self._close(cues.PainAgain(), priority=Priority.STOP)
        else:
            self.talk.about_pain()
            self._ask()

    def _get_help(self) -> None:
        """Send for help, from anywhere: a red word, pain or dizziness that isn't harmless."""
        cause = _CAUSES.get(self.mode, "word")
        self.comfort.asleep = False
        self._stand_still(Mode.RED)
        self._leave_all(Result.PAIN if cause == "pain" else Result.RED)
        self.out.put(apart(f"red:{cause}", item=SESSION_ITEM, result=Result.RED, at_ms=self.watch.now_ms))
        self.advice = cues.GetHelp(number=self.plan.emergency_number, general=self.plan.general)
        self._tell_advice()

    def _tell_advice(self) -> None:
        if self.advice is None:
            return
        self.talk.over()
        self.out.hush()
        is_red = self.mode is Mode.RED
        self.out.say(self.advice, priority=Priority.STOP)
        if not is_red and self.walk.lying_in is not None:
            self.out.say(cues.LeavePosition(position=self.walk.lying_in), after_ms=6_000, window_ms=20_000)
        self.alarm_ms = self.watch.now_ms + (RED_STAYS_MS if is_red else ADVICE_STAYS_MS)

    def _leave_out(self) -> None:
        self.talk.over()
        if self.asked_in in rules.LAST:
            self._close(cues.PainAgain(), priority=Priority.SAFETY)
            return
        if (item := self.walk.exercise) is not None:
            self.walk.ban(item.exercise.id)
            self.take(self.walk.skip(self.watch.active_ms, Result.PAIN))
        self._to(Mode.STOPPED)
        self.out.say(cues.PainLeftOut(), priority=Priority.SAFETY)

    def _dizzy(self) -> None:
        self.comfort.asleep = False
        self.asked_in = self.mode
        self._stand_still(Mode.DIZZY_ASKING)
        self.talk.about_dizziness()
        self._ask()

    def _better(self) -> None:
        self.talk.over()
        if self.asked_in in rules.LAST:
            self._close(cues.Goodbye(completed=False), priority=Priority.SAFETY)
            return
        self._to(Mode.STOPPED)
        self.out.say(cues.DizzyPassed(), priority=Priority.SAFETY)

    def _carry_on(self) -> None:
        match self.asked_in:
            case Mode.CHECKING:
                self._back_to_check()
            case Mode.PAUSED | Mode.STOPPED:
                self.talk.over()
                self._to(self.asked_in)
                self.out.say(cues.Paused() if self.mode is Mode.PAUSED else cues.StopChoices())
            case _:
                self._run()
                self._replay_position()

    def _back_to_check(self, *, anew: bool = False) -> None:
        self.return_to = Mode.CHECKING
        self.talk.about_check(anew=anew)
        self._to(Mode.CHECKING)
        self._ask()

    def _end(self) -> None:
        self._leave_all(Result.ENDED)
        self._close(cues.Goodbye(completed=False), priority=Priority.REPLY)
