"""How a pair is scored: comparison levels, term frequencies, match weights, engines."""
