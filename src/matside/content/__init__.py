"""What there is to do: exercises, passages, checks and routines, as data with sources."""
