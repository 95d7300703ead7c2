"""Maps whose keys are generated ids."""

import json

from gate.model import Recording
from tests.unit.compare.build import differences, recording, row, uid


def test_a_narrow_row_with_ids_as_keys_has_its_counterpart() -> None:
    def cart(number: int, *quantities: int) -> Recording:
        items = {uid(number + n): {"qty": quantity} for n, quantity in enumerate(quantities, start=1)}
        return recording(row("carts", {"id": uid(number), "items": json.dumps(items)}))

    assert not differences(cart(10, 1, 2), cart(20, 1, 2))
    assert [d.kind for d in differences(cart(10, 1, 2), cart(20, 1, 3))]
