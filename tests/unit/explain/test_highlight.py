"""``compare.highlight``: what a team says matters comes first among findings of one rank."""

from gate.explain import findings
from gate.model import Channel, Comparison, Difference, Kind


def difference(path: str) -> Difference:
    return Difference(
        channel=Channel.ROW,
        kind=Kind.CHANGED,
        operation="invoices",
        path=path,
        baseline=1,
        candidate=2,
        event={"baseline": "row:invoices", "candidate": "row:invoices"},
    )


def test_a_highlighted_path_leads_its_rank() -> None:
    differences = tuple(difference(path) for path in ("$.amount", "$.detail.total", "$.zip"))
    comparison = Comparison(scenario="s", differences=differences, equal=0, leaves=3, renamed=0)
    paths = [
        [one.path for one in findings([comparison], rules)] for rules in ((), ("$.detail",), ("$..zip",))
    ]
    assert [found[0] for found in paths] == ["$.amount", "$.detail.total", "$.zip"]
