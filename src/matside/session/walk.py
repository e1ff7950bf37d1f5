"""The way through the plan, in active time: which beat is on, what was emitted, what each turn does to it.

Theory of operation. A walk holds the beats of the current item. Time only moves forward; advancing enters
beats one after the other and emits the cue points whose time (less the lead that the mouth needs) has come.
A turn (easier, skip, back, ready, a new pace) splices the row: the beats so far stay, the current one is cut
or kept, new ones follow from that very millisecond. Points before the splice are forgotten, so nothing is
said about a movement that will not happen.

All times here are active time. The session adds the time that it stood still.
"""

from dataclasses import replace
from typing import TypeAlias

from matside.content.exercise import STAGED_POSITIONS, PhaseKind, Position
from matside.session import turns
from matside.session.beat import Beat, Place, Point
from matside.session.beats import closing_points, exit_beat, left_by, passage_beats, setup_beat, work_beats
from matside.session.outcome import LevelChanged, Outcome, PhaseBegan, Result
from matside.session.plan import Plan, PlanExercise, PlanItem
from matside.session.point_queue import PointQueue
from matside.session.tally import Tally
from matside.units import Ms

READY_LEAD_MS: Ms = 1_200
PACE_STEP, PACE_MIN, PACE_MAX = 10, 70, 130
WORK_KINDS = frozenset(kind.value for kind in PhaseKind)

Emission: TypeAlias = Point | PhaseBegan | LevelChanged | Outcome


