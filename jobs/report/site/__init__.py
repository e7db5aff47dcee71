"""How it is shown as pages."""
