"""``gate demo``."""

import os
from pathlib import Path

import click
import yaml

import gate as package
from gate import wiring
from gate.cli.own import out_option
from gate.cli.run import gate_run
from gate.cli.say import say, tell
from gate.config.load import load
from gate.errors import RequestError
from gate.model import Verdict

_CHANGE = "recover-pending"


@click.command()
@click.option("--change", default=_CHANGE, show_default=True, help="Which of the example's changes to gate.")
@click.option(
    "--environment",
    type=click.Choice(["process", "compose"]),
    default="process",
    show_default=True,
    help="Where the sides run; compose takes a Docker engine.",
)
@click.option("--scenario", "scenarios", multiple=True, help="Name or glob; may be given several times.")
@out_option
def demo(change: str, environment: str, scenarios: tuple[str, ...], out: Path | None) -> int:
    """Show the gate on the example billing: a change that its tests pass and that captures a payment twice.

    Exits 0 when the verdict is the one that the change deserves: 'fail' where it breaks something, as this one does.
    """
    example, bundle = _example()
    expected = expected_verdict(example, change)
    says = "breaks something" if expected is Verdict.FAIL else "breaks nothing"
    tell(f"demo: the change '{change}' of examples/billing against its baseline")
    tell(f"demo: it {says}, so the verdict should be '{expected}'")
    asked = wiring.Asked(
        settings=load(example / "gate.yml", os.environ, environment),
        tell=tell,
        baseline=os.path.relpath(example),
        candidate=os.path.relpath(example),
        patch=example / "changes" / f"{change}.patch",
        bundles=(str(bundle),),
        scenarios=scenarios,
        command=_command(change, environment),
    )
    code = gate_run(asked, out, "text")
    if code not in (expected.exit_code, Verdict.INCONCLUSIVE.exit_code):
        say(f"demo: the verdict should have been '{expected}'" + "; try all scenarios" * bool(scenarios))
    return outcome(code, expected)


def _command(change: str, environment: str) -> tuple[str, ...]:
    words = ["gate", "demo"]
    words += ["--change", change] if change != _CHANGE else []
    words += ["--environment", environment] if environment != "process" else []
    return tuple(words)


def expected_verdict(example: Path, change: str) -> Verdict:
    """What the example's own list says that a change deserves. Raises RequestError where there is no such change."""
    changes = yaml.safe_load((example / "changes.yml").read_text(encoding="utf-8"))["changes"]
    breaks = {entry["name"]: entry["breaks"] for entry in changes}
    if change not in breaks:
        raise RequestError(f"demo: no change '{change}'; there are {', '.join(sorted(breaks))}")
    return Verdict.FAIL if breaks[change] else Verdict.PASS


def outcome(code: int, expected: Verdict) -> int:
    """The exit code of a demonstration whose run ended with this one: whether it showed what it was to show."""
    if code == Verdict.INCONCLUSIVE.exit_code:
        return code
    return 0 if code == expected.exit_code else 1


def _example() -> tuple[Path, Path]:
    """The example and its bundle: in a checkout, or shipped with the package."""
    home = Path(package.__file__).parent
    for root in (home.parent, home / "shipped"):
        if (root / "examples" / "billing" / "gate.yml").is_file():
            return root / "examples" / "billing", root / "bundles" / "billing"
    raise RequestError(
        "demo: the example is not part of this installation; clone the repository and run scripts/demo"
    )