class Walk:
    """A walk through one plan.

    Attributes:
        plan: What is walked through.
        index: The item that is on; len(plan.items) when all are over.
        level: The rung of the exercise that is on.
        body: The position that the body is in, as far as it was told.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.index = -1
        self.level = 0
        self.body: Position | None = None
        self.pace_percent = 100
        self._left_out: set[str] = set()
        self._eased_to: dict[str, int] = {}
        self._beats: list[Beat] = []
        self._cursor = 0
        self._points = PointQueue()
        self._now = 0
        self._tally = Tally()

    # --- what is on

    @property
    def over(self) -> bool:
        """Whether every item is behind us."""
        return self.index >= len(self.plan.items)

    @property
    def beat(self) -> Beat:
        """The beat that is on."""
        return self._beats[self._cursor]

    @property
    def item(self) -> PlanItem:
        """The item that is on."""
        return self.plan.items[self.index]

    @property
    def exercise(self) -> PlanExercise | None:
        """The exercise that is on; None during a passage or after the end."""
        if self.over or self.index < 0:
            return None
        item = self.item
        return item if isinstance(item, PlanExercise) else None

    @property
    def now_ms(self) -> Ms:
        """The active time that was reached; the plan's very end once it is over."""
        return self._now

    @property
    def passage_id(self) -> str | None:
        """The passage that is on; None during an exercise or after the end."""
        if self.over or self.index < 0:
            return None
        item = self.item
        return None if isinstance(item, PlanExercise) else item.passage.id

    @property
    def is_ending(self) -> bool:
        """Whether the exercise that is on was too hard at its lowest level, and is only being left."""
        return self.exercise is not None and self._tally.ends_as is not Result.DONE

    @property
    def lying_in(self) -> Position | None:
        """The position that takes a staged way up, if the body is in one."""
        return self.body if self.body in STAGED_POSITIONS else None

    @property
    def deadline_ms(self) -> Ms | None:
        """When something will happen next; None after the end."""
        if self.over:
            return None
        due_ms = self._points.due_ms
        end_ms = self.beat.end_ms
        return end_ms if due_ms is None else min(end_ms, max(self._now, due_ms))

    def remaining_ms(self, active_ms: Ms) -> Ms:
        """Give the active time that is left, as things stand."""
        if self.over:
            return 0
        if self.index < 0:
            return self.plan.total_ms
        later = sum(
            item.length_ms for item in self.plan.items[self.index + 1 :] if not self._is_left_out(item)
        )
        return self._beats[-1].end_ms - active_ms + later

    # --- moving forward

    def begin(self) -> list[Emission]:
        """Enter the first item at active time 0."""
        out: list[Emission] = []
        self._enter_item(0, start_ms=0, out=out)
        return out

    def advance(self, active_ms: Ms) -> list[Emission]:
        """Move to this active time and give everything that came up on the way, in order."""
        out: list[Emission] = []
        if self.over:
            return out
        while not self.over:
            end_ms = self.beat.end_ms
            out += self._points.emit(min(active_ms, end_ms))
            if active_ms < end_ms:
                break
            self._now = end_ms
            self._leave_beat(out)
        if not self.over:
            self._now = max(self._now, active_ms)
        return out

    def rewind_points(self, active_ms: Ms) -> None:
        """Take back what was emitted but hadn't sounded yet at this time, so that it comes again."""
        self._points.rewind(active_ms)

    # --- turns

    def ease(self, active_ms: Ms) -> list[Emission]:
        """Make the exercise easier at once: finish the way back, drop a level; at level 0 leave it out."""
        item = self.exercise
        if item is None or self.is_ending or self._is_in_closing_exit():
            return []
        if self.beat.kind in turns.EXIT_KINDS:
            return self._ease_ahead(item, active_ms)
        old, new = self.level, self.level - 1
        out: list[Emission] = [
            LevelChanged(at_ms=active_ms, exercise=item.exercise.id, old=old, new=max(new, -1))
        ]
        self._keep_eased(item, new)
        self._tally.eased = True
        tail = turns.way_back(item, item.at(self.level), self.beat, active_ms)
        clock_ms = tail[-1].end_ms if tail else active_ms
        if new < 0:
            self._tally.ends_as = Result.TOO_HARD
            self._splice(active_ms, [*tail, *self._closing_exit(item, clock_ms)])
            self._settle_cut(active_ms, out)
            return out
        place = turns.place_after(self.beat, tail)
        if place.reps_done < item.reps_at(old):
            # Something was left to do, so something is left on the easier rung too.
            place = replace(place, reps_done=min(place.reps_done, item.reps_at(new) - 1))
        before = item.at(old)
        self.level = new
        after = item.at(new)
        if self.beat.kind in turns.GAP_KINDS and place.side <= after.sides:
            tail = [turns.rest_of_gap(self.beat, active_ms)]
            clock_ms = tail[-1].end_ms
        bridge = turns.bridge_beats(item, before, after, self.beat, start_ms=clock_ms)
        bridge[-1] = replace(bridge[-1], place=None if place == Place() else place)
        self.body = after.position
        work = work_beats(
            item, after, start_ms=bridge[-1].end_ms, place=place, pace_percent=self.pace_percent
        )
        ends_ms = work[-1].end_ms if work else bridge[-1].end_ms
        row = [*bridge, *work] if work else []
        self._splice(active_ms, [*tail, *row, *self._closing_exit(item, ends_ms if row else clock_ms)])
        self._settle_cut(active_ms, out)
        return out

    def _ease_ahead(self, item: PlanExercise, active_ms: Ms) -> list[Emission]:
        """Take the exercise that she is on her way to on an easier rung, or leave it out at the lowest."""
        old, new, way = self.level, self.level - 1, self.beat
        out: list[Emission] = [
            LevelChanged(at_ms=active_ms, exercise=item.exercise.id, old=old, new=max(new, -1))
        ]
        self._keep_eased(item, new)
        if new < 0:
            return out + self.skip(active_ms, Result.TOO_HARD)
        self.body = None  # not there yet, so the way into the position is told again
        ahead = self._exercise_beats(item, way.end_ms, new)
        self._tally.eased = True
        self._splice(active_ms, [replace(way, start_ms=active_ms), *ahead])
        return [*out, self._began(self.beat)]

    def _keep_eased(self, item: PlanExercise, level: int) -> None:
        """Hold what was too hard down for the rest of the session: going back doesn't raise it again."""
        if level < 0:
            self._left_out.add(item.exercise.id)
        else:
            self._eased_to[item.exercise.id] = level

    def skip(self, active_ms: Ms, result: Result) -> list[Emission]:
        """Leave the item now and go to the next one, with time to get up where the body must."""
        out: list[Emission] = []
        self._end_item(active_ms, result, out)
        self._enter_item(self.index + 1, start_ms=active_ms, out=out, broken_off=True)
        return out

    def back(self, active_ms: Ms) -> list[Emission]:
        """Go to the start of this exercise, or of the one before it while this one is still being set up."""
        out: list[Emission] = []
        in_setup = self.index >= 0 and self.beat.kind in {"setup", "exit"} and self.beat.place is None
        target = max(0, self.index - 1) if in_setup or self.exercise is None else self.index
        self._end_item(active_ms, Result.SKIPPED, out)
        self._enter_item(target, start_ms=active_ms, out=out, broken_off=True)
        return out

    def ready(self, active_ms: Ms) -> bool:
        """Cut the set-up short; False where nothing of it is left to cut."""
        shift_ms = self.beat.end_ms - active_ms - READY_LEAD_MS
        if self.exercise is None or self.beat.kind not in turns.BRIDGE_KINDS or shift_ms <= 0:
            return False
        later = self._beats[self._cursor + 1 :]
        kept = replace(self.beat, start_ms=active_ms, end_ms=active_ms + READY_LEAD_MS, points=())
        self._splice(active_ms, [kept, *(beat.shifted(-shift_ms) for beat in later)])
        return True

    def repace(self, step: int) -> int:
        """Make movements faster (+1) or slower (-1) from the next repetition on; give the step taken."""
        pace = min(PACE_MAX, max(PACE_MIN, self.pace_percent + PACE_STEP * step))
        taken = (pace > self.pace_percent) - (pace < self.pace_percent)
        self.pace_percent = pace
        item = self.exercise
        if not taken or item is None or self.is_ending:
            return taken
        kept = turns.rest_before_work(self._beats[self._cursor :])
        if kept[-1].kind == "exit":
            return taken
        start_ms, level = kept[-1].end_ms, item.at(self.level)
        place = (
            kept[-1].place or Place()
            if kept[-1].kind in turns.BRIDGE_KINDS
            else turns.place_after(self.beat, kept)
        )
        work = work_beats(item, level, start_ms=start_ms, place=place, pace_percent=pace)
        ends_ms = work[-1].end_ms if work else start_ms
        emitted_to_ms = self._points.emitted_to_ms
        self._set_beats([*kept, *work, *self._closing_exit(item, ends_ms)], ())
        self._points.skip_to(emitted_to_ms)
        return taken

    def ban(self, exercise: str) -> None:
        """Leave every later item with this exercise out."""
        self._left_out.add(exercise)

    def began_again(self, active_ms: Ms) -> PhaseBegan:
        """Give the beat that goes on after standing still, with what is left of it."""
        return replace(self._began(self.beat), at_ms=active_ms, length_ms=self.beat.end_ms - active_ms)

    def want_harder(self) -> None:
        """Note that this was too easy, for another day."""
        self._tally.wants_harder = True

    def end(self, active_ms: Ms, result: Result) -> list[Emission]:
        """Leave everything here."""
        out: list[Emission] = []
        if not self.over:
            self._end_item(active_ms, result, out)
            self.index = len(self.plan.items)
        return out

    # --- inside

    def _leave_beat(self, out: list[Emission]) -> None:
        beat = self.beat
        if beat.closes_rep:
            self._tally.reps_done += 1
        if self._cursor + 1 < len(self._beats):
            self._cursor += 1
            out.append(self._began(self.beat))
            return
        self._end_item(beat.end_ms, self._tally.ends_as, out)
        self._enter_item(self.index + 1, start_ms=beat.end_ms, out=out)

    def _settle_cut(self, active_ms: Ms, out: list[Emission]) -> None:
        """Enter the new beat after a splice that left nothing of the current one."""
        if not self._beats:
            self._end_item(active_ms, self._tally.ends_as, out)
            self._enter_item(self.index + 1, start_ms=active_ms, out=out, broken_off=True)
        else:
            out.append(self._began(self.beat))

    def _enter_item(self, index: int, *, start_ms: Ms, out: list[Emission], broken_off: bool = False) -> None:
        leaving = self._exit_before(index, start_ms) if broken_off else []
        clock_ms = leaving[-1].end_ms if leaving else start_ms
        trailing = self._trailing_points(start_ms) if not broken_off else ()
        self.index = self._next_allowed(index)
        if self.over:
            out += trailing
            return
        item = self.item
        if isinstance(item, PlanExercise):
            level = min(item.level, self._eased_to.get(item.exercise.id, item.level))
            beats = self._exercise_beats(item, clock_ms, level)
        else:
            beats = passage_beats(item.passage, start_ms=clock_ms, equipment=self.plan.equipment)
            self.body = item.position or self.body
            self._tally = Tally()
        self._set_beats([*leaving, *beats], trailing)
        out.append(self._began(self.beat))

    def _next_allowed(self, index: int) -> int:
        items = self.plan.items
        while index < len(items):
            if not self._is_left_out(items[index]):
                break
            index += 1
        return index

    def _is_left_out(self, item: PlanItem) -> bool:
        return isinstance(item, PlanExercise) and item.exercise.id in self._left_out

    def _exercise_beats(self, item: PlanExercise, start_ms: Ms, number: int) -> list[Beat]:
        self.level, level = number, item.at(number)
        moves = self.body is not level.position
        self.body = level.position
        planned = item.reps * item.sets * level.sides
        self._tally = Tally(level_planned=item.level, reps_planned=planned)
        setup = setup_beat(item, level, start_ms=start_ms, moves=moves, introduce=True)
        work = work_beats(item, level, start_ms=setup.end_ms, place=Place(), pace_percent=self.pace_percent)
        return [setup, *work, *self._closing_exit(item, work[-1].end_ms)]

    def _closing_exit(self, item: PlanExercise, start_ms: Ms) -> list[Beat]:
        """Give the exit where the level that is on needs one and the next item lies elsewhere."""
        level = item.at(self.level)
        later = next((other.position for other in self.plan.items[self.index + 1 :] if other.position), None)
        exit_ms = item.exit_ms if self.level == item.level else level.exit_ms
        if not exit_ms or later is None or later is level.position:
            return []
        return [exit_beat(level.position, start_ms=start_ms, length_ms=exit_ms)]

    def _exit_before(self, index: int, start_ms: Ms) -> list[Beat]:
        """Give the time to leave the body's position when an item is broken off."""
        item = self.exercise if 0 <= self.index < len(self.plan.items) else None
        if item is None:
            return []
        target = next((other.position for other in self.plan.items[max(0, index) :] if other.position), None)
        if self._beats and (leaving := left_by(self.beat)) is not None:
            # She is on her way out of there and may not have come far.
            self.body, length_ms = leaving, self.beat.end_ms - start_ms
            return [] if target is leaving else [exit_beat(leaving, start_ms=start_ms, length_ms=length_ms)]
        level = item.at(self.level)
        if not level.exit_ms or target is level.position:
            return []
        return [exit_beat(level.position, start_ms=start_ms, length_ms=level.exit_ms)]

    def _is_in_closing_exit(self) -> bool:
        return self._cursor == len(self._beats) - 1 and self.beat.kind == "exit"

    def _trailing_points(self, start_ms: Ms) -> tuple[Point, ...]:
        item = self.exercise
        return closing_points(item, at_ms=start_ms, eased=self._tally.eased) if item else ()

    def _splice(self, active_ms: Ms, beats: list[Beat]) -> None:
        self._set_beats(beats, ())
        self._points.settle(active_ms)

    def _set_beats(self, beats: list[Beat], extra: tuple[Point, ...]) -> None:
        self._beats = beats
        self._cursor = 0
        self._points = PointQueue([*extra, *(point for beat in beats for point in beat.points)])

    def _end_item(self, active_ms: Ms, result: Result, out: list[Emission]) -> None:
        item = self.exercise
        if item is not None:
            if result is not Result.PAIN and (self.is_ending or self._is_in_closing_exit()):
                result = self._tally.ends_as
            closed = self._tally.outcome(item, self.index, level=self.level, result=result, at_ms=active_ms)
            out.append(closed)

    def _began(self, beat: Beat) -> PhaseBegan:
        return turns.phase_of(beat, self.exercise, index=self.index, number=self.level)
