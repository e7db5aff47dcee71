"""Filtered copies of the pages: what a reader of some prisons or teams may see of a publication."""
