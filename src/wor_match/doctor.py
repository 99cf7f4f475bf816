"""What a bug report needs: versions, model, threads, cache."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from wor_match.embedding.bundled import bundled
from wor_match.embedding.cache import cache_folder
from wor_match.errors import ModelError
from wor_match.knowledge.tables import own_tables
from wor_match.policy import Policy
from wor_match.version import VERSION

_PACKAGES = (
    "numpy",
    "pydantic",
    "rapidfuzz",
    "scikit-learn",
    "onnxruntime",
    "tokenizers",
    "sentence-transformers",
    "torch",
)


def report() -> dict[str, Any]:
    """Collect the facts; a missing optional package is ``not installed``."""
    return {
        "wor-match": VERSION,
        "python": platform.python_version(),
        "platform": platform.platform(),
        **{package: _version(package) for package in _PACKAGES},
        "model": _model(),
        "policy": Policy.default().fingerprint,
        "tables": str(own_tables() or "as shipped"),
        "cores": os.cpu_count(),
        "cache": str(cache_folder()),
        "cache MB": round(sum(f.stat().st_size for f in cache_folder().glob("*.sqlite")) / 1e6, 1),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _model() -> str:
    try:
        return bundled().name
    except ModelError as error:
        return str(error)
