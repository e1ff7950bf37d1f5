"""Everything put together: the loop, live and simulated."""
