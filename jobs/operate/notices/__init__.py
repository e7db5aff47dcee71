"""Referral notices as they leave the house: a file for the intake, and a sheet that people read."""
