"""Outcomes to disk."""
