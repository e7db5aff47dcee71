"""What must hold of the results of a night before it is published."""
