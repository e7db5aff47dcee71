"""What a night operates on: databases, run folder, model registry, earlier nights, emails."""
