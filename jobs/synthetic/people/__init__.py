"""Who the people are: how many, their names, nationalities and numbers."""
