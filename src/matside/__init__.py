"""matside: a voice-guided home workout companion that runs wholly on your own computer."""

__version__ = "0.1.0"
