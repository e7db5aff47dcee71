"""How it is said in a few lines: headline, caveats, and what each reader is told."""
