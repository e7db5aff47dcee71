"""How it is shown as charts."""
