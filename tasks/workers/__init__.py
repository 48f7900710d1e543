"""A bounded pool of reading processes: one document at a time each, within wall-clock and memory limits."""

from tasks.workers.bounded import BoundedProcess
from tasks.workers.pool import WorkerPool

__all__ = ["BoundedProcess", "WorkerPool"]
