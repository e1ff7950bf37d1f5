"""Words to command: what was said, given what is going on and what the coach is saying."""
