"""The Celery app (`celery -A tasks worker`) and thin tasks. Imports no models."""

from tasks.app import app

__all__ = ["app"]
