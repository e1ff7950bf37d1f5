"""State to screen, and keys to commands."""
