"""Commands for people who decide on possible links and critical episodes."""
