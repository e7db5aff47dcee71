"""Commands that prove: planted cases, the assurance sample, what was known, rules on trial."""
