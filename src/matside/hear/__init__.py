"""Sound to words: the microphone, the canceller, the end of speech, the recogniser."""
