"""What one run of the linkage leaves for the next."""
