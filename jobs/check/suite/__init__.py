"""A suite of checks: what kinds there are, how they are asked, and what is let pass for a time."""
