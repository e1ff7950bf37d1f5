"""Active time and waiting time: two parts of session time that always make up the whole."""

from matside.units import Ms


class Stopwatch:
    """Active time runs or stands still; it begins standing still at 0.

    Attributes:
        now_ms: Session time.
        still_since_ms: When it last stopped running.
    """

    def __init__(self) -> None:
        self.now_ms: Ms = 0
        self.still_since_ms: Ms = 0
        self._frozen: Ms | None = 0
        self._waited: Ms = 0

    @property
    def active_ms(self) -> Ms:
        """Active time now."""
        return self.now_ms - self._waited if self._frozen is None else self._frozen

    @property
    def waited_ms(self) -> Ms:
        """All other time: what to add to active time for session time."""
        return self.now_ms - self.active_ms

    @property
    def still_ms(self) -> Ms:
        """How long it has stood still."""
        return self.now_ms - self.still_since_ms

    def at_active(self, now_ms: Ms) -> Ms:
        """Give the active time of a session time, while it runs."""
        return now_ms - self._waited

    def session_ms(self, active_ms: Ms) -> Ms:
        """Give the session time of an active time, while it runs."""
        return active_ms + self._waited

    def run(self) -> None:
        """Let active time run on from where it stood."""
        if self._frozen is not None:
            self._waited = self.now_ms - self._frozen
            self._frozen = None

    def stand_still(self, active_ms: Ms | None = None) -> None:
        """Stop active time, here or where it ended."""
        if self._frozen is None:
            self._frozen = self.active_ms if active_ms is None else active_ms
            self.still_since_ms = self.now_ms
