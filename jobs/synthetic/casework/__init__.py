"""What the immigration service does about them."""
