"""What is declared for the proofs of a night: planted cases, and the assurance sample."""
