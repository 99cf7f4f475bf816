"""Errors of sharing places; all are :class:`~wor_match.errors.WorMatchError`."""

from wor_match.errors import WorMatchError


class LedgerError(WorMatchError):
    """A ledger that cannot be read, written or locked."""


class WorkerError(WorMatchError):
    """A block of a large run that ended without a result."""
