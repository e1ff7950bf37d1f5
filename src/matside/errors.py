"""What can go wrong, said as whose fault it is and what to do now."""


class MatsideError(Exception):
    """Something that the user can mend: two lines, no traceback.

    Attributes:
        hint: What to do now, one sentence; empty where the message says it.
        exit_code: The exit code of the whole process.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(MatsideError):
    """The command was called in a way that can't work."""

    exit_code = 2


class EdgeError(MatsideError):
    """A device, an engine or a model isn't there or stopped working."""
