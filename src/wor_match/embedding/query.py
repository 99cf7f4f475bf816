"""How texts are put together before they are embedded.

The model was trained on exactly these forms. Whoever embeds other forms gets other vectors, so
the engine and the workshop both call these functions.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType

_CODE = re.compile(r"\b[A-Z]\d\d(?:\.\d\d)?\b")


@cache
def icpc_labels() -> Mapping[str, str]:
    """Return a short Dutch label for each ICPC code of the knowledge table."""
    text = resources.files("wor_match.knowledge").joinpath("icpc.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["code"]: row["label"] for row in rows})


def complaint_words(complaint: str) -> str:
    """Write ICPC codes out in words; other words stay.

    A code with a subtitle (``P74.01``) falls back on its main code. A code that the table does
    not know is dropped: to a language model it is noise.

    Examples
    --------
    >>> complaint_words("P03")
    'somber'
    >>> complaint_words("eenzaamheid")
    'eenzaamheid'
    """
    labels = icpc_labels()
    words = _CODE.sub(lambda found: labels.get(found.group()[:3], ""), complaint)
    return " ".join(words.split())


def story_text(
    referral: str,
    complaints: Sequence[str] = (),
    goals: Sequence[str] = (),
    interests: Sequence[str] = (),
) -> str:
    """Put a client's story together for the encoder.

    Parameters
    ----------
    referral
        Free text.
    complaints
        Terms or ICPC codes; codes in the referral itself are written out as well.
    goals
        What the client wants to reach.
    interests
        What the client likes. The model takes stories with and without them.

    Examples
    --------
    >>> story_text("Mw 81, wed. Kookt niet meer.", ["Z15"], ["weer samen eten"])
    'Mw 81, wed. Kookt niet meer. Klachten: verlies van de partner. Doelen: weer samen eten.'
    """
    codes = _CODE.findall(referral)
    parts = [
        referral.strip(),
        _list("Klachten", map(complaint_words, [*complaints, *codes])),
        _list("Interesses", interests),
        _list("Doelen", goals),
    ]
    return " ".join(part for part in parts if part)


def activity_text(title: str, description: str) -> str:
    """Put an activity's text together for the encoder.

    Examples
    --------
    >>> activity_text("Soep op zaterdag", "Elke week een pan soep.")
    'Soep op zaterdag. Elke week een pan soep.'
    """
    title = title.strip()
    stop = "" if title.endswith((".", "!", "?", "…")) else "."
    return f"{title}{stop if title else ''} {description.strip()}".strip()


def _list(head: str, items: Iterable[str]) -> str:
    seen = dict.fromkeys(item.strip() for item in items if item.strip())
    return f"{head}: {', '.join(seen)}." if seen else ""
