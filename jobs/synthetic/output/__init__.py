"""The world as registers, files and truth on a night."""
