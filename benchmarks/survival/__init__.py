"""Whether nights survive: faults at every named point, a soak of many nights, many at once."""
