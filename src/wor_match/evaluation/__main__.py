"""The command line of the evaluation: ``python -m wor_match.evaluation``."""

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer

from wor_match.catalogue import Catalogue
from wor_match.errors import WorMatchError
from wor_match.evaluation import weights as learning
from wor_match.evaluation.agreement import weighted_kappa
from wor_match.evaluation.compare import compare as compare_systems
from wor_match.evaluation.compare import report
from wor_match.evaluation.engine import Engine
from wor_match.evaluation.judged import JudgedSet
from wor_match.evaluation.table_change import table_change
from wor_match.evaluation.worksheets import judged_set, pool_for_judging, read_clients
from wor_match.policy import Policy

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Judge, measure and learn on your own clients and activities.",
)

_TWO_JUDGES = 2

CatalogueFile = Annotated[
    Path, typer.Option("--catalogue", "-c", help="Snapshot: .jsonl, .csv or .xlsx.")
]
AsOf = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of judging; default today.")
]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="File to write as well.")]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="Settings of the municipality (TOML).")
]
Sets = Annotated[list[Path], typer.Argument(help="Folders of judged sets.")]


@app.command()
def pool(
    clients: Annotated[Path, typer.Argument(help="Clients: .xlsx, .csv or .jsonl.")],
    catalogue: CatalogueFile,
    out: Annotated[Path, typer.Option("--out", "-o", help="CSV file to judge in.")],
    as_of: AsOf = None,
    depth: Annotated[int, typer.Option(help="How far down each system is pooled.")] = 10,
    *,
    show_clients: Annotated[
        bool, typer.Option("--show-clients", help="Put the clients' texts in the file.")
    ] = False,
) -> None:
    """Write what a coach should judge, blind: the first of several systems, mixed."""
    rows = pool_for_judging(
        read_clients(clients),
        Catalogue.read(catalogue),
        out,
        as_of=as_of.date() if as_of else None,
        depth=depth,
        show_clients=show_clients,
    )
    typer.echo(f"{out}: {rows} rows to judge. Fill in grade (0-3) and unwanted (x).")


@app.command("set")
def make_set(
    folder: Annotated[Path, typer.Argument(help="Folder of the judged set to make.")],
    sheets: Annotated[list[Path], typer.Argument(help="Workbooks or CSV files.")],
    catalogue: CatalogueFile,
    clients: Annotated[Path | None, typer.Option(help="Clients, if not in the sheets.")] = None,
    as_of: AsOf = None,
) -> None:
    """Make a judged set from spreadsheets and check it."""
    judged = judged_set(
        folder, sheets, catalogue, clients=clients, as_of=as_of.date() if as_of else None
    )
    typer.echo(_described(judged))


@app.command()
def check(sets: Sets) -> None:
    """Check judged sets: every fault with its file, line and field."""
    for folder in sets:
        typer.echo(_described(JudgedSet.read(folder)))


@app.command()
def compare(
    sets: Sets,
    policy: PolicyFile = None,
    out: Out = None,
    *,
    ablations: Annotated[bool, typer.Option(help="Also without one part at a time.")] = False,
) -> None:
    """Compare the engine with what a user would take instead."""
    chosen = Policy.read(policy) if policy else Policy.default()
    engines = [Engine(JudgedSet.read(folder)) for folder in sets]
    found = compare_systems(engines, policy=chosen, with_ablations=ablations)
    _give(report(engines, found, policy=chosen), out)


@app.command()
def weights(sets: Sets, policy: PolicyFile = None, out: Out = None) -> None:
    """Learn weights from judgments, as a policy file with its provenance.

    What is not learned (the weight of free places) stays as the policy has it.
    """
    chosen = Policy.read(policy) if policy else Policy.default()
    engines = [Engine(JudgedSet.read(folder)) for folder in sets]
    learned = learning.learn(
        [learning.Example(e.judged.name, e.pairs(chosen), e.judged.judgments) for e in engines],
        policy=chosen,
        held={"capacity": chosen.weights.capacity},
    )
    _give(learned.toml(), out)


@app.command()
def tables(
    edited: Annotated[Path, typer.Argument(help="Folder with the edited tables (CSV).")],
    sets: Sets,
    out: Out = None,
) -> None:
    """Show what edited knowledge tables do to judged sets."""
    _give(table_change(edited, sets).markdown(), out)


def main() -> None:
    """Run, with errors as plain lines."""
    try:
        app(standalone_mode=True)
    except WorMatchError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)


def _described(judged: JudgedSet) -> str:
    text = (
        f"{judged.name}: {len(judged.clients)} clients, {len(judged.activities)} activities, "
        f"{len(judged.judgments.grade)} judged pairs, "
        f"{len(judged.judges)} judge{'s' * (len(judged.judges) != 1)}"
    )
    if len(judged.judges) == _TWO_JUDGES:
        text += f", weighted kappa {weighted_kappa(*judged.judges.values()):.2f}"
    return text


def _give(text: str, out: Path | None) -> None:
    typer.echo(text)
    if out is not None:
        out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
