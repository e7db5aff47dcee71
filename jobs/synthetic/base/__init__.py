"""What every part of the world leans on: random draws, days, columns, published figures."""
