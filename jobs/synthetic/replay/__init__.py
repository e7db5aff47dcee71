"""A series of nights over the invented world."""
