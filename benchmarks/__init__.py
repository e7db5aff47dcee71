"""How certain and how fast the steps are: measured by hand, never at night and not in the suite."""
