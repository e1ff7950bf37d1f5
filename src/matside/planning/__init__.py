"""Which session, for this person, today."""
