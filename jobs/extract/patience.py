"""A bound on silence: a source that accepts and never answers, or stops in the middle, is given up.

What keeps a connection alive is the kernel's and the proxy's business, and drivers wait in C for as
long as it lives. So each question to a source is asked in a thread of its own; where no answer
comes, the thread is left behind with all that it holds, and the night ends in one line.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Self, TypeVar

from jobs.runtime.errors import Unreachable

T = TypeVar("T")
Work = Callable[[], Any]


@dataclass
class Patience:
    """Asks one source, one question at a time and always in the same thread, within a ``with``.

    Each answer may take so many ``seconds``. ``where`` names the source in messages. Once it
    ``is_lost``, it is asked nothing more.
    """

    seconds: float
    where: str
    is_lost: bool = False
    _asked: SimpleQueue[Work | None] = field(default_factory=SimpleQueue, repr=False)
    _told: SimpleQueue[tuple[Any, BaseException | None]] = field(
        default_factory=SimpleQueue, repr=False
    )

    def __enter__(self) -> Self:
        # Nobody waits for a thread that hangs in a driver when the process ends.
        Thread(target=self._answer, name=f"patience {self.where}", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # Whoever still holds something of the source, as an unfinished generator, leaves it.
        self.is_lost = True
        self._asked.put(None)

    def ask(self, work: Callable[[], T]) -> T:
        """The answer to ``work``, or its error.

        Raises:
            Unreachable: there was none in time.
        """
        if not self.is_lost:
            # Interrupted here, the thread is still at work: nobody may ask beside it.
            self.is_lost = True
            self._asked.put(work)
            try:
                answer, error = self._told.get(timeout=self.seconds)
            except Empty:
                pass
            else:
                self.is_lost = False
                if error is not None:
                    raise error
                told: T = answer
                return told
        raise Unreachable(
            self.where,
            f"said nothing for {self.seconds:g} seconds",
            "see that it and the network between are well, then run again; a source that is slow "
            "needs a larger setting [silence_seconds]",
        ) from None

    def close(self, work: Work) -> None:
        """Leave the source in good order, unless it is lost."""
        if not self.is_lost:
            self.ask(work)

    def _answer(self) -> None:
        while (work := self._asked.get()) is not None:
            try:
                self._told.put((work(), None))
            except BaseException as error:  # noqa: BLE001 - it is whoever asked who judges it
                self._told.put((None, error))
