"""What all states of a session share, and how one leads to another.

The states share five things: the walk through the plan, the stopwatch that tells active from waiting time,
the conversation of questions, the alarm that ends a wait, and the outbox for what comes of it all. Only the
running state moves the walk; entering any other freezes the stopwatch and takes back the cues that hadn't
sounded yet.
"""

from matside.session import cue as cues
from matside.session import transitions as rules
from matside.session.comfort import Comfort
from matside.session.command import Command, Situation
from matside.session.cue import CheckEnds, GetHelp, Meaning, Priority, SetUp, TakePosition
from matside.session.dialogue import Conversation
from matside.session.outbox import REPLY_AFTER_MS, Outbox
from matside.session.outcome import Result
from matside.session.plan import Plan
from matside.session.stopwatch import Stopwatch
from matside.session.transitions import Mode
from matside.session.walk import Emission, Walk
from matside.units import Ms

ANSWER_MS: Ms = 14_000
"""Room for an answer after the session; the longest takes eleven seconds."""


class Ground:
    """The state that a session is in, and everything that it shares with the others.

    Attributes:
        mode: Which state it is.
        return_to: Where to go on after an interruption: the plan, or the questions before it.
        asked_in: Where a question came up, and where a "no" may lead back to.
        alarm_ms: Session time at which the present wait ends by itself; None where it doesn't.
        completed: The plan came to its own end.
        advice: What she was told to do instead of exercising; it can be repeated and stays on the screen.
        wants_reason: She asked why there are no sit-ups; that is answered after the session.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        asks = (plan.check is not None and not plan.passed) or plan.changed is not None
        self.mode = Mode.CHECKING if asks else Mode.RUNNING
        self.return_to = self.asked_in = self.mode
        self.alarm_ms: Ms | None = None
        self.completed = False
        self.advice: GetHelp | CheckEnds | None = None
        self.wants_reason = False
        self.comfort = Comfort()
        self.walk = Walk(plan)
        self.watch = Stopwatch()
        self.talk = Conversation(plan)
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
        elif self.wants_reason:
            self._close(None, priority=Priority.REPLY)
        else:
            self.mode = Mode.ENDED

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

    def _close(self, meaning: Meaning | None, *, priority: Priority) -> None:
        """Say the last words, and after a good end what was asked on the way."""
        self.talk.over()
        self._to(Mode.CLOSING)
        lasts_ms = self.out.farewell(meaning, self.walk.lying_in, priority=priority) if meaning else 0
        if self.wants_reason and priority is Priority.REPLY:
            self.out.say(cues.WhyNoSitUps(), after_ms=lasts_ms + REPLY_AFTER_MS, window_ms=6_000)
            lasts_ms += ANSWER_MS
        self.wants_reason = False
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
        if self.mode not in rules.UNDISTURBED:
            self.out.say(cues.NotNow(command=command), window_ms=800)
