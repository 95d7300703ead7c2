"""One scenario, both sides: everything that is not the same."""

from collections.abc import Sequence
from types import MappingProxyType

from gate.compare.calls import compare_calls
from gate.compare.context import Context
from gate.compare.messages import compare_messages
from gate.compare.requests import compare_requests
from gate.compare.rows import compare_cache, compare_rows
from gate.compare.schema import OneSided, without
from gate.config import Compare
from gate.model import Channel, Comparison, Difference, Recording

_CHANNELS = {
    Channel.REQUEST: compare_requests,
    Channel.CALL: compare_calls,
    Channel.ROW: compare_rows,
    Channel.MESSAGE: compare_messages,
    Channel.CACHE: compare_cache,
}
"""In the order in which generated values are first seen for sure. Logs are context, never evidence."""


def compare(
    left: Recording,
    right: Recording,
    rules: Compare,
    headers: Sequence[str],
    columns: OneSided = MappingProxyType({}),
) -> Comparison:
    """Compare two recordings of one scenario, equal up to renaming, on every channel that both collected.

    Rows and messages are compared without the ``columns`` that one side lacks.
    """
    left, right = without(left, columns), without(right, columns)
    context = Context(left, right, rules, headers)
    differences = _differences(context)
    if differences and (numbers := context.renaming.row_numbers()):
        # Which number is which row only the rows tell; an answer that names one is read again with that known.
        context = Context(left, right, rules, headers, numbers)
        differences = _differences(context)
    return Comparison(
        scenario=left.header.scenario,
        differences=tuple(differences),
        equal=context.tally.equal,
        leaves=context.tally.leaves,
        renamed=context.renaming.renamed,
        suppressed=dict(sorted(context.suppressed.items())),
    )


def _differences(context: Context) -> list[Difference]:
    shared = set(context.left.header.channels) & set(context.right.header.channels)
    return [
        difference
        for channel, stage in _CHANNELS.items()
        if channel in shared
        for difference in stage(context)
    ]
