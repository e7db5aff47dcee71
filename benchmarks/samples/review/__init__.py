"""Samples for clerical review."""
