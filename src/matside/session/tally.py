"""What counts towards an item's outcome while it is on."""

from dataclasses import dataclass

from matside.session.outcome import Outcome, Result
from matside.session.plan import PlanExercise
from matside.units import Ms


@dataclass(slots=True, kw_only=True)
class Tally:
    """The running count of one item.

    Attributes:
        ends_as: How the item ends when its beats run out.
    """

    level_planned: int = 0
    reps_done: int = 0
    reps_planned: int = 0
    eased: bool = False
    wants_harder: bool = False
    ends_as: Result = Result.DONE

    def outcome(self, item: PlanExercise, index: int, *, level: int, result: Result, at_ms: Ms) -> Outcome:
        """Close the count."""
        unbegun = result is not Result.DONE and self.reps_done == 0
        left_out = result in {Result.TOO_HARD, Result.PAIN} or unbegun
        return Outcome(
            at_ms=at_ms,
            item=index,
            exercise=item.exercise.id,
            result=result,
            level_planned=self.level_planned,
            level_done=-1 if left_out else level,
            reps_done=self.reps_done,
            reps_planned=self.reps_planned,
            wants_harder=self.wants_harder,
        )
