"""What a stranger gets: a light import, whole public names, a wheel that works anywhere."""

import json
import os
import subprocess
import sys
import types
import venv

import pytest

import wor_match

HEAVY = (
    "torch",
    "sklearn",
    "pandas",
    "onnxruntime",
    "scipy",
    "sentence_transformers",
    "typer",
    "openpyxl",
)


def run(code, **options):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_loads_nothing_heavy():
    loaded = json.loads(run("import json, sys, wor_match; print(json.dumps(sorted(sys.modules)))"))
    assert not [name for name in HEAVY if name in loaded]


def test_a_plain_match_loads_neither_torch_nor_sklearn_nor_pandas(root):
    code = f"""
import json, sys
from wor_match import Catalogue, match
catalogue = Catalogue.read({str(root / "catalogues/nijmegen/catalogue.jsonl")!r})
assert len(match({{"referral": "wil graag tuinieren", "postcode": "6511"}}, catalogue))
print(json.dumps([n for n in ("torch", "sklearn", "pandas", "scipy", "matplotlib") if n in sys.modules]))
"""
    assert json.loads(run(code)) == []


def test_match_makes_no_network_call(root):
    code = f"""
import socket
def refuse(*args, **kwargs): raise AssertionError("network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from wor_match import Catalogue, match
match({{"referral": "wil graag tuinieren", "postcode": "6511"}}, Catalogue.read({str(root / "catalogues/nijmegen/catalogue.jsonl")!r}))
"""
    run(code)


def test_no_client_text_is_written_or_logged(tmp_path, root):
    secret = "kwartelkoning"
    code = f"""
import logging
logging.basicConfig(level=1)
from wor_match import Catalogue, match
catalogue = Catalogue.read({str(root / "catalogues/nijmegen/catalogue.jsonl")!r})
match({{"referral": "houdt van de {secret}", "interests": ["{secret}"], "postcode": "6511"}}, catalogue)
"""
    environment = {**os.environ, "WOR_MATCH_CACHE": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert secret not in done.stdout + done.stderr
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes()


def test_public_names_are_what_is_announced():
    public = {
        name
        for name, value in vars(wor_match).items()
        if not name.startswith("_")
        and not isinstance(value, types.ModuleType)
        and name != "VERSION"
    }
    assert public | {"__version__"} == set(wor_match.__all__)


@pytest.mark.wheel
def test_the_wheel_works_from_an_empty_folder(tmp_path, root):
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(root)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.stat().st_size < 60e6
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv/bin/python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", str(wheel)], check=True, capture_output=True
    )
    code = """
import pathlib, wor_match
assert "venv" in wor_match.__file__
catalogue = wor_match.Catalogue.from_records([
    {"id": "a", "title": "Moestuin voor iedereen", "category": "nature", "online": True},
    {"id": "b", "title": "Toernooi snelschaken", "category": "culture", "online": True},
])
result = wor_match.match({"referral": "Mist haar tuin.", "interests": ["tuinieren"]}, catalogue)
assert result[0].activity.id == "a", result
"""
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [python, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path / "empty",
        env={"WOR_MATCH_CACHE": str(tmp_path / "cache"), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
