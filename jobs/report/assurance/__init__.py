"""The assurance sample: who is drawn to be checked, and what the checks bound."""
