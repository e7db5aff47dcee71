"""Servers on this machine that say nothing, and a way to a server that stops in the middle."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

HOST = "127.0.0.1"


@dataclass
class Accepting:
    """A port that takes every connection and never says a word; it keeps what it is told."""

    listening: socket.socket
    taken: list[socket.socket] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.listening.getsockname()[1])

    def serve(self) -> None:
        """Take connections until it is closed."""
        with suppress(OSError):
            while True:
                self.taken.append(self.listening.accept()[0])

    def close(self) -> None:
        """Let everybody go."""
        for each in (self.listening, *self.taken):
            # Whoever waits on it is woken by a shutdown, and not by a close.
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextmanager
def silent_port() -> Iterator[Accepting]:
    """A server that accepts and never answers."""
    found = Accepting(socket.create_server((HOST, 0)))
    threading.Thread(target=found.serve, daemon=True).start()
    yield found
    found.close()


@dataclass
class Way(Accepting):
    """A way to a PostgreSQL that listens on a socket of the file system, and to no other.

    Once ``limit`` bytes of answers have passed it passes nothing more, in no direction, and stays
    connected to both ends.
    """

    target: Path = Path()
    limit: int | None = None
    passed: int = 0

    def serve(self) -> None:
        """Join whoever comes with the server."""
        with suppress(OSError):
            while True:
                here = self.listening.accept()[0]
                there = socket.socket(socket.AF_UNIX)
                there.connect(str(self.target))
                self.taken += [here, there]
                for ends in ((here, there, False), (there, here, True)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source: socket.socket, to: socket.socket, counts: bool) -> None:
        with suppress(OSError):
            while data := source.recv(512):
                if self.limit is not None and self.passed >= self.limit:
                    return
                if counts:
                    self.passed += len(data)
                to.sendall(data)
            to.shutdown(socket.SHUT_WR)


@contextmanager
def stalling_way(url: str, *, limit: int | None = None) -> Iterator[tuple[Way, str]]:
    """A way to a database of an embedded server, and the URL by which it is reached over it."""
    parsed = sa.make_url(url)
    target = Path(str(parsed.query["host"])) / f".s.PGSQL.{parsed.query['port']}"
    way = Way(socket.create_server((HOST, 0)), target=target, limit=limit)
    threading.Thread(target=way.serve, daemon=True).start()
    there = parsed.set(
        host=HOST,
        port=way.port,
        query={"sslmode": "disable", "gssencmode": "disable", "connect_timeout": "2"},
    )
    yield way, there.render_as_string(hide_password=False)
    way.close()
