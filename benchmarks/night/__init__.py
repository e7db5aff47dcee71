"""A whole night, measured step by step beside stock Splink on the same persons."""
