"""What Prometheus is told, from PostgreSQL and Redis at the moment of asking: any process can answer for all."""

from distributor.delivery.metrics.collector import Collector, registry

__all__ = ["Collector", "registry"]
