r"""The session's states and what each command does in each: tables first, to be read and drawn.

Two rules. (1) Everything that a person can say is a row here; what isn't here is refused kindly and changes
nothing. (2) "Stop", pain, dizziness and red words are in every row but the last, so they always work, among
the last words too. A red word asks nothing: it leads to the red text from everywhere.

Theory of operation. A session is in exactly one `Mode`. Only `RUNNING` moves active time; all others stand
still and are counted as waiting, so that a pause of d milliseconds shifts everything later by exactly d. The
questions (`CHECKING`, `PAIN_ASKING`, `DIZZY_ASKING`, `END_ASKING`) fail to the safe side when nobody answers:
an unclear check ends the session, unanswered pain or dizziness gives the red text, as do both together, and
an unanswered "end the session?" goes back to where it was asked, be that running or paused, because that
question is the one that a television may have caused.

```
CHECKING --all "no"--> RUNNING --pause--> PAUSED --resume--> RUNNING --last item--> ENDED
    |                   |   \--stop---> STOPPED --resume, next, easier--> RUNNING
    | yes, unclear      |   \--pain---> PAIN_ASKING --no--> STOPPED (at the next exercise)
    v                   |                 \--yes, unclear--> RED --> ENDED
 ADVISED, RED           |   \--dizzy--> DIZZY_ASKING --yes, better--> STOPPED; --no, unclear--> RED
                        |   \--red word--> RED
 CLOSING <--yes-- END_ASKING <--end-- (anywhere)
```
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from matside.session.command import Command, Situation


class Mode(StrEnum):
    """Which state the session is in."""

    CHECKING = "checking"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    PAIN_ASKING = "pain-asking"
    DIZZY_ASKING = "dizzy-asking"
    END_ASKING = "end-asking"
    RED = "red"
    ADVISED = "advised"
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
    ASK_DIZZY = "lie down first, then ask"
    GET_HELP = "send for help"
    NOTE_QUESTION = "answer it after the session"
    LEAVE = "end now"
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
    SLEEP = "listen for stop, pain, red words and wake up only"
    WAKE = "listen to everything"


Row: TypeAlias = dict[Command, Act]

_ALWAYS: Row = {
    Command.STOP: Act.STOP,
    Command.PAIN: Act.ASK_PAIN,
    Command.DIZZY: Act.ASK_DIZZY,
    Command.RED: Act.GET_HELP,
}
_VOICE: Row = {
    Command.LOUDER: Act.LOUDER,
    Command.QUIETER: Act.QUIETER,
    Command.REPEAT: Act.REPEAT,
    Command.HELP: Act.TELL_HELP,
    Command.SLEEP: Act.SLEEP,
    Command.WAKE: Act.WAKE,
}
# What is said about safety isn't made quieter than normal, nor slept through.
_AUDIBLE: Row = {
    command: act for command, act in _VOICE.items() if command not in {Command.QUIETER, Command.SLEEP}
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
    Command.WHY_SIT_UPS: Act.NOTE_QUESTION,
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
        # Pain and dizziness together wait for no answer.
        Mode.PAIN_ASKING: _ALWAYS
        | _AUDIBLE
        | _ANSWER
        | {Command.PAIN: Act.REPEAT, Command.DIZZY: Act.GET_HELP},
        Mode.DIZZY_ASKING: _ALWAYS
        | _AUDIBLE
        | _ANSWER
        | {Command.PAIN: Act.GET_HELP, Command.DIZZY: Act.REPEAT},
        Mode.END_ASKING: _ALWAYS | _VOICE | _ANSWER | {Command.RESUME: Act.RESUME, Command.END: Act.YES},
        Mode.RED: _AUDIBLE
        | {
            Command.STOP: Act.STOP,
            Command.PAIN: Act.REPEAT,
            Command.DIZZY: Act.REPEAT,
            Command.RED: Act.REPEAT,
        },
        Mode.ADVISED: _ALWAYS | _AUDIBLE | {Command.END: Act.LEAVE},
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
        Mode.DIZZY_ASKING: Situation.DIZZY_ASK,
        Mode.RED: Situation.RED,
        Mode.ADVISED: Situation.RED,
        Mode.CLOSING: Situation.ENDED,
        Mode.ENDED: Situation.ENDED,
    }
)

ASKING = frozenset({Mode.CHECKING, Mode.PAIN_ASKING, Mode.DIZZY_ASKING, Mode.END_ASKING})
"""Modes in which a question waits for an answer."""

ADVISING = frozenset({Mode.RED, Mode.ADVISED})
"""Modes in which she is told what to do instead; the text stays, and can be repeated."""

AUDIBLE = ADVISING | {Mode.PAIN_ASKING, Mode.DIZZY_ASKING}
"""Modes in which the coach speaks at normal volume at least, whatever was chosen."""

LAST = frozenset({Mode.CLOSING, Mode.ADVISED})
"""Modes from which nothing leads back to the exercises."""

UNDISTURBED = ADVISING | {Mode.CLOSING, Mode.ENDED}
"""Modes in which a command that makes no sense isn't worth a word."""

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
        Situation.DIZZY_ASK: (Command.YES, Command.NO),
        Situation.RED: (Command.REPEAT,),
        Situation.ASLEEP: (Command.WAKE,),
        Situation.ENDED: (),
    }
)
"""What "help" names, most useful first; few enough to be remembered."""
