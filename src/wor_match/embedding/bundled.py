"""Finds the model that ships with the package."""

from functools import lru_cache
from pathlib import Path

from wor_match.embedding.onnx import MODEL, OnnxEncoder
from wor_match.errors import ModelError

_HERE = Path(__file__).resolve().parent
# The wheel carries the model inside the package; an editable checkout has it in models/.
_INSTALLED = _HERE / "model"
_CHECKOUT = _HERE.parents[2] / "models" / "wor-match-nl"


def bundled_folder() -> Path:
    """Return the folder of the bundled model.

    Raises
    ------
    ModelError
        If there is none.
    """
    for folder in (_INSTALLED, _CHECKOUT):
        if (folder / MODEL).is_file():
            return folder
    raise ModelError(
        f"the bundled model was not found in {_INSTALLED} or {_CHECKOUT}. "
        "Reinstall wor-match, or make the model with `python -m models.workshop`."
    )


@lru_cache(maxsize=1)
def bundled() -> OnnxEncoder:
    """Return the shipped encoder; loaded once a process."""
    return OnnxEncoder(bundled_folder())
