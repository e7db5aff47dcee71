"""How it is said in a few lines: headline, briefing, caveats."""
