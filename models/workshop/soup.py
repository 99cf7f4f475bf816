"""Step 3b: average the weights of several seeds, with a share of the base against forgetting."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from . import common

KEEP_BASE = 0.0


def soup(base: Path, tuned: Sequence[Path], out: Path, *, keep_base: float = 0.0) -> Path:
    """Write ``keep_base`` × base + (1 − keep_base) × the mean of the tuned models.

    All start from the same base, so they lie in one basin and their mean is a better model than
    each of them (a model soup); a share of the base keeps more of what it knew (WiSE-FT).
    """
    mark = common.fingerprint(*(folder / "DONE" for folder in (base, *tuned)), keep_base)
    if common.is_done(out, mark):
        return out
    from safetensors.torch import load_file, save_file

    out.mkdir(parents=True, exist_ok=True)
    states = [load_file(folder / "model.safetensors") for folder in tuned]
    origin = load_file(base / "model.safetensors")
    mixed = {
        key: keep_base * origin[key] + (1 - keep_base) * sum(s[key] for s in states) / len(states)
        for key in origin
    }
    save_file(mixed, out / "model.safetensors", metadata={"format": "pt"})
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(tuned[0] / name, out / name)
    common.set_done(out, mark)
    return out
