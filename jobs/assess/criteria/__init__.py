"""When deportation must be considered: each criterion with its finding in words."""
