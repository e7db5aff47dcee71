"""Stable identities, and why one is not that of the last publication."""
