"""What a site changes of the rules: what holds on a night, and what it would do."""
