"""The command line: ``wor-match match``, ``explain``, ``check``, ``schema``, ``doctor``.

Exit codes: 0 done; 1 the catalogue has faults (``check``); 2 wrong input; 3 the
list is withheld because somebody must look at a signal first; 4 nothing fits.
"""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from wor_match.errors import WorMatchError

FAULTS, WRONG_INPUT, WITHHELD, NOTHING_FITS = 1, 2, 3, 4

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Match clients of Welzijn op Recept to local activities by fit, distance and capacity.",
)


class Language(StrEnum):
    """Language of the sentences."""

    nl = "nl"
    en = "en"


ClientFile = Annotated[Path, typer.Argument(help="The client as JSON; - reads standard input.")]
CatalogueFile = Annotated[
    Path, typer.Option("--catalogue", "-c", help="Snapshot: .jsonl, .csv or .xlsx.")
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="Most proposals.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON for programs.")]
AsOf = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Reference date; default today.")
]
Lang = Annotated[Language, typer.Option("--lang", help="Language of the reasons.")]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="Settings of the municipality (TOML).")
]
Acknowledge = Annotated[
    bool, typer.Option("--acknowledge-attention", help="Show the list despite an acute signal.")
]


@app.command("match")
def match_command(
    client: ClientFile,
    catalogue: CatalogueFile,
    limit: Limit = 10,
    *,
    as_json: AsJson = False,
    as_of: AsOf = None,
    lang: Lang = Language.nl,
    policy: PolicyFile = None,
    acknowledge_attention: Acknowledge = False,
) -> None:
    """Rank the activities of a snapshot for one client."""
    with _plain_errors():
        result = _matched(
            client, catalogue, limit, as_of, policy, acknowledge=acknowledge_attention
        )
        if as_json:
            _print_json(result.model_dump(mode="json"))
        else:
            from wor_match.cli_tables import show_result

            show_result(result, lang.value)
    if result.withheld:
        raise typer.Exit(WITHHELD)
    if not result.matches:
        raise typer.Exit(NOTHING_FITS)


@app.command()
def explain(
    client: ClientFile,
    activity_id: Annotated[str, typer.Argument(help="Id of an activity of the snapshot.")],
    catalogue: CatalogueFile,
    limit: Limit = 10,
    *,
    as_json: AsJson = False,
    as_of: AsOf = None,
    lang: Lang = Language.nl,
    policy: PolicyFile = None,
    acknowledge_attention: Acknowledge = False,
) -> None:
    """Say why one activity is in the list, or why it is not."""
    with _plain_errors():
        result = _matched(
            client, catalogue, limit, as_of, policy, acknowledge=acknowledge_attention
        )
        if result.withheld:
            from wor_match.cli_tables import show_result

            show_result(result, lang.value)
            raise typer.Exit(WITHHELD)
        explanation = result.explain(activity_id)
        if as_json:
            _print_json(explanation.model_dump(mode="json"))
        else:
            from wor_match.cli_tables import show_explanation

            show_explanation(explanation, lang.value)


@app.command()
def check(
    catalogue: Annotated[Path, typer.Argument(help="Snapshot: .jsonl, .csv or .xlsx.")],
    *,
    as_json: AsJson = False,
    as_of: AsOf = None,
) -> None:
    """List faults of a snapshot, and what its keeper should look at."""
    from wor_match.catalogue.check import findings
    from wor_match.catalogue.formats import read_activities

    with _plain_errors():
        activities, faults = read_activities(catalogue)
        found = findings(activities, as_of.date() if as_of else dt.date.today())
        if as_json:
            _print_json(
                {
                    "activities": len(activities),
                    "faults": [
                        {"line": f.line, "field": f.field, "found": f.found, "expected": f.expected}
                        for f in faults
                    ],
                    "findings": [finding._asdict() for finding in found],
                }
            )
        else:
            from wor_match.cli_tables import show_check

            show_check(str(catalogue), len(activities), faults, found)
    if faults:
        raise typer.Exit(FAULTS)


@app.command()
def schema(
    model: Annotated[str, typer.Argument(help="activity, client, policy or result.")],
) -> None:
    """Print the JSON Schema of what goes in or comes out."""
    from wor_match import Activity, Client, MatchResult, Policy

    models: dict[str, Any] = {
        "activity": Activity,
        "client": Client,
        "policy": Policy,
        "result": MatchResult,
    }
    if model not in models:
        typer.echo(f"no schema {model!r}; one of: {', '.join(models)}", err=True)
        raise typer.Exit(WRONG_INPUT)
    _print_json(models[model].model_json_schema())


@app.command()
def doctor(*, as_json: AsJson = False) -> None:
    """Show versions, model, threads and cache."""
    from wor_match.doctor import report

    facts = report()
    if as_json:
        _print_json(facts)
    else:
        width = max(map(len, facts))
        for name, value in facts.items():
            typer.echo(f"{name:<{width}}  {value}")


def _matched(
    client: Path,
    catalogue: Path,
    limit: int,
    as_of: dt.datetime | None,
    policy: Path | None,
    *,
    acknowledge: bool,
) -> Any:
    from wor_match import Catalogue, Policy, match
    from wor_match.matching import client_of

    text = sys.stdin.read() if str(client) == "-" else _text(client)
    return match(
        client_of(text, source=str(client)),
        Catalogue.read(catalogue),
        limit=limit,
        policy=Policy.read(policy) if policy else None,
        as_of=as_of.date() if as_of else None,
        acknowledge_attention=acknowledge,
    )


def _text(path: Path) -> str:
    from wor_match.errors import InputError

    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Our own errors are messages, not tracebacks."""
    try:
        yield
    except WorMatchError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_INPUT) from None


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    app()
