"""The states of a session and what every act does in them.

Theory of operation. Everything that a person can say is an act (`transitions.py`), and every act is one
method here. The states share five things: the walk through the plan, the stopwatch that tells active from
waiting time, the conversation of questions, the alarm that ends a wait, and the outbox for what comes of it
all. Only the running state moves the walk; entering any other freezes the stopwatch and takes back the cues
that hadn't sounded yet.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from matside.session import cue as cues
from matside.session import transitions as rules
from matside.session.comfort import Comfort
from matside.session.command import Command, Situation
from matside.session.cue import Fade, Meaning, Movement, Priority, SetUp, TakePosition
from matside.session.dialogue import Conversation, Verdict, check_refused
from matside.session.outbox import Outbox
from matside.session.outcome import LevelChanged, Result
from matside.session.plan import Plan
from matside.session.stopwatch import Stopwatch
from matside.session.transitions import Act, Mode
from matside.session.walk import WORK_KINDS, Emission, Walk
from matside.units import Ms

RESETTLE_AFTER_MS: Ms = 60_000
RESETTLE_MS: Ms = 10_000
"""After a minute's pause she gets ten seconds to settle again; a shorter pause goes on to the millisecond."""
CHECK_AGAIN_AFTER_MS: Ms = 15 * 60_000
AFTER_CHECK_MS: Ms = 2_500
RED_STAYS_MS: Ms = 120_000
PAINS_THAT_END = 2


