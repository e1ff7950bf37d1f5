"""The session: commands and time go in, cues and outcomes come out. It waits for nobody.

Theory of operation. `advance(now)` moves to a point of session time and gives everything that came up on
the way; `apply(command, now)` does that first and then obeys. Advancing in many small steps or in one large
one gives the same effects. Time is whole milliseconds, given by the caller and never read from a clock; it
may not go back. The plan is walked in *active* time (`Walk`); this class adds the time that it stood still
and owns everything that a person can say. Which command does what in which mode is the table in
`transitions.py`; a command without a row gives `Refused` and changes nothing.
"""

from dataclasses import replace
from typing import assert_never

from matside.session import cue as cues
from matside.session.comfort import Comfort
from matside.session.command import Command, Situation
from matside.session.cue import Fade, Meaning, Movement, Priority, Tone, ToneKind
from matside.session.dialogue import CheckTalk, EndTalk, PainTalk, Talk, Verdict, check_refused
from matside.session.outbox import Outbox
from matside.session.outcome import Effect, LevelChanged, Result
from matside.session.plan import Plan
from matside.session.stopwatch import Stopwatch
from matside.session.transitions import (
    ASKING,
    BEAT_SITUATION,
    HELP,
    MODE_SITUATION,
    TABLE,
    WALKING,
    Act,
    Mode,
)
from matside.session.view import SessionView, view_of
from matside.session.walk import WORK_KINDS, Emission, Walk
from matside.units import Ms

RESETTLE_AFTER_MS: Ms = 60_000
RESETTLE_MS: Ms = 10_000
"""After a minute's pause she gets ten seconds to settle again; a shorter pause goes on to the millisecond."""
CHECK_AGAIN_AFTER_MS: Ms = 15 * 60_000
AFTER_CHECK_MS: Ms = 2_500
RED_STAYS_MS: Ms = 120_000
CLOSING_MS: Ms = 7_000
PAINS_THAT_END = 2
HEARD_WITHIN_MS: Ms = 400
"""How late the "I heard you" tone may come; more than any mouth's lead, less than makes one say it again."""

_WITHOUT_TONE = frozenset({Act.STOP, Act.ASK_PAIN})


