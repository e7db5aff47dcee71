"""What is held of one person, across all places, and how it goes from all of them."""
