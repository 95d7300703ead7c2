"""What each case should give, by file; the style sheet is left out of pages, so that a diff shows what they say."""

import re

from gate.report import console, pages, summary, to_json
from tests.golden.report.cases import CASES

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


def files() -> dict[str, bytes]:
    """The content of every expected file, by its path below this folder."""
    found: dict[str, bytes] = {}
    for name, build in CASES.items():
        result = build()
        rendered = pages(result)
        found[f"{name}/result.json"] = to_json(result)
        found[f"{name}/summary.md"] = summary(result).encode()
        found[f"{name}/console.txt"] = console(result, False, "runs/1/report/index.html").encode()
        found[f"{name}/index.html"] = _bare(rendered["index.html"])
    page = "confirm-reconcile-webhook.html"
    found[f"fail/{page}"] = _bare(pages(CASES["fail"]())[page])
    page = "create-invoice.html"
    found[f"servers/{page}"] = _bare(pages(CASES["servers"]())[page])
    return found


def _bare(page: str) -> bytes:
    return _STYLE.sub("<style></style>", page).encode()