class Session:
    """One session, from the first question to the last outcome.

    Attributes:
        plan: What it does.
        completed: It came to its own end.
        comfort: The volume that the person chose, and whether she wants to be left alone.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.completed = False
        self.comfort = Comfort()
        self._walk = Walk(plan)
        self._watch = Stopwatch()
        self._check = CheckTalk(check=plan.check) if plan.check else None
        self._talk: Talk | None = self._check
        self._mode = Mode.CHECKING if plan.check else Mode.RUNNING
        self._return_to = self._mode
        self._begun = False
        self._alarm: Ms | None = None
        self._pains = 0
        self._out = Outbox()

    # --- reading

    @property
    def mode(self) -> Mode:
        """Which state the session is in."""
        return self._mode

    @property
    def finished(self) -> bool:
        """Whether it is over for good."""
        return self._mode is Mode.ENDED

    @property
    def situation(self) -> Situation:
        """What is going on, as far as it decides which phrases make sense."""
        if self.comfort.asleep:
            return Situation.ASLEEP
        if self._mode is Mode.RUNNING:
            return BEAT_SITUATION[self._walk.beat.kind] if self._begun else Situation.TALK
        return MODE_SITUATION[self._mode]

    @property
    def deadline_ms(self) -> Ms | None:
        """When something will happen by itself; None when it waits for a command, or is over."""
        if not self._begun:
            return self._watch.now_ms
        if self._mode is Mode.RUNNING:
            walk_ms = self._walk.deadline_ms
            return None if walk_ms is None else self._watch.session_ms(walk_ms)
        return self._alarm

    @property
    def active_ms(self) -> Ms:
        """Time that the plan moved forward; with `waited_ms` it makes up the time that passed."""
        return self._watch.active_ms

    @property
    def waited_ms(self) -> Ms:
        """Time that the plan stood still."""
        return self._watch.waited_ms

    def view(self) -> SessionView:
        """Give what a screen may show at this moment."""
        seen = view_of(self._walk, mode=self._mode, situation=self.situation, active_ms=self.active_ms)
        asked = self._check.due if self._check and self._mode is Mode.CHECKING else None
        comfort = self.comfort
        return replace(seen, asleep=comfort.asleep, volume_db=comfort.volume_db, question=asked)

    # --- driving

    def advance(self, now_ms: Ms) -> list[Effect]:
        """Move to this point of session time.

        Returns:
            What came up on the way, in order.

        Raises:
            ValueError: Time went back.
        """
        if now_ms < self._watch.now_ms:
            raise ValueError(f"session time went back from {self._watch.now_ms} to {now_ms} ms")
        self._move(now_ms)
        return self._out.drain()

    def apply(self, command: Command, now_ms: Ms) -> list[Effect]:
        """Move to this point of session time, then obey.

        Raises:
            ValueError: Time went back.
        """
        effects = self.advance(now_ms)
        act = TABLE[self._mode].get(command)
        if act is None:
            self._refuse(command, f"makes no sense while {self._mode.value}")
        elif act in WALKING and self._return_to is Mode.CHECKING:
            # Nothing may lead past the questions.
            self._refuse(command, "the questions come first")
        else:
            if act not in _WITHOUT_TONE:
                self._out.say(Tone(kind=ToneKind.HEARD), after_ms=0, window_ms=HEARD_WITHIN_MS)
            self._obey(act, command)
        self._move(now_ms)
        return effects + self._out.drain()

    def _move(self, now_ms: Ms) -> None:
        if not self._begun:
            self._begun = True
            self._begin()
        while self._alarm is not None and self._alarm <= now_ms:
            self._set_now(self._alarm)
            self._alarm = None
            self._ring()
        if self._mode is Mode.RUNNING:
            self._take(self._walk.advance(self._watch.at_active(now_ms)))
            if self._walk.over:
                self._complete()
        self._set_now(now_ms)

    def _set_now(self, now_ms: Ms) -> None:
        self._watch.now_ms = self._out.now_ms = now_ms

    def _complete(self) -> None:
        self._watch.stand_still(self._walk.now_ms)
        self._mode, self.completed = Mode.ENDED, True

    def _begin(self) -> None:
        if self._mode is Mode.CHECKING:
            self._out.phase(Mode.CHECKING.value)
            self._ask()
        else:
            self._watch.run()
            self._take(self._walk.begin())

    def _ring(self) -> None:
        """Handle the end of a wait."""
        if self._mode in ASKING:
            self._answer(yes=None)
        elif self._mode is Mode.PAUSED:
            self._run()
        else:
            self._mode = Mode.ENDED

    # --- commands

    def _obey(self, act: Act, command: Command) -> None:
        match act:
            case Act.STOP:
                self._stop()
            case Act.ASK_PAIN:
                self._pain()
            case Act.PAUSE:
                self._pause()
            case Act.RESUME:
                self._resume()
            case Act.YES | Act.NO:
                self._answer(yes=act is Act.YES)
            case Act.ASK_END:
                self._ask_end()
            case Act.EASE:
                self._ease(command)
            case Act.SKIP:
                self._turn(self._walk.skip(self.active_ms, Result.SKIPPED))
            case Act.BACK:
                self._turn(self._walk.back(self.active_ms))
            case Act.READY | Act.FINISH:
                self._ready_or_done(command)
            case Act.REPEAT:
                self._repeat()
            case _:
                active_ms, situation = self.active_ms, self.situation
                answer = self.comfort.answer(act, self._walk, active_ms=active_ms, situation=situation)
                self._out.say(answer, window_ms=4_000)

    def _stop(self) -> None:
        self.comfort.asleep = False
        match self._mode:
            case Mode.PAIN_ASKING | Mode.RED:
                self._out.hush()
            case Mode.CLOSING:
                self._out.hush()
                self._mode, self._alarm = Mode.ENDED, None
            case Mode.STOPPED:
                self._ask_end()
            case _:
                self._stand_still(Mode.STOPPED)
                self._out.say(cues.Stopped(), after_ms=700, priority=Priority.STOP)
                self._out.say(cues.StopChoices(), after_ms=7_000)

    def _pain(self) -> None:
        self.comfort.asleep = False
        self._pains += 1
        self._stand_still(Mode.PAIN_ASKING)
        if self._pains >= PAINS_THAT_END:
            self._leave_all(Result.PAIN)
            self._close(cues.PainAgain(), priority=Priority.STOP)
        else:
            self._talk = PainTalk()
            self._ask()

    def _pause(self) -> None:
        if self._mode in {Mode.PAUSED, Mode.STOPPED}:
            self._alarm = None
            self._out.hush()
        else:
            self._stand_still(Mode.PAUSED)
        self._out.say(cues.Paused())

    def _resume(self) -> None:
        still_ms = self._watch.now_ms - self._watch.still_since_ms
        self._out.hush()
        if self._return_to is Mode.CHECKING:
            self._back_to_check()
        elif self.plan.check and still_ms >= CHECK_AGAIN_AFTER_MS:
            self._check = CheckTalk(check=self.plan.check)
            self._back_to_check()
        elif still_ms >= RESETTLE_AFTER_MS and self._alarm is None:
            self._alarm = self._watch.now_ms + RESETTLE_MS
            self._replay_position()
        else:
            self._run()
            self._replay_position()

    def _ease(self, command: Command) -> None:
        emissions = self._walk.ease(self.active_ms)
        if not emissions:
            self._refuse(command, "nothing to make easier here")
            return
        left_out = any(isinstance(turn, LevelChanged) and turn.new < 0 for turn in emissions)
        self._turn(emissions)
        self._out.say(cues.LeftOut() if left_out else cues.EasierNow())

    def _ready_or_done(self, command: Command) -> None:
        beat = self._walk.beat
        if self._walk.exercise is None or beat.kind == "exit":
            self._refuse(command, "no exercise to begin or to end")
        elif beat.kind not in WORK_KINDS and beat.place is None:
            self._out.hush()
            self._walk.ready(self.active_ms)
        elif command is Command.DONE:
            self._turn(self._walk.skip(self.active_ms, Result.DONE))
        else:
            self._refuse(command, "already under way")

    def _repeat(self) -> None:
        if self._mode is Mode.RED:
            self._tell_to_get_help()
        elif self._mode in ASKING:
            self._out.hush()
            self._ask()
        else:
            meaning = self._out.last_said or cues.NothingToRepeat()
            self._out.say(replace(meaning, fade=Fade.FULL) if isinstance(meaning, Movement) else meaning)

    # --- questions

    def _ask(self) -> None:
        if self._talk is None:
            return
        lines, answer_ms = self._talk.ask()
        for after_ms, meaning in lines:
            self._out.say(meaning, after_ms=after_ms, priority=Priority.SAFETY, window_ms=4_000)
        self._alarm = self._watch.now_ms + answer_ms

    def _ask_end(self) -> None:
        self._stand_still(Mode.END_ASKING)
        self._talk = EndTalk()
        self._ask()

    def _answer(self, *, yes: bool | None) -> None:
        if self._talk is None:
            return
        self._out.hush()
        verdict = self._talk.take(yes=yes)
        match verdict:
            case Verdict.ASK:
                self._ask()
            case Verdict.PASSED:
                self._passed()
            case Verdict.REFUSED:
                self._refused_by_check()
            case Verdict.GET_HELP:
                self._leave_all(Result.PAIN)
                self._to(Mode.RED)
                self._tell_to_get_help()
            case Verdict.LEAVE_OUT:
                self._leave_out()
            case Verdict.END:
                self._leave_all(Result.ENDED)
                self._close(cues.Goodbye(completed=False), priority=Priority.REPLY)
            case Verdict.CARRY_ON:
                self._carry_on()
            case _:
                assert_never(verdict)

    def _tell_to_get_help(self) -> None:
        self._out.hush()
        self._out.say(cues.GetHelp(), priority=Priority.STOP)
        self._alarm = self._watch.now_ms + RED_STAYS_MS

    def _passed(self) -> None:
        self._talk = None
        self._out.say(cues.CheckPassed())
        self._return_to, self._mode = Mode.RUNNING, Mode.PAUSED
        self._watch.still_since_ms = self._watch.now_ms
        self._alarm = self._watch.now_ms + AFTER_CHECK_MS

    def _refused_by_check(self) -> None:
        self._leave_all(Result.ENDED)
        if self.plan.check:
            self._out.put(check_refused(self.plan.check, at_ms=self._watch.now_ms))
        self._close(cues.CheckEnds(), priority=Priority.SAFETY)

    def _leave_out(self) -> None:
        self._talk = None
        item = self._walk.exercise
        if item is not None:
            self._walk.ban(item.exercise.id)
            self._take(self._walk.skip(self.active_ms, Result.PAIN))
        self._to(Mode.STOPPED)
        self._out.say(cues.PainLeftOut(), priority=Priority.SAFETY)

    def _carry_on(self) -> None:
        if self._return_to is Mode.CHECKING:
            self._back_to_check()
        else:
            self._run()
            self._replay_position()

    def _back_to_check(self) -> None:
        self._return_to = Mode.CHECKING
        self._talk = self._check
        self._to(Mode.CHECKING)
        self._ask()

    # --- moving between modes

    def _to(self, mode: Mode) -> None:
        self._mode, self._alarm = mode, None
        self._out.phase(mode.value)

    def _stand_still(self, mode: Mode) -> None:
        if self._mode is Mode.RUNNING:
            self._watch.stand_still()
            self._walk.rewind_points(self.active_ms)
            self._return_to = Mode.RUNNING
        elif self._mode is Mode.CHECKING:
            self._watch.still_since_ms = self._watch.now_ms
        self._out.hush()
        self._to(mode)

    def _start_walking(self) -> None:
        self._watch.run()
        self._mode, self._alarm, self._talk = Mode.RUNNING, None, None

    def _run(self) -> None:
        self._start_walking()
        if self._walk.index < 0:
            self._take(self._walk.begin())
        elif not self._walk.over:
            self._take([self._walk.began_again(self.active_ms)])
        else:
            self._complete()

    def _turn(self, emissions: list[Emission]) -> None:
        """Let a splice of the walk take effect now."""
        self._out.hush()
        if self._mode is not Mode.RUNNING:
            self._start_walking()
        self._take(emissions)

    def _leave_all(self, result: Result) -> None:
        if self._walk.index >= 0:
            self._take(self._walk.end(self.active_ms, result))

    def _close(self, meaning: Meaning, *, priority: Priority) -> None:
        self._talk = None
        self._to(Mode.CLOSING)
        self._out.say(meaning, priority=priority)
        self._alarm = self._watch.now_ms + CLOSING_MS
        body = self._walk.lying_in
        if body is not None:
            self._out.say(cues.LeavePosition(position=body), after_ms=CLOSING_MS - 1_000, window_ms=6_000)
            self._alarm += CLOSING_MS

    def _replay_position(self) -> None:
        self._out.say(cues.GoingOn(), window_ms=1_500)
        item = self._walk.exercise
        if item is not None and self._walk.beat.kind not in {"setup", "exit"}:
            position = item.at(self._walk.level).position
            self._out.say(cues.TakePosition(position=position), after_ms=900, window_ms=3_500)

    def _take(self, emissions: list[Emission]) -> None:
        self._out.take(emissions, waited_ms=self._watch.waited_ms)

    def _refuse(self, command: Command, reason: str) -> None:
        self._out.refuse(command.value, reason)
        if self._mode not in {Mode.ENDED, Mode.CLOSING, Mode.RED}:
            self._out.say(cues.NotNow(command=command), window_ms=800)
