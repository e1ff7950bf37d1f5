"""What should be happening now: the pure core. No clock, no device, no wording lives here."""
