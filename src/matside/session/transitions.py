r"""The session's states and what each command does in each: tables first, to be read and drawn.

Two rules. (1) Everything that a person can say is a row here; what isn't here is refused kindly and changes
nothing. (2) "Stop" and pain are in every row but the last, so they always work, among the last words too.

Theory of operation. A session is in exactly one `Mode`. Only `RUNNING` moves active time; all others stand
still and are counted as waiting, so that a pause of d milliseconds shifts everything later by exactly d. The
questions (`CHECKING`, `PAIN_ASKING`, `END_ASKING`) fail to the safe side when nobody answers: an unclear
check ends the session, unanswered pain gives the red text, an unanswered "end the session?" goes back to
where it was asked, be that running or paused, because that question is the one that a television may have
caused.

```
CHECKING --all "no"--> RUNNING --pause--> PAUSED --resume--> RUNNING --last item--> ENDED
    |                   |   \--stop---> STOPPED --resume, next, easier--> RUNNING
    | yes, unclear      |   \--pain---> PAIN_ASKING --no--> STOPPED (at the next exercise)
    v                   |                 \--yes, unclear--> RED --> ENDED
 CLOSING <--yes-- END_ASKING <--end-- (anywhere)
```
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from matside.session.command import Command, Situation


class Mode(StrEnum):
    """Which state the session is in."""

    CHECKING = "checking"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    PAIN_ASKING = "pain-asking"
    END_ASKING = "end-asking"
    RED = "red"
    CLOSING = "closing"
    ENDED = "ended"


class Act(StrEnum):
    """What a command does; each is one method of the session."""

    SKIP = "skip to the next exercise"
    BACK = "go back"
    REPEAT = "say it again"
    PAUSE = "stand still"
    RESUME = "go on"
    EASE = "one level down, now"
    NOTE_HARDER = "note it for another day"
    STOP = "stop the movement"
    ASK_END = "ask whether to end"
    ASK_PAIN = "stop and ask about the pain"
    TELL_TIME = "say how long is left"
    LOUDER = "louder"
    QUIETER = "quieter"
    SLOWER = "slower movements"
    FASTER = "faster movements"
    TELL_HELP = "say what can be said"
    YES = "answer yes"
    NO = "answer no"
    READY = "start the exercise now"
    FINISH = "count the exercise as done"
    SLEEP = "listen for stop, pain and wake up only"
    WAKE = "listen to everything"


_ALWAYS = {Command.STOP: Act.STOP, Command.PAIN: Act.ASK_PAIN}
_VOICE = {
    Command.LOUDER: Act.LOUDER,
    Command.QUIETER: Act.QUIETER,
    Command.REPEAT: Act.REPEAT,
    Command.HELP: Act.TELL_HELP,
    Command.SLEEP: Act.SLEEP,
    Command.WAKE: Act.WAKE,
}
_ANSWER = {Command.YES: Act.YES, Command.NO: Act.NO}
_MOVING = {
    Command.NEXT: Act.SKIP,
    Command.BACK: Act.BACK,
    Command.EASIER: Act.EASE,
    Command.HARDER: Act.NOTE_HARDER,
    Command.SLOWER: Act.SLOWER,
    Command.FASTER: Act.FASTER,
    Command.TIME: Act.TELL_TIME,
}

TABLE: Mapping[Mode, Mapping[Command, Act]] = MappingProxyType(
    {
        Mode.CHECKING: _ALWAYS | _VOICE | _ANSWER | {Command.PAUSE: Act.PAUSE, Command.END: Act.ASK_END},
        Mode.RUNNING: _ALWAYS
        | _VOICE
        | _MOVING
        | {
            Command.PAUSE: Act.PAUSE,
            Command.END: Act.ASK_END,
            Command.READY: Act.READY,
            Command.DONE: Act.FINISH,
        },
        Mode.PAUSED: _ALWAYS
        | _VOICE
        | _MOVING
        | {
            Command.PAUSE: Act.PAUSE,
            Command.RESUME: Act.RESUME,
            Command.READY: Act.RESUME,
            Command.END: Act.ASK_END,
        },
        Mode.STOPPED: _ALWAYS
        | _VOICE
        | _MOVING
        | {
            Command.PAUSE: Act.PAUSE,
            Command.RESUME: Act.RESUME,
            Command.READY: Act.RESUME,
            Command.END: Act.ASK_END,
        },
        # Pain told of again while its question waits is the same pain: the question is asked again.
        Mode.PAIN_ASKING: _ALWAYS | _VOICE | _ANSWER | {Command.PAIN: Act.REPEAT},
        Mode.END_ASKING: _ALWAYS | _VOICE | _ANSWER | {Command.RESUME: Act.RESUME, Command.END: Act.YES},
        Mode.RED: _VOICE | {Command.STOP: Act.STOP, Command.PAIN: Act.REPEAT},
        Mode.CLOSING: _ALWAYS,
        Mode.ENDED: {},
    }
)
"""Which act a command leads to in each mode; a missing pair is refused and changes nothing."""

BEAT_SITUATION: Mapping[str, Situation] = MappingProxyType(
    {
        "talk": Situation.TALK,
        "setup": Situation.SETUP,
        "adjust": Situation.SETUP,
        "exit": Situation.TALK,
        "move": Situation.MOVE,
        "return": Situation.MOVE,
        "hold": Situation.HOLD,
        "rest": Situation.REST,
        "switch": Situation.REST,
        "set-rest": Situation.REST,
    }
)

MODE_SITUATION: Mapping[Mode, Situation] = MappingProxyType(
    {
        Mode.CHECKING: Situation.CHECK,
        Mode.PAUSED: Situation.PAUSED,
        Mode.STOPPED: Situation.STOPPED,
        Mode.PAIN_ASKING: Situation.PAIN_ASK,
        Mode.END_ASKING: Situation.END_ASK,
        Mode.RED: Situation.RED,
        Mode.CLOSING: Situation.ENDED,
        Mode.ENDED: Situation.ENDED,
    }
)

ASKING = frozenset({Mode.CHECKING, Mode.PAIN_ASKING, Mode.END_ASKING})
"""Modes in which a question waits for an answer."""

STANDING = frozenset({Mode.PAUSED, Mode.STOPPED})
"""Modes in which the session waits for her to go on."""

MOVING_ON = frozenset({Act.SKIP, Act.BACK, Act.EASE})
"""Acts that set the session going again where it stands."""

WALKING = frozenset(
    {Act.SKIP, Act.BACK, Act.EASE, Act.NOTE_HARDER, Act.SLOWER, Act.FASTER, Act.READY, Act.FINISH}
)
"""Acts on the exercise that is on; there is none before the questions are answered."""

HELP: Mapping[Situation, tuple[Command, ...]] = MappingProxyType(
    {
        Situation.CHECK: (Command.YES, Command.NO, Command.REPEAT),
        Situation.TALK: (Command.NEXT, Command.PAUSE, Command.STOP, Command.END),
        Situation.SETUP: (Command.READY, Command.EASIER, Command.NEXT, Command.PAUSE),
        Situation.MOVE: (Command.EASIER, Command.PAUSE, Command.NEXT, Command.PAIN),
        Situation.HOLD: (Command.EASIER, Command.PAUSE, Command.NEXT, Command.PAIN),
        Situation.REST: (Command.EASIER, Command.PAUSE, Command.NEXT, Command.TIME),
        Situation.PAUSED: (Command.RESUME, Command.NEXT, Command.END),
        Situation.STOPPED: (Command.RESUME, Command.EASIER, Command.NEXT, Command.PAIN, Command.END),
        Situation.PAIN_ASK: (Command.YES, Command.NO),
        Situation.END_ASK: (Command.YES, Command.NO),
        Situation.RED: (Command.REPEAT,),
        Situation.ASLEEP: (Command.WAKE,),
        Situation.ENDED: (),
    }
)
"""What "help" names, most useful first; few enough to be remembered."""
