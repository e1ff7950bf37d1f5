"""What a person can ask for beside the exercise: volume, pace, time left, help, being left alone."""

from dataclasses import dataclass

from matside.session import cue as cues
from matside.session.command import Situation
from matside.session.cue import Meaning
from matside.session.transitions import HELP, Act
from matside.session.walk import Walk
from matside.units import Db, Ms

VOLUME_STEP_DB: Db = 4.0
VOLUME_MIN_DB: Db = -16.0
VOLUME_MAX_DB: Db = 8.0


@dataclass(slots=True, kw_only=True)
class Comfort:
    """How the person wants to be spoken to.

    Attributes:
        volume_db: Relative to normal.
        asleep: Only "wake up", "stop", pain and red words are to be listened for.
    """

    volume_db: Db = 0.0
    asleep: bool = False

    def answer(self, act: Act, walk: Walk, *, active_ms: Ms, situation: Situation) -> Meaning:
        """Do what was asked for, and give the answer."""
        match act:
            case Act.NOTE_HARDER:
                walk.want_harder()
                return cues.HarderNoted()
            case Act.TELL_TIME:
                return cues.TimeLeft(left_ms=walk.remaining_ms(active_ms))
            case Act.LOUDER | Act.QUIETER:
                return cues.VolumeChanged(step=self._change_volume(1 if act is Act.LOUDER else -1))
            case Act.FASTER | Act.SLOWER:
                return cues.PaceChanged(step=walk.repace(1 if act is Act.FASTER else -1))
            case Act.TELL_HELP:
                return cues.Help(commands=HELP[situation])
            case _:
                self.asleep = act is Act.SLEEP
                return cues.Asleep() if self.asleep else cues.Awake()

    def _change_volume(self, step: int) -> int:
        # A volume from the settings may lie outside of what can be asked for.
        lowest, highest = min(VOLUME_MIN_DB, self.volume_db), max(VOLUME_MAX_DB, self.volume_db)
        wanted = min(highest, max(lowest, self.volume_db + step * VOLUME_STEP_DB))
        taken = (wanted > self.volume_db) - (wanted < self.volume_db)
        self.volume_db = wanted
        return taken
