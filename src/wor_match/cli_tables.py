"""What the command line shows in a terminal."""

from collections.abc import Iterable, Sequence
from typing import Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wor_match.catalogue.check import Finding
from wor_match.errors import Fault
from wor_match.explanation import sentence
from wor_match.result import Explanation, Match, MatchResult, Part, Sentence

Language = Literal["nl", "en"]

_HEAD = {
    "nl": ("#", "activiteit", "score", "reis", "waarom", "nog vragen"),
    "en": ("#", "activity", "score", "travel", "why", "still to ask"),
}
_WAITING = {"nl": "Past, maar is nu vol", "en": "Fits, but is full for now"}
_EXCLUDED = {"nl": "Afgevallen", "en": "Fell away"}
_ATTENTION = {"nl": "Kijk hier eerst naar", "en": "Look at this first"}
_WITHHELD = {
    "nl": "De lijst wordt pas getoond met --acknowledge-attention.",
    "en": "The list is shown only with --acknowledge-attention.",
}
_NOTHING = {"nl": "Er is nu niets dat past.", "en": "Nothing fits for now."}


def show_result(result: MatchResult, language: Language) -> None:
    """Print attention first, then the list, the waiting list and what fell away."""
    console = Console()
    for signal in result.attention:
        console.print(
            f"[bold]{_ATTENTION[language]}[/bold]: {escape(signal.prompt)} {escape(signal.route)}"
        )
    if result.withheld:
        console.print(_WITHHELD[language])
        return
    console.print(_table(result.matches, language) if result.matches else _NOTHING[language])
    for relaxation in result.relaxations:
        console.print("→ " + escape(relaxation.sentence.text(language)))
    if result.waiting:
        console.print(f"\n[bold]{_WAITING[language]}[/bold]")
        for match in result.waiting:
            console.print(
                f"  {escape(match.activity.title)}: {_joined(match.reasons[-1:], language)}"
            )
    if result.excluded:
        counts = ", ".join(
            f"{sentence(f'excluded.{code}').text(language).rstrip('.')} ({count})"
            for code, count in result.excluded.items()
        )
        console.print(f"\n[dim]{_EXCLUDED[language]}: {escape(counts)}.[/dim]")


def show_explanation(explanation: Explanation, language: Language) -> None:
    """Print why one activity is where it is."""
    console = Console()
    rank = f" (#{explanation.rank})" if explanation.rank else ""
    console.print(f"[bold]{escape(explanation.activity.title)}[/bold]: {explanation.status}{rank}")
    for said in explanation.sentences:
        console.print("  " + escape(said.text(language)))
    if explanation.score is not None:
        console.print(f"  score {explanation.score:.4f} = {_sum(explanation.parts)}")


def show_check(source: str, count: int, faults: Sequence[Fault], found: Sequence[Finding]) -> None:
    """Print faults, then findings."""
    console = Console()
    console.print(
        f"{escape(source)}: {count} activities, {len(faults)} faults, {len(found)} findings"
    )
    for fault in faults:
        console.print(f"  [red]{escape(str(fault))}[/red]")
    for finding in found:
        console.print(
            f"  {finding.kind:<14} {escape(finding.activity_id)}: {escape(finding.message)}"
        )


def _table(matches: Iterable[Match], language: Language) -> Table:
    table = Table(show_lines=True)
    for head in _HEAD[language]:
        table.add_column(head, justify="right" if head in {"#", "score"} else "left")
    for match in matches:
        title = escape(match.activity.title)
        where = match.activity.location.place if match.activity.location else None
        table.add_row(
            str(match.rank),
            f"[bold]{title}[/bold]\n{escape(match.activity.provider)}"
            + (f", {escape(where)}" if where else ""),
            f"{match.score:.2f}",
            "" if match.minutes is None else f"{match.minutes:.0f} min",
            _joined(match.reasons, language),
            _joined(match.unknown, language),
        )
    return table


def _joined(sentences: Iterable[Sentence], language: Language) -> str:
    return escape(" ".join(said.text(language) for said in sentences))


def _sum(parts: Iterable[Part]) -> str:
    return " ".join(f"{part.points:+.4f} {part.name}" for part in parts)
