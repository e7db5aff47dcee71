"""The queue of work, worked ahead."""
