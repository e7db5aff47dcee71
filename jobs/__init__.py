"""Nightly reconciliation of the prison and immigration registers.

Each subpackage is one step of the night, in the order in which data walks through it:
``extract``, ``check``, ``link``, ``assess``, ``report``, with ``warehouse`` as the service that
stores publications and ``notify`` as the one that emails them. `jobs.night` shows the whole
order on one page; ``python -m jobs`` is the command line.
"""

__version__ = "0.1.0"
