"""The linkage, measured: on worlds, on files of others, and beside stock Splink."""
