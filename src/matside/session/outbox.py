"""Where a session collects what it gives out, and remembers what was said, for "say it again"."""

from dataclasses import replace
from typing import assert_never

from matside.content.exercise import Position
from matside.session.beat import Point
from matside.session.cue import (
    Cue,
    GoingOn,
    LeavePosition,
    Meaning,
    Priority,
    Silence,
    Tone,
)
from matside.session.outcome import Effect, LevelChanged, Outcome, PhaseBegan, Refused
from matside.session.walk import Emission
from matside.units import Ms

REMEMBERED = 12
CLOSING_MS: Ms = 7_000
REPLY_AFTER_MS: Ms = 350
"""Room for the tone that says "I heard you" before the answer itself."""
_PASSING = frozenset({Priority.HINT, Priority.TONE, Priority.COUNT, Priority.ENCOURAGEMENT})


class Outbox:
    """Effects in the order in which they arose."""

    def __init__(self) -> None:
        self.now_ms: Ms = 0
        self._effects: list[Effect] = []
        self._said: list[Cue] = []

    def drain(self) -> list[Effect]:
        """Give what was collected, and forget it."""
        effects, self._effects = self._effects, []
        return effects

    def say(
        self,
        meaning: Meaning,
        *,
        after_ms: Ms = REPLY_AFTER_MS,
        window_ms: Ms = 2_500,
        priority: Priority = Priority.REPLY,
    ) -> None:
        """Put a cue that begins so long after now, or at most a window later."""
        at_ms = self.now_ms + after_ms
        latest_ms = at_ms + window_ms
        self.put(Cue(meaning=meaning, at_ms=at_ms, latest_ms=latest_ms, end_by_ms=None, priority=priority))

    def put(self, effect: Effect) -> None:
        """Put any effect; cues worth repeating are remembered."""
        self._effects.append(effect)
        if (
            isinstance(effect, Cue)
            and effect.priority not in _PASSING
            and not isinstance(effect.meaning, Tone)
        ):
            self._said = [*self._said[-REMEMBERED:], effect]

    def hush(self) -> None:
        """Put a silence: nothing that was to be said later will be."""
        self.put(Silence(at_ms=self.now_ms))
        self._said = [cue for cue in self._said if cue.at_ms <= self.now_ms]

    def phase(self, name: str) -> None:
        """Put the beginning of a phase that lasts until somebody speaks."""
        self.put(PhaseBegan(at_ms=self.now_ms, phase=name, length_ms=None))

    def going_on(self, reminder: Meaning | None, *, after_ms: Ms = 0) -> None:
        """Put that the session goes on, and a reminder of the position that it goes on in."""
        self.say(GoingOn(), after_ms=after_ms + REPLY_AFTER_MS, window_ms=1_500)
        if reminder is not None:
            self.say(reminder, after_ms=after_ms + 900, window_ms=3_500)

    def farewell(self, meaning: Meaning, body: Position | None, *, priority: Priority) -> Ms:
        """Put the last words, and the staged way up where the body lies.

        Returns:
            How long they take.
        """
        self.say(meaning, priority=priority)
        if body is None:
            return CLOSING_MS
        self.say(LeavePosition(position=body), after_ms=CLOSING_MS - 1_000, window_ms=6_000)
        return 2 * CLOSING_MS

    def take(self, emissions: list[Emission], *, waited_ms: Ms) -> None:
        """Put what a walk gave, moved from active time to session time."""
        for emission in emissions:
            match emission:
                case Point():
                    point = emission.shifted(waited_ms)
                    self.put(
                        Cue(
                            meaning=point.meaning,
                            at_ms=point.at_ms,
                            latest_ms=point.latest_ms,
                            end_by_ms=point.end_by_ms,
                            priority=point.priority,
                        )
                    )
                case PhaseBegan() | LevelChanged() | Outcome():
                    self.put(replace(emission, at_ms=emission.at_ms + waited_ms))
                case _:
                    assert_never(emission)

    def refuse(self, command: str, reason: str) -> None:
        """Put a refusal for the log."""
        self.put(Refused(at_ms=self.now_ms, command=command, reason=reason))

    @property
    def last_said(self) -> Meaning | None:
        """The last thing said by now that is worth saying again."""
        past = [cue.meaning for cue in self._said if cue.at_ms <= self.now_ms]
        return past[-1] if past else None
