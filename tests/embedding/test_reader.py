"""The branch of the bundled model that reads."""

import json
import shutil
from pathlib import Path

import pytest

from wor_match.client import Client
from wor_match.embedding import bundled
from wor_match.embedding.bundled import bundled_folder
from wor_match.embedding.onnx import OnnxEncoder
from wor_match.embedding.reader import READER, Reader, labels, reader_of
from wor_match.errors import ModelError
from wor_match.testing.strategies import WordEncoder
from wor_match.understanding import understand
from wor_match.understanding.heard import MEANINGS

STORY = (
    "Mw. woont alleen in een flat. Haar dochter komt elke week langs en doet de boodschappen. "
    "Ze slaapt slecht sinds de verhuizing en mist haar oude buren. Vroeger zong ze in het "
    "kerkkoor, dat zou ze weer willen."
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(bundled())


def test_it_comes_with_the_bundled_encoder_and_no_other() -> None:
    assert reader_of(bundled()) is reader_of(bundled())
    assert reader_of(WordEncoder()) is None


@pytest.mark.parametrize("text", ["", " ", "\n\n", "?", "Mw 81, wed. Wil niet naar bingo."])
def test_every_piece_stands_in_the_text_and_every_label_is_told(reader: Reader, text: str) -> None:
    heard = reader.hear(text)
    assert heard.said.shape == (len(heard.pieces), len(MEANINGS))
    assert ((heard.pieces >= 0) & (heard.pieces <= len(text))).all()
    assert [label.code for label in heard.labels] == labels()
    assert all(0 <= label.probability <= 1 for label in heard.labels)


def test_a_long_text_is_read_to_its_end(reader: Reader) -> None:
    text = f"{STORY} " * 6 + "Van bingo krijgt ze de kriebels."
    heard = reader.hear(text)
    inside = heard.pieces[:, 1] > text.index("bingo")
    assert heard.said[inside, MEANINGS.index("not_wanted")].max() > 0.5


def test_damaged_files_and_other_labels_are_named(tmp_path: Path) -> None:
    def reader_with(old: bytes, new: bytes) -> Reader:
        (folder / READER).write_bytes(shipped.replace(old, new))
        return Reader(OnnxEncoder(folder))

    folder = tmp_path / "model"
    shutil.copytree(bundled_folder(), folder)
    shipped = (folder / READER).read_bytes()
    told = reader_with(b'"childcare"', b'"childless"').hear(STORY)
    assert [x.code for x in told.labels] == [x for x in labels() if x != "childcare"]
    with pytest.raises(ModelError, match="other labels"):
        reader_with(b'"wanted"', b'"wished"')
    with pytest.raises(ModelError, match=r"reader\.onnx"):
        reader_with(shipped, b"{}")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("De bus slaat onze straat over.", {"limit:no_public_transport"}),
        ("Zodra de lantaarns aangaan zit ze binnen.", {"limit:not_dark"}),
        ("Wandelen is verleden tijd sinds de heup.", {"cannot:wandelen"}),
        ("Yoga laat hij graag aan zijn vrouw.", {"not_wanted:yoga"}),
        ("Zingen, daar leeft ze van op.", {"wish:zingen"}),
    ],
)
def test_ways_of_speaking_that_no_rule_knows(reader: Reader, text: str, keys: set[str]) -> None:
    profile = understand(Client(referral=text), heard=reader.hear(text))
    groups = (profile.wishes, profile.not_wanted, profile.cannot, profile.absent, profile.limits)
    assert {item.key for group in groups for item in group} == keys


def test_on_a_writer_it_was_not_taught_it_hears_what_the_rules_miss() -> None:
    suite = Path(__file__).parents[1] / "suites" / "referrals-msk.jsonl"
    rows = [json.loads(line) for line in suite.read_text("utf-8").splitlines()[:150]]
    truth = sum(len(row["limits"]) for row in rows)
    reader = reader_of(bundled())
    right = {"rules": 0, "both": 0}
    for row in rows:
        client = Client(referral=row["text"])
        for name, heard in (("rules", None), ("both", reader.hear(row["text"]))):
            codes = {limit.code for limit in understand(client, heard=heard).limits}
            right[name] += len(codes & set(row["limits"]))
    assert right["both"] > right["rules"] + truth / 10
