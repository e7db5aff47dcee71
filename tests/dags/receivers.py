"""What metrics, lineage and alerts are sent to, on this machine: a UDP socket and a web server."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

OTLP, WEBHOOK = "/v1/metrics", "/alerts"


@dataclass
class Receivers:
    """What came in, and the environments in which Airflow sends it here."""

    udp_port: int
    web_port: int
    metrics: list[str] = field(default_factory=list)
    exports: list[bytes] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def statsd(self) -> dict[str, str]:
        """Metrics go to StatsD here."""
        return {
            "AIRFLOW__METRICS__STATSD_ON": "True",
            "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
            "AIRFLOW__METRICS__STATSD_PORT": str(self.udp_port),
        }

    @property
    def lineage(self) -> dict[str, str]:
        """Lineage goes here, as OpenLineage."""
        transport = {"type": "http", "url": f"http://127.0.0.1:{self.web_port}"}
        return {"AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(transport)}

    @property
    def otel(self) -> dict[str, str]:
        """Metrics go to a collector of OpenTelemetry here, as OTLP over HTTP."""
        return {
            "AIRFLOW__METRICS__OTEL_ON": "True",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": f"http://127.0.0.1:{self.web_port}{OTLP}",
        }

    @property
    def channel(self) -> str:
        """A second channel for alerts, as the setting names it."""
        return f"json://127.0.0.1:{self.web_port}{WEBHOOK}"

    def gauges(self) -> dict[str, float]:
        """The last value of each gauge that came by StatsD."""
        parts = [line.partition(":") for text in self.metrics for line in text.splitlines()]
        return {
            name: float(value.removesuffix("|g")) for name, _, value in parts if value[-2:] == "|g"
        }

    def exported(self) -> dict[str, float]:
        """The last value of each gauge that came by OpenTelemetry."""
        found = {}
        for body in list(self.exports):
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for metric in (m for scope in resource.scope_metrics for m in scope.metrics):
                    for point in metric.gauge.data_points:
                        kind = point.WhichOneof("value")
                        found[metric.name] = float(getattr(point, kind)) if kind else 0.0
        return found

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
    """Listen for metrics (StatsD, OpenTelemetry), lineage and alerts until the block ends."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as metrics:
        metrics.bind(("127.0.0.1", 0))

        class Web(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path.startswith(OTLP):
                    received.exports.append(body)
                else:
                    kept = received.posts if self.path.startswith(WEBHOOK) else received.events
                    kept.append(json.loads(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
        received = Receivers(udp_port=metrics.getsockname()[1], web_port=server.server_port)

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
