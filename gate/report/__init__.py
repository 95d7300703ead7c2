"""Every report, drawn from a Result alone: pages, summary, terminal lines and the document itself."""

from gate.report.console import console
from gate.report.document import from_json, schema, to_json
from gate.report.markdown import summary
from gate.report.pages import GENERATOR, pages

__all__ = ["GENERATOR", "console", "from_json", "pages", "schema", "summary", "to_json"]
