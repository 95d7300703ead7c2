"""``gate demo``."""

import os
from pathlib import Path

import click

import gate as package
from gate import wiring
from gate.cli.run import gate_run
from gate.config.load import load
from gate.errors import RequestError

_CHANGE = "recover-pending"


@click.command()
@click.option("--change", default=_CHANGE, show_default=True, help="Which of the example's changes to gate.")
@click.option("--scenario", "scenarios", multiple=True, help="Name or glob; may be given several times.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where the files go. Default: .gate/runs/<run id>/"
)
def demo(change: str, scenarios: tuple[str, ...], out: Path | None) -> int:
    """Show the gate on the example billing: a change that its tests pass and that captures a payment twice.

    Exits 0 when the bug was shown, which is when the verdict is 'fail'.
    """
    example, bundle = _example()
    patch = example / "changes" / f"{change}.patch"
    if not patch.is_file():
        known = ", ".join(sorted(path.stem for path in patch.parent.glob("*.patch")))
        raise RequestError(f"demo: no change '{change}'; there are {known}")
    click.echo(f"demo: the change '{change}' of examples/billing against its baseline", err=True)
    asked = wiring.Asked(
        settings=load(example / "gate.yml", os.environ),
        baseline=os.path.relpath(example),
        candidate=os.path.relpath(example),
        patch=patch,
        bundles=(str(bundle),),
        scenarios=scenarios,
        command=("gate", "demo") if change == _CHANGE else ("gate", "demo", "--change", change),
    )
    code = gate_run(asked, out, "text")
    if change == _CHANGE and code == 0:
        return 1  # the gate missed what it is there to show
    return 0 if code == 1 else code


def _example() -> tuple[Path, Path]:
    """The example and its bundle: in a checkout, or shipped with the package."""
    home = Path(package.__file__).parent
    for root in (home.parent, home / "shipped"):
        if (root / "examples" / "billing" / "gate.yml").is_file():
            return root / "examples" / "billing", root / "bundles" / "billing"
    raise RequestError(
        "demo: the example is not part of this installation; clone the repository and run scripts/demo"
    )
