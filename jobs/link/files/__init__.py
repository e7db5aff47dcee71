"""Linking any two person files: the command `link`."""
