"""How wrong the registers are: errors of records, invalid rows."""
