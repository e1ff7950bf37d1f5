"""Reminders that the user's own system keeps: when they are due, and the files that make it ring."""
