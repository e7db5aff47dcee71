"""Which pairs are formed: blocking rules, their keys, and the budgets that bound them."""
