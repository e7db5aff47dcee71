"""How a model is learned without labels, and how good it is."""
