"""What the documents show runs as shown."""

import re
from pathlib import Path

import pytest


def blocks(path):
    return re.findall(r"```python\n(.*?)```", path.read_text("utf-8"), re.DOTALL)


ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ["README.md", *sorted(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_examples_run(name, root, monkeypatch, capsys):
    monkeypatch.chdir(root)
    names = {"__name__": "example"}
    for block in blocks(root / name):
        exec(compile(block, name, "exec"), names)  # noqa: S102  (our own documents)
    if name == "README.md":
        assert len(names["result"]) >= 1
        assert capsys.readouterr().out


def test_every_link_in_the_documents_leads_somewhere(root):
    documents = [root / "README.md", root / "catalogues/README.md", *root.glob("docs/*.md")]
    broken = [
        (document.name, target)
        for document in documents
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []
