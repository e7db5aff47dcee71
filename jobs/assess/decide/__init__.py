"""What follows from what was found: status, due date, rank, flags, outcomes, discrepancies."""
