"""Counters of this process, and gauges of the whole, in Prometheus' text format."""

from __future__ import annotations

from typing import Any, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from smartmoney.store.streams.implausible import Kind

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"})
LEVELS = ("fresh", "amber", "red", "never", "off")


class Metrics:
    """What is counted and measured, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "smartmoney_api_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "smartmoney_api_request_seconds",
            "Seconds from request to last byte.",
            ["route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._database = self._gauge("database_up", "1 while the database answers.")
        self._prefect = self._gauge(
            "prefect_up", "1 while Prefect answers; absent where its address is not known.", "kind"
        )
        self._bytes = self._gauge("database_bytes", "Size of the database.", "kind")
        self._table = self._gauge("table_bytes", "Size of a table with its indexes.", "table")
        self._growth = self._gauge(
            "table_growth_bytes_per_day", "Growth of a table; absent until it is known.", "table"
        )
        self._platform = self._gauge(
            "platform_lag_seconds", "How far the platform is behind, by its own word.", "kind"
        )
        self._implausible = self._gauge(
            "implausible", "Things runs left that are hardly true, by kind.", "kind"
        )
        self._free = self._gauge("disk_free_bytes", "Room on the database's disk.", "kind")
        self._days = self._gauge("disk_full_in_days", "Until that disk is full.", "kind")
        self._lag = self._gauge(
            "stream_lag_seconds", "Seconds since the job last succeeded.", "job"
        )
        self._state = self._gauge("stream_state", "1 for the state the job is in.", "job", "state")
        self._failures = self._gauge("stream_failures_24h", "Failed runs in 24 hours.", "job")

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"smartmoney_{name}", text, labels, registry=self.registry)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one answered request; `route` is the template, never the path."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, health: dict[str, Any]) -> bytes:
        """The exposition, with gauges from the body of /health."""
        self._database.set(health["database"]["reachable"])
        for gauge in (self._prefect, self._bytes, self._lag, self._state, self._failures):
            gauge.clear()
        self._storage(health["storage"])
        if health["data"]["platformLagSeconds"] is not None:
            self._platform.labels("polymarket").set(health["data"]["platformLagSeconds"])
        self._implausible.clear()
        for kind in get_args(Kind):
            self._implausible.labels(kind).set(
                sum(each["kind"] == kind for each in health["implausible"])
            )
        if health["prefect"]["reachable"] is not None:
            self._prefect.labels("server").set(health["prefect"]["reachable"])
        if health["database"]["bytes"] is not None:
            self._bytes.labels("smartmoney").set(health["database"]["bytes"])
        for stream in health["streams"]:
            self._stream(stream)
        return generate_latest(self.registry)

    def _storage(self, storage: dict[str, Any] | None) -> None:
        for gauge in (self._table, self._growth, self._free, self._days):
            gauge.clear()
        if storage is None:
            return
        for row in storage["tables"]:
            self._table.labels(row["tableName"]).set(row["bytes"])
            if row["bytesADay"] is not None:
                self._growth.labels(row["tableName"]).set(row["bytesADay"])
        for gauge, name in ((self._free, "freeBytes"), (self._days, "daysLeft")):
            if storage[name] is not None:
                gauge.labels("smartmoney").set(storage[name])

    def _stream(self, stream: dict[str, Any]) -> None:
        if stream["lagSeconds"] is not None:
            self._lag.labels(stream["job"]).set(stream["lagSeconds"])
        for level in LEVELS:
            self._state.labels(stream["job"], level).set(stream["freshness"] == level)
        self._failures.labels(stream["job"]).set(stream["failures24h"])
