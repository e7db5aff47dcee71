"""How wrong the registers are about it."""
