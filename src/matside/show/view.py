"""What the person sees, as plain values: the session, what is being said, what was heard."""

from dataclasses import dataclass

from matside.session.view import SessionView


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One moment.

    Attributes:
        caption: What is being said, or was said last.
        heard: What was heard or pressed last; `ignored` says why it wasn't obeyed.
        trouble: What is missing, in plain words; empty when all works.
    """

    session: SessionView
    caption: str
    speaking: bool
    heard: str
    ignored: str
    trouble: str
