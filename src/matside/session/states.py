"""The states of a session and what every act does in them.

Theory of operation. Everything that a person can say is an act (`transitions.py`), and every act is one
method: those that move the walk here, those that ask or follow from an answer in `asking.py`, on the ground
that all stand on (`ground.py`).
"""

from collections.abc import Callable, Mapping

from matside.session import cue as cues
from matside.session import transitions as rules
from matside.session.asking import RESETTLE_MS, Asking
from matside.session.command import Command
from matside.session.cue import Priority
from matside.session.outcome import LevelChanged, Result
from matside.session.transitions import Act, Mode
from matside.session.walk import WORK_KINDS
from matside.units import Ms

RESETTLE_AFTER_MS: Ms = 60_000
SILENCE_MS: Ms = 2_000
"""After a stop nothing is said for so long: she may be busy coming down."""


class States(Asking):
    """Every state, and the way from each act to its method."""

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
            Act.ASK_DIZZY: self._dizzy,
            Act.GET_HELP: self._get_help,
            Act.NOTE_QUESTION: self._note_question,
            Act.LEAVE: self._leave,
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
            case Mode.PAIN_ASKING | Mode.DIZZY_ASKING | Mode.RED | Mode.ADVISED:
                self.out.hush()
            case Mode.CLOSING:
                self._leave()
            case Mode.STOPPED:
                self._ask_end()
            case _:
                self._stand_still(Mode.STOPPED)
                self.out.say(cues.Stopped(), after_ms=SILENCE_MS, priority=Priority.STOP)
                self.out.say(cues.StopChoices(), after_ms=7_000)

    def _leave(self) -> None:
        self.out.hush()
        self.mode, self.alarm_ms = Mode.ENDED, None

    def _note_question(self) -> None:
        self.wants_reason = True
        self.out.say(cues.QuestionNoted(), window_ms=4_000)

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
