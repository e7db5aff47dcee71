"""What metrics and lineage are sent to, on this machine: a UDP socket and a small web server."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receivers:
    """What came in, and the environment in which Airflow sends it here."""

    environment: dict[str, str]
    metrics: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def gauges(self) -> dict[str, float]:
        """The last value of each gauge."""
        parts = [line.partition(":") for text in self.metrics for line in text.splitlines()]
        return {
            name: float(value.removesuffix("|g")) for name, _, value in parts if value[-2:] == "|g"
        }

    def flows(self) -> dict[str, tuple[set[str], set[str]]]:
        """What each completed job read and wrote."""
        return {
            event["job"]["name"]: (
                {dataset["name"] for dataset in event["inputs"]},
                {dataset["name"] for dataset in event["outputs"]},
            )
            for event in self.events
            if event["eventType"] == "COMPLETE"
        }


@contextmanager
def receivers() -> Iterator[Receivers]:
    """Listen for metrics (StatsD) and lineage (OpenLineage) until the block ends."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as metrics:
        metrics.bind(("127.0.0.1", 0))

        class Lineage(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                received.events.append(json.loads(self.rfile.read(length)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Lineage)
        transport = {"type": "http", "url": f"http://127.0.0.1:{server.server_port}"}
        received = Receivers(
            environment={
                "AIRFLOW__METRICS__STATSD_ON": "True",
                "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
                "AIRFLOW__METRICS__STATSD_PORT": str(metrics.getsockname()[1]),
                "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(transport),
            }
        )

        def listen() -> None:
            while text := metrics.recv(65_535).decode():
                received.metrics.append(text)

        listening = threading.Thread(target=listen, daemon=True)
        listening.start()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield received
        finally:
            metrics.sendto(b"", metrics.getsockname())
            listening.join(timeout=5)
            server.shutdown()
            server.server_close()
