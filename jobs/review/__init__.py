"""Clerical review: the queue of possible links, both records, the evidence in words, the decisions.

The command line and the page inside Airflow stand on it, so that a decision means one thing and
stands in one ledger.
"""
