"""What the person sees, as plain values: the session, what is being said, what was heard."""

from dataclasses import dataclass

from matside.session.view import SessionView


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One moment.

    Attributes:
        caption: What is being said, or was said last.
        heard: What was heard or pressed last; `ignored` says why it wasn't obeyed.
        edge: What is missing, as messages name it; empty when all works. Of several, what was lost last.
        trouble: What is known of it, in English, or in the system's words.
    """

    session: SessionView
    caption: str
    speaking: bool
    heard: str
    ignored: str
    edge: str
    trouble: str
