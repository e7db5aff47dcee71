"""Why: the reasons of an assessment as rows and as sentences."""
