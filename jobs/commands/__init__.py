"""Reads publications, checks the machine, writes generated documents, starts Airflow."""
