"""The bundled model and its encoder."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from wor_match.embedding import Encoder, OnnxEncoder, bundled
from wor_match.embedding.bundled import bundled_folder
from wor_match.errors import ModelError
from wor_match.testing.encoder_contract import TEXTS, EncoderContract


class TestBundled(EncoderContract):
    """The shipped model keeps the contract."""

    @pytest.fixture
    def encoder(self) -> Encoder:
        return bundled()

    def test_name_tells_the_weights(self, encoder: Encoder) -> None:
        name, _, digest = encoder.name.partition("@")
        assert name == "wor-match-nl"
        assert len(digest) == 12

    def test_is_loaded_once(self) -> None:
        assert bundled() is bundled()

    def test_queries_and_passages_differ(self, encoder: Encoder) -> None:
        assert not np.allclose(encoder.encode_queries(TEXTS), encoder.encode_passages(TEXTS))


def test_threads_and_batch_size_do_not_change_vectors() -> None:
    small = OnnxEncoder(bundled_folder(), threads=1, max_batch_tokens=64)
    np.testing.assert_allclose(
        small.encode_passages(TEXTS), bundled().encode_passages(TEXTS), atol=1e-5
    )


def test_long_texts_are_run_within_the_token_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = OnnxEncoder(bundled_folder(), max_batch_tokens=1024)
    sizes: list[int] = []
    run = encoder.run

    def spy(ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        sizes.append(ids.size)
        return run(ids, mask)

    monkeypatch.setattr(encoder, "run", spy)
    encoder.encode_passages(["wandelen in het bos " * 400] * 3 + ["kort"] * 40)
    assert max(sizes) <= 1024


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "wor_match.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = _copy(tmp_path)
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        OnnxEncoder(folder)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "wor_match.json"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    folder = _copy(tmp_path)
    (folder / name).write_bytes(b"{}")
    with pytest.raises(ModelError, match=name):
        OnnxEncoder(folder)


def test_other_settings_give_another_name(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    settings = json.loads((folder / "wor_match.json").read_text("utf-8"))
    (folder / "wor_match.json").write_text(json.dumps(settings | {"query_prefix": "q: "}), "utf-8")
    assert OnnxEncoder(folder).name != bundled().name


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = (
        "import sys, wor_match.embedding, wor_match.testing.encoder_contract;"
        "print([m for m in ('torch', 'onnxruntime', 'sklearn', 'tokenizers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _copy(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(bundled_folder(), folder)
    return folder
