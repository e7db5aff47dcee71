"""PostgreSQL from a wheel, and the supervisor that stops it when nobody uses it."""
