"""One record made comparable: persons, names, scripts, dates of birth, identifiers."""
