"""The session: commands and time go in, cues and outcomes come out. It waits for nobody.

Theory of operation. `advance(now)` moves to a point of session time and gives everything that came up on the
way; `apply(command, now)` does that first and then obeys. Advancing in many small steps or in one large one
gives the same effects. `ask_again(now)` adds a tone and changes nothing. Time is whole milliseconds, given by
the caller and never read from a clock; it may not go back. This class drives time; which command does what in
which state is the table in `transitions.py`, and doing it is `states.py`. A command without a row gives
`Refused` and changes nothing.
"""

from dataclasses import replace

from matside.session import transitions as rules
from matside.session.comfort import Comfort
from matside.session.command import Command, Situation
from matside.session.cue import Priority, Tone, ToneKind
from matside.session.outcome import Effect
from matside.session.plan import Plan
from matside.session.states import States
from matside.session.transitions import Act, Mode
from matside.session.view import SessionView, view_of
from matside.units import Db, Ms

HEARD_WITHIN_MS: Ms = 400
"""How late the "I heard you" tone may come; more than any mouth's lead, less than makes one say it again."""

_OVER = frozenset({Mode.RED, Mode.CLOSING, Mode.ENDED})
"""Modes in which a call for help is answered already, or nobody listens any more."""

_WITHOUT_TONE = frozenset({Act.STOP, Act.ASK_PAIN, Act.ASK_DIZZY, Act.GET_HELP})


class Session:
    """One session, from the first question to the last outcome."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._states = States(plan)
        self._begun = False

    @property
    def mode(self) -> Mode:
        """Which state the session is in."""
        return self._states.mode

    @property
    def finished(self) -> bool:
        """Whether it is over for good."""
        return self._states.mode is Mode.ENDED

    @property
    def completed(self) -> bool:
        """Whether it came to its own end."""
        return self._states.completed

    @property
    def advised(self) -> bool:
        """Whether the last that she was told is what to do instead of exercising."""
        return self._states.advice is not None and (self.finished or self.mode in rules.ADVISING)

    @property
    def comfort(self) -> Comfort:
        """The volume that the person chose, and whether she wants to be left alone."""
        return self._states.comfort

    @property
    def situation(self) -> Situation:
        """What is going on, as far as it decides which phrases make sense."""
        return self._states.situation

    @property
    def asked_ms(self) -> Ms | None:
        """When the question that waits for an answer begins; None where none waits."""
        return self._states.talk.asked_ms if self.mode in rules.ASKING else None

    @property
    def passing(self) -> Command:
        """The answer that leads past the question of safety that waits."""
        return Command.YES if self._states.talk.passes else Command.NO

    @property
    def volume_db(self) -> Db:
        """How loud to speak, relative to normal: as she chose, but no quieter than normal about safety."""
        chosen_db = self.comfort.volume_db
        return max(0.0, chosen_db) if self.mode in rules.AUDIBLE else chosen_db

    @property
    def deadline_ms(self) -> Ms | None:
        """When something will happen by itself; None when it waits for a command, or is over."""
        states = self._states
        if not self._begun:
            return states.watch.now_ms
        if states.mode is Mode.RUNNING:
            walk_ms = states.walk.deadline_ms
            return None if walk_ms is None else states.watch.session_ms(walk_ms)
        return states.alarm_ms

    @property
    def active_ms(self) -> Ms:
        """Time that the plan moved forward; with `waited_ms` it makes up the time that passed."""
        return self._states.watch.active_ms

    @property
    def waited_ms(self) -> Ms:
        """Time that the plan stood still."""
        return self._states.watch.waited_ms

    def view(self) -> SessionView:
        """Give what a screen may show at this moment."""
        states, comfort = self._states, self.comfort
        seen = view_of(states.walk, mode=states.mode, situation=states.situation, active_ms=self.active_ms)
        asked = states.talk.due if states.mode is Mode.CHECKING else None
        advice = states.advice if states.mode in rules.ADVISING else None
        return replace(seen, asleep=comfort.asleep, volume_db=self.volume_db, question=asked, advice=advice)

    def advance(self, now_ms: Ms) -> list[Effect]:
        """Move to this point of session time.

        Returns:
            What came up on the way, in order.

        Raises:
            ValueError: Time went back.
        """
        before_ms = self._states.watch.now_ms
        if now_ms < before_ms:
            raise ValueError(f"session time went back from {before_ms} to {now_ms} ms")
        self._move(now_ms)
        return self._states.out.drain()

    def apply(self, command: Command, now_ms: Ms) -> list[Effect]:
        """Move to this point of session time, then obey.

        Raises:
            ValueError: Time went back.
        """
        effects, states = self.advance(now_ms), self._states
        act = rules.TABLE[states.mode].get(command)
        if act is None:
            states.refuse(command, f"makes no sense while {states.mode.value}")
        elif act in rules.WALKING and states.return_to is Mode.CHECKING:
            # Nothing may lead past the questions.
            states.refuse(command, "the questions come first")
        else:
            states.obey(act, command)
            if act not in _WITHOUT_TONE:
                tone = Tone(kind=ToneKind.HEARD)
                states.out.say(tone, after_ms=0, window_ms=HEARD_WITHIN_MS, priority=Priority.TONE)
        self._move(now_ms)
        return effects + states.out.drain()

    def ask_again(self, now_ms: Ms, *, for_help: bool = False) -> list[Effect]:
        """Move to this point of session time, and let a tone say that a word must be said again.

        The tone gives way to all else that sounds. It changes nothing, so a replay needn't know of it.

        Args:
            now_ms: The point.
            for_help: Whether the word was a call for help, which is asked for in her sleep as well.

        Raises:
            ValueError: Time went back.
        """
        effects, states = self.advance(now_ms), self._states
        is_quiet = self.comfort.asleep or states.mode in rules.UNDISTURBED
        if not is_quiet or (for_help and states.mode not in _OVER):
            tone = Tone(kind=ToneKind.UNSURE)
            states.out.say(tone, after_ms=0, window_ms=HEARD_WITHIN_MS, priority=Priority.HINT)
        return effects + states.out.drain()

    def _move(self, now_ms: Ms) -> None:
        states = self._states
        if not self._begun:
            self._begun = True
            states.begin()
        self._ring_until(now_ms)
        if states.mode is Mode.RUNNING:
            states.take(states.walk.advance(states.watch.at_active(now_ms)))
            if states.walk.over:
                states.complete()
                self._ring_until(now_ms)
        states.set_now(now_ms)

    def _ring_until(self, now_ms: Ms) -> None:
        states = self._states
        while states.alarm_ms is not None and states.alarm_ms <= now_ms:
            states.set_now(states.alarm_ms)
            states.alarm_ms = None
            states.ring()
