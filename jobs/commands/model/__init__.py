"""Commands on linkage models, and the page that compares two."""