class States:
    """The state that a session is in, and everything that it shares with the others.

    Attributes:
        mode: Which state it is.
        return_to: Where to go on after an interruption: the plan, or the questions before it.
        asked_in: Where a question came up, and where a "no" may lead back to.
        alarm_ms: Session time at which the present wait ends by itself; None where it doesn't.
        completed: The plan came to its own end.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.mode = Mode.CHECKING if plan.check else Mode.RUNNING
        self.return_to = self.asked_in = self.mode
        self.alarm_ms: Ms | None = None
        self.completed = False
        self.comfort = Comfort()
        self.walk = Walk(plan)
        self.watch = Stopwatch()
        self.talk = Conversation(plan.check)
        self.out = Outbox()

    @property
    def situation(self) -> Situation:
        """What is going on, as far as it decides which phrases make sense."""
        if self.comfort.asleep:
            return Situation.ASLEEP
        if self.mode is Mode.RUNNING:
            begun = self.walk.index >= 0
            return rules.BEAT_SITUATION[self.walk.beat.kind] if begun else Situation.TALK
        return rules.MODE_SITUATION[self.mode]

    def set_now(self, now_ms: Ms) -> None:
        """Let session time be this."""
        self.watch.now_ms = self.out.now_ms = now_ms

    def take(self, emissions: list[Emission]) -> None:
        """Give out what the walk gave."""
        self.out.take(emissions, waited_ms=self.watch.waited_ms)

    def complete(self) -> None:
        """Come to the plan's own end."""
        self.set_now(max(self.watch.now_ms, self.watch.session_ms(self.walk.now_ms)))
        self.watch.stand_still(self.walk.now_ms)
        self.completed = True
        if self.plan.ends_in_exercise:
            self._close(cues.Goodbye(completed=True), priority=Priority.REPLY)
        else:
            self.mode = Mode.ENDED

    def begin(self) -> None:
        """Begin with the questions, or with the plan."""
        if self.mode is Mode.CHECKING:
            self.out.phase(Mode.CHECKING.value)
            self._ask()
        else:
            self.watch.run()
            self.take(self.walk.begin())

    def ring(self) -> None:
        """Handle the end of a wait."""
        if self.mode in rules.ASKING:
            self._answer(yes=None)
        elif self.mode in rules.STANDING:
            self._run()
        else:
            self.mode = Mode.ENDED

    def obey(self, act: Act, command: Command) -> None:
        """Do what a command leads to in this state."""
        acts: Mapping[Act, Callable[[], None]] = {
            Act.STOP: self._stop,
            Act.ASK_PAIN: self._pain,
            Act.PAUSE: self._pause,
            Act.RESUME: self._resume,
            Act.YES: lambda: self._answer(yes=True),
            Act.NO: lambda: self._answer(yes=False),
            Act.ASK_END: self._ask_end,
            Act.EASE: lambda: self._ease(command),
            Act.SKIP: lambda: self._turn(self.walk.skip(self.watch.active_ms, Result.SKIPPED)),
            Act.BACK: lambda: self._turn(self.walk.back(self.watch.active_ms)),
            Act.READY: lambda: self._ready_or_done(command),
            Act.FINISH: lambda: self._ready_or_done(command),
            Act.REPEAT: self._repeat,
        }
        if act in rules.MOVING_ON and self.mode in rules.STANDING and self._must_ask_again():
            self._back_to_check(anew=True)
        else:
            acts.get(act, lambda: self._comfort(act))()

    def _comfort(self, act: Act) -> None:
        active_ms, situation = self.watch.active_ms, self.situation
        answer = self.comfort.answer(act, self.walk, active_ms=active_ms, situation=situation)
        self.out.say(answer, window_ms=4_000)

    def _stop(self) -> None:
        self.comfort.asleep = False
        match self.mode:
            case Mode.PAIN_ASKING | Mode.RED:
                self.out.hush()
            case Mode.CLOSING:
                self.out.hush()
                self.mode, self.alarm_ms = Mode.ENDED, None
            case Mode.STOPPED:
                self._ask_end()
            case _:
                self._stand_still(Mode.STOPPED)
                self.out.say(cues.Stopped(), after_ms=700, priority=Priority.STOP)
                self.out.say(cues.StopChoices(), after_ms=7_000)

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

    def _pause(self) -> None:
        if self.mode in rules.STANDING:
            self.alarm_ms = None
            self.out.hush()
        else:
            self._stand_still(Mode.PAUSED)
        self.out.say(cues.Paused())

    def _resume(self) -> None:
        if self.mode is Mode.END_ASKING:
            if self.asked_in not in rules.STANDING:
                self._answer(yes=False)
                return
            self.mode, self.alarm_ms = self.asked_in, None
        self.out.hush()
        if self.return_to is Mode.CHECKING:
            self._back_to_check()
        elif self._must_ask_again():
            self._back_to_check(anew=True)
        elif self.watch.still_ms >= RESETTLE_AFTER_MS and self.alarm_ms is None:
            self.alarm_ms = self.watch.now_ms + RESETTLE_MS
            self._replay_position(from_elsewhere=True)
        else:
            self._run()
            self._replay_position()

    def _ease(self, command: Command) -> None:
        if self.walk.is_ending:
            self.out.say(cues.LeftOut())
            return
        emissions = self.walk.ease(self.watch.active_ms)
        if not emissions:
            self.refuse(command, "nothing to make easier here")
            return
        left_out = any(isinstance(turn, LevelChanged) and turn.new < 0 for turn in emissions)
        self._turn(emissions, cues.LeftOut() if left_out else cues.EasierNow())

    def _ready_or_done(self, command: Command) -> None:
        beat = self.walk.beat
        if self.walk.exercise is None or beat.kind == "exit":
            self.refuse(command, "no exercise to begin or to end")
        elif beat.kind not in WORK_KINDS and beat.place is None:
            if self.walk.ready(self.watch.active_ms):
                self.out.hush()
        elif command is Command.DONE:
            self._turn(self.walk.skip(self.watch.active_ms, Result.DONE))
        else:
            self.refuse(command, "already under way")

    def _repeat(self) -> None:
        if self.mode is Mode.RED:
            self._tell_to_get_help()
        elif self.mode in rules.ASKING:
            self.out.hush()
            self._ask()
        else:
            meaning = self.out.last_said or cues.NothingToRepeat()
            self.out.say(replace(meaning, fade=Fade.FULL) if isinstance(meaning, Movement) else meaning)

    # --- questions

    def _ask(self) -> None:
        self.alarm_ms = self.watch.now_ms + self.talk.ask(self.out)

    def _must_ask_again(self) -> bool:
        return self.plan.check is not None and self.watch.still_ms >= CHECK_AGAIN_AFTER_MS

    def _ask_end(self) -> None:
        self.asked_in = self.mode
        self._stand_still(Mode.END_ASKING)
        self.talk.about_end()
        self._ask()

    def _answer(self, *, yes: bool | None) -> None:
        if yes is False and self.mode is not Mode.END_ASKING and not self.talk.takes_no(self.watch.now_ms):
            self.refuse(Command.NO, "the question comes first")
            return
        self.out.hush()
        verdicts: Mapping[Verdict, Callable[[], None]] = {
            Verdict.ASK: self._ask,
            Verdict.PASSED: self._passed,
            Verdict.REFUSED: self._refused_by_check,
            Verdict.GET_HELP: self._get_help,
            Verdict.LEAVE_OUT: self._leave_out,
            Verdict.END: self._end,
            Verdict.CARRY_ON: self._carry_on,
        }
        verdict = self.talk.take(yes=yes)
        if verdict is not None:
            verdicts[verdict]()

    def _get_help(self) -> None:
        self._leave_all(Result.PAIN)
        self._to(Mode.RED)
        self._tell_to_get_help()

    def _end(self) -> None:
        self._leave_all(Result.ENDED)
        self._close(cues.Goodbye(completed=False), priority=Priority.REPLY)

    def _tell_to_get_help(self) -> None:
        self.out.hush()
        self.out.say(cues.GetHelp(), priority=Priority.STOP)
        self.alarm_ms = self.watch.now_ms + RED_STAYS_MS

    def _passed(self) -> None:
        self.talk.over()
        self.out.say(cues.CheckPassed())
        self.return_to, self.mode = Mode.RUNNING, Mode.PAUSED
        self.watch.still_since_ms = self.watch.now_ms
        self.alarm_ms = self.watch.now_ms + AFTER_CHECK_MS
        if self.walk.index >= 0:
            self.alarm_ms += RESETTLE_MS
            self._replay_position(from_elsewhere=True, after_ms=AFTER_CHECK_MS)

    def _refused_by_check(self) -> None:
        self._leave_all(Result.ENDED)
        if self.plan.check:
            self.out.put(check_refused(self.plan.check, at_ms=self.watch.now_ms))
        self._close(cues.CheckEnds(), priority=Priority.SAFETY)

    def _leave_out(self) -> None:
        self.talk.over()
        if self.asked_in is Mode.CLOSING:
            self._close(cues.PainAgain(), priority=Priority.SAFETY)
            return
        if (item := self.walk.exercise) is not None:
            self.walk.ban(item.exercise.id)
            self.take(self.walk.skip(self.watch.active_ms, Result.PAIN))
        self._to(Mode.STOPPED)
        self.out.say(cues.PainLeftOut(), priority=Priority.SAFETY)

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

    # --- moving between modes

    def _to(self, mode: Mode) -> None:
        self.mode, self.alarm_ms = mode, None
        self.out.phase(mode.value)

    def _stand_still(self, mode: Mode) -> None:
        if self.mode is Mode.RUNNING:
            self.watch.stand_still()
            self.walk.rewind_points(self.watch.active_ms)
            self.return_to = Mode.RUNNING
        elif self.mode is Mode.CHECKING:
            self.watch.still_since_ms = self.watch.now_ms
        self.out.hush()
        self._to(mode)

    def _start_walking(self) -> None:
        self.watch.run()
        self.mode, self.alarm_ms = Mode.RUNNING, None
        self.talk.over()

    def _run(self) -> None:
        self._start_walking()
        if self.walk.index < 0:
            self.take(self.walk.begin())
        elif not self.walk.over:
            self.take([self.walk.began_again(self.watch.active_ms)])
        else:
            self.complete()

    def _turn(self, emissions: list[Emission], reply: Meaning | None = None) -> None:
        """Let a splice of the walk take effect now; the reply comes before what the walk says."""
        self.out.hush()
        if reply is not None:
            self.out.say(reply, priority=Priority.SAFETY)
        if self.mode is not Mode.RUNNING:
            self._start_walking()
        self.take(emissions)

    def _leave_all(self, result: Result) -> None:
        if self.walk.index >= 0:
            self.take(self.walk.end(self.watch.active_ms, result))

    def _close(self, meaning: Meaning, *, priority: Priority) -> None:
        self.talk.over()
        self._to(Mode.CLOSING)
        lasts_ms = self.out.farewell(meaning, self.walk.lying_in, priority=priority)
        self.alarm_ms = self.watch.now_ms + lasts_ms

    def _replay_position(self, *, from_elsewhere: bool = False, after_ms: Ms = 0) -> None:
        item = self.walk.exercise
        if item is None or self.walk.beat.kind in {"setup", "exit"}:
            self.out.going_on(None, after_ms=after_ms)
            return
        level = item.at(self.walk.level)
        reminder: Meaning = TakePosition(position=level.position)
        if level.setup_cues and not from_elsewhere:
            # She is in the position already: "knees bent" helps her, "sit down and roll over" doesn't.
            reminder = SetUp(exercise=item.exercise.id, key=level.setup_cues[0])
        self.out.going_on(reminder, after_ms=after_ms)

    def refuse(self, command: Command, reason: str) -> None:
        """Change nothing, and say so kindly."""
        self.out.refuse(command.value, reason)
        if self.mode not in {Mode.ENDED, Mode.CLOSING, Mode.RED}:
            self.out.say(cues.NotNow(command=command), window_ms=800)
