"""What the immigration service does about them, and whom it knows."""
