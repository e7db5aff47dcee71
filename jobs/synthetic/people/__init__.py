"""Who the invented people are: names, numbers, nationalities."""
