"""What follows from a score: one-to-one links, duplicates, relatives, the three outcomes."""
