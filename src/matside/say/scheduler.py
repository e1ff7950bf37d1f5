"""Which line sounds when. One voice, one clock, nothing late.

Theory of operation
-------------------
A line comes with a window: it may begin from `at_ms` until `latest_ms`, and must have ended by
`end_by_ms`. The clock leads and speech follows, so a line never waits outside its window.

The scheduler keeps two lists. *Waiting* lines were offered and may still move or be dropped. *Ordered*
lines were handed to the mouth and stand firm: they only end early when something more urgent cuts them.

All decisions come from one plan, drawn up afresh whenever it is needed: the waiting lines are taken by
priority, the earlier offered first among equals, and each gets the earliest onset in its window that
overlaps neither an ordered line nor a line already placed. So an urgent line has its place kept free
even before its time, and a lesser one goes before it, after it, or nowhere. Between lines the plan leaves
120 ms if the windows allow, else 60, else none. A line that finds no place cuts: if only ordered lines
of lower priority stand in its way, they are hushed. A line of priority STOP doesn't even look for
another place first.

A line is ordered `lead_ms` before its onset and not earlier. That makes the result independent of how
often `advance` is called: a placed line keeps its onset until then unless a new offer changes the plan,
because time alone only takes onsets away that lie behind it; and a line without a place isn't dropped
before its window closes, because a new offer may set it free. `offer` and `silence` first catch up with
everything that was due before them, for the same reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from matside.say.line import Hush, Line, MouthOrder, Say
from matside.session.cue import Priority
from matside.units import Ms

GAPS_MS: tuple[Ms, ...] = (120, 60, 0)
"""Silence between two lines, in order of preference; 120 ms is about a short pause between sentences."""

_REMEMBERED_MS: Ms = 1_000
"""How long an ended line is kept, so that the next one leaves a gap and a late question is answered."""

_Span = tuple[Ms, Ms]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """A line that wasn't said to its end.

    Attributes:
        at_ms: When it was given up.
        played_ms: How much of it had sounded by then; 0 when it never began.
    """

    line: Line
    at_ms: Ms
    played_ms: Ms


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    line: Line
    rank: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    offer: _Offer
    at_ms: Ms


class Scheduler:
    """Turn lines with windows into orders for one mouth."""

    def __init__(self, lead_ms: Ms) -> None:
        self._lead_ms = lead_ms
        self._now: Ms = 0
        self._offers = 0
        self._waiting: list[_Offer] = []
        self._ordered: list[Say] = []
        self._orders: list[MouthOrder] = []
        self._unreported: list[Say] = []
        self._unsaid: list[Unsaid] = []

    def offer(self, line: Line, now: Ms) -> None:
        """Take a line. Orders that follow from it come with the next `advance`."""
        self._meet(now)
        self._offers += 1
        self._waiting.append(_Offer(line=line, rank=(-line.priority, self._offers)))

    def silence(self, now: Ms) -> None:
        """Drop everything that waits and cut everything that was ordered."""
        self._meet(now)
        now = self._now
        self._unsaid += [Unsaid(line=offer.line, at_ms=now, played_ms=0) for offer in self._waiting]
        self._waiting.clear()
        self._hush(now)

    def advance(self, now: Ms) -> list[MouthOrder]:
        """Bring the scheduler to `now`.

        Returns:
            What the mouth must do, in this order.
        """
        self._catch_up(now)
        orders, self._orders = self._orders, []
        return orders

    @property
    def deadline(self) -> Ms | None:
        """When something happens next: an order, an onset, an end, or a line that becomes too late."""
        slots = self._plan(self._now)
        times = [slot.at_ms - self._lead_ms for slot in slots]
        placed = {slot.offer.rank for slot in slots}
        closing = [self._gone_at(o.line) for o in self._waiting if o.rank not in placed]
        edges = [edge for say in self._ordered for edge in (say.at_ms, say.end_ms)]
        times += [time for time in (*closing, *edges) if time > self._now]
        return min(times, default=None)

    def speaking(self, now: Ms) -> Say | None:
        """Tell what sounds at this moment."""
        return next((say for say in self._ordered if say.at_ms <= now < say.end_ms), None)

    def started(self, now: Ms) -> list[Say]:
        """Take the lines whose onset has come since the last call, in order of time."""
        come = sorted((say for say in self._unreported if say.at_ms <= now), key=lambda say: say.at_ms)
        self._unreported = [say for say in self._unreported if say.at_ms > now]
        return come

    def unsaid(self) -> list[Unsaid]:
        """Take the lines that were dropped or cut since the last call."""
        gone, self._unsaid = self._unsaid, []
        return gone

    def idle(self, now: Ms) -> bool:
        """Tell whether nothing sounds, nothing is ordered and nothing waits."""
        return not self._waiting and all(say.end_ms <= now for say in self._ordered)

    def _meet(self, now: Ms) -> None:
        """Settle what was due before `now`, and nothing that is due at `now` itself."""
        self._catch_up(now - 1)
        self._now = max(self._now, now)

    def _catch_up(self, until: Ms) -> None:
        while slots := self._plan(self._now):
            slot = min(slots, key=lambda s: (s.at_ms, s.offer.rank))
            due = slot.at_ms - self._lead_ms
            if due > until:
                break
            self._now = max(self._now, due)
            self._order(slot)
        self._now = max(self._now, until)
        late = [offer for offer in self._waiting if self._gone_at(offer.line) <= self._now]
        for offer in late:
            self._waiting.remove(offer)
            self._unsaid.append(Unsaid(line=offer.line, at_ms=self._gone_at(offer.line), played_ms=0))
        self._ordered = [say for say in self._ordered if say.end_ms > self._now - _REMEMBERED_MS]

    def _plan(self, now: Ms) -> list[_Slot]:
        slots: list[_Slot] = []
        for offer in sorted(self._waiting, key=lambda o: o.rank):
            at_ms = self._place(offer.line, [_span(slot.offer.line, slot.at_ms) for slot in slots], now)
            if at_ms is not None:
                slots.append(_Slot(offer=offer, at_ms=at_ms))
        return slots

    def _place(self, line: Line, taken: list[_Span], now: Ms) -> Ms | None:
        """Find an onset beside everything that stands, else one that cuts what is less urgent."""
        from_ms = now + self._lead_ms
        if line.priority < Priority.STOP:
            at_ms = _earliest(line, from_ms, [*taken, *_spans(self._ordered)])
            if at_ms is not None:
                return at_ms
        stronger = [say for say in self._ordered if say.line.priority >= line.priority]
        from_ms = max([from_ms, *(say.end_ms for say in stronger)])
        return _earliest(line, from_ms, [*taken, *_spans(stronger)])

    def _order(self, slot: _Slot) -> None:
        self._waiting.remove(slot.offer)
        if any(say.end_ms > slot.at_ms for say in self._ordered):
            ending = [say.end_ms for say in self._ordered if say.end_ms <= slot.at_ms]
            self._hush(max([self._now, *ending]))
        say = Say(line=slot.offer.line, at_ms=slot.at_ms)
        self._ordered.append(say)
        self._unreported.append(say)
        self._orders.append(say)

    def _hush(self, at_ms: Ms) -> None:
        cut = [say for say in self._ordered if say.end_ms > at_ms]
        for say in cut:
            self._ordered.remove(say)
            self._unsaid.append(
                Unsaid(line=say.line, at_ms=at_ms, played_ms=max(0, at_ms - say.at_ms)),
            )
        self._unreported = [say for say in self._unreported if say.at_ms < at_ms or say not in cut]
        self._orders.append(Hush(at_ms=at_ms))

    def _gone_at(self, line: Line) -> Ms:
        """When it is too late to order this line, whatever else happens."""
        return _last_onset(line) - self._lead_ms + 1


def _last_onset(line: Line) -> Ms:
    if line.end_by_ms is None:
        return line.latest_ms
    return min(line.latest_ms, line.end_by_ms - line.length_ms)


def _span(line: Line, at_ms: Ms) -> _Span:
    return at_ms, at_ms + line.length_ms


def _spans(says: Iterable[Say]) -> list[_Span]:
    return [(say.at_ms, say.end_ms) for say in says]


def _earliest(line: Line, from_ms: Ms, spans: list[_Span]) -> Ms | None:
    """Find the earliest onset in the line's window, from `from_ms` on, that leaves every span alone."""
    first, last = max(line.at_ms, from_ms), _last_onset(line)
    for gap_ms in GAPS_MS:
        onsets = [first, *(end + gap_ms for _, end in spans)]
        for onset in sorted(onset for onset in onsets if first <= onset <= last):
            start, end = onset - gap_ms, onset + line.length_ms + gap_ms
            if all(span_end <= start or end <= span_start for span_start, span_end in spans):
                return onset
    return None
