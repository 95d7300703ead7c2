import pytest

from billing.errors import Conflict
from billing.states import (
    INVOICE_MOVES,
    SUBSCRIPTION_MOVES,
    InvoiceStatus,
    SubscriptionStatus,
    check_invoice_move,
    check_subscription_move,
)


def test_every_state_has_its_moves() -> None:
    assert set(INVOICE_MOVES) == set(InvoiceStatus)
    assert set(SUBSCRIPTION_MOVES) == set(SubscriptionStatus)


@pytest.mark.parametrize("source", [InvoiceStatus.VOID, InvoiceStatus.REFUNDED, InvoiceStatus.DISPUTED])
@pytest.mark.parametrize("target", list(InvoiceStatus))
def test_final_states_of_an_invoice_are_final(source: InvoiceStatus, target: InvoiceStatus) -> None:
    with pytest.raises(Conflict, match=f"cannot become {target}"):
        check_invoice_move(source, target)


def test_only_a_captured_invoice_becomes_paid() -> None:
    assert [state for state, moves in INVOICE_MOVES.items() if InvoiceStatus.PAID in moves] == [
        InvoiceStatus.CAPTURING
    ]


@pytest.mark.parametrize("target", list(SubscriptionStatus))
def test_a_canceled_subscription_stays_canceled(target: SubscriptionStatus) -> None:
    with pytest.raises(Conflict) as caught:
        check_subscription_move(SubscriptionStatus.CANCELED, target)
    assert caught.value.code == "subscription_canceled"
