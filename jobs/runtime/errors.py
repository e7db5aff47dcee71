"""Errors that a person outside the code can mend.

Everything else that is raised is a fault of this software and keeps its traceback.
"""

from collections.abc import Iterable
from typing import Any

from jobs.runtime.redaction import redacted


class BadInput(Exception):  # noqa: N818 - the field says bad input, not bad input error
    """Something delivered to the job is wrong: data, a setting, a connection, an argument.

    The message is one line in three parts: where (file, table, column, row), what is wrong, and
    what to do. It never holds a personal value, nor a setting that can hold a password. The command
    line prints it and exits with 2, and the DAG fails the task without a retry; nothing is
    published.
    """

    def __init__(self, where: str, what: str, todo: str) -> None:
        self.where, self.what, self.todo = map(redacted, (where, what, todo))
        super().__init__(f"{self.where}: {self.what}; {self.todo}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive pickling, which Airflow and multiprocessing use between processes."""
        return type(self), (self.where, self.what, self.todo), self.__dict__


class Unreachable(BadInput):
    """A database or mail server did not answer: the one kind of failure worth a retry."""


class GateFailed(BadInput):
    """A critical check failed: the night stops and the last publication stays current.

    ``checks`` are the ids of all that failed; none where nothing could be asked.
    """

    def __init__(self, where: str, what: str, todo: str, *, checks: Iterable[str] = ()) -> None:
        self.checks = tuple(checks)
        super().__init__(where, what, todo)


class NotDelivered(BadInput):
    """A register did not deliver by the time until which it is waited for."""


class Crash(Exception):  # noqa: N818 - it says what is the case
    """A fault of this software, told in one line to whoever would show its traceback and values.

    What raised it is in a file for its owner alone; see `jobs.runtime.redaction.write_crash`.
    """


class NotPlaced(Exception):  # noqa: N818 - it says what is the case
    """The night is published; pages, corrections or clearing away failed after that.

    No `BadInput`, because that means that nothing is published. The command line exits with 3.
    """

    def __init__(self, where: str, what: str, todo: str) -> None:
        self.where, self.what, self.todo = map(redacted, (where, what, todo))
        super().__init__(f"{self.where}: {self.what}; {self.todo}")

    def __reduce__(self) -> tuple[type["NotPlaced"], tuple[str, str, str]]:
        """Survive pickling, which Airflow uses between processes."""
        return type(self), (self.where, self.what, self.todo)


def store_error(error: Exception, *, what: str, url: str) -> Exception:
    """One line for what a person can mend, the error itself otherwise.

    Args:
        error: what was raised.
        what: the store, in the line's words.
        url: where it is; only its kind is said.
    """
    if isinstance(error, BadInput):
        return error
    where = f"{what} [{url.partition('://')[0]}]"
    if isinstance(error, (ImportError, ValueError)):
        return BadInput(where, "no driver for it", "give an URL of fsspec, such as s3://a/b")
    if isinstance(error, PermissionError):
        return BadInput(where, "no right to read or write there", "grant it, or set another")
    if isinstance(error, OSError):
        return Unreachable(where, f"failed ({type(error).__name__})", "see that it is there")
    if _is_connection(error):
        said = f"does not answer ({type(error).__name__})"
        return Unreachable(where, said, "see that it runs, and run again")
    return error


def _is_connection(error: Exception) -> bool:
    """Errors of the drivers' own kinds, which share no base with Python's."""
    return any(word in type(error).__name__ for word in ("Connection", "Endpoint", "Timeout"))
