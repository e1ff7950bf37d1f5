"""Recognition models: which there are, how they get here, and whether they are whole."""
