"""What is read back from publications, and how it is written for a terminal."""
