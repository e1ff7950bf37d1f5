"""The cue points of an item in order of time: emitted once, a lead ahead, and taken back by a pause."""

from collections.abc import Iterable
from dataclasses import replace

from matside.session.beat import Point
from matside.units import Ms

POINT_LEAD_MS: Ms = 600
"""How long before its onset a point is emitted: more than any mouth needs to sound it on its sample."""


class PointQueue:
    """Points in order of time, and how far they were emitted."""

    def __init__(self, points: Iterable[Point] = ()) -> None:
        self._points = sorted(points, key=_at)
        self._next = 0

    @property
    def due_ms(self) -> Ms | None:
        """When the next point is to be emitted; None when all were."""
        return self._points[self._next].at_ms - POINT_LEAD_MS if self._next < len(self._points) else None

    @property
    def emitted_to_ms(self) -> Ms:
        """The time of the point emitted last; -1 where none was."""
        return self._points[self._next - 1].at_ms if self._next else -1

    def emit(self, active_ms: Ms) -> list[Point]:
        """Give the points that are due by now and weren't given before."""
        first = self._next
        while (due_ms := self.due_ms) is not None and due_ms <= active_ms:
            self._next += 1
        return self._points[first : self._next]

    def rewind(self, active_ms: Ms) -> None:
        """Take back what lies ahead of this time."""
        while self._next and self._points[self._next - 1].at_ms > active_ms:
            self._next -= 1

    def skip_to(self, at_ms: Ms) -> None:
        """Count every point up to this time as emitted."""
        while self._next < len(self._points) and self._points[self._next].at_ms <= at_ms:
            self._next += 1

    def settle(self, active_ms: Ms) -> None:
        """Begin here: a point just before it comes now where its window allows, and is dropped otherwise."""
        settled = []
        for point in self._points:
            if point.at_ms >= active_ms:
                settled.append(point)
            elif point.latest_ms >= active_ms:
                settled.append(replace(point, at_ms=active_ms))
        self._points = sorted(settled, key=_at)
        self._next = 0


def _at(point: Point) -> Ms:
    return point.at_ms
