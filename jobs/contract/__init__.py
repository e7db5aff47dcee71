"""What tables are: registers, a night's results, code lists; and what readers are told.

A line of code belongs here if it says what is declared. Everything else derives from it.
"""
