"""A world in files and databases, its description, and how right a publication of it was."""
