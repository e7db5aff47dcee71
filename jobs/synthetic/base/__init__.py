"""What every part of the world leans on: random draws, days, rates of errors, published figures."""
