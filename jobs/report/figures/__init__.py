"""How many: each family of figures with its definitions, ranges and uncertainty."""
