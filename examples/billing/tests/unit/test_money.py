from decimal import Decimal

import pytest

from billing.money import half_up, prorate, tax_on


@pytest.mark.parametrize(
    ("amount", "cents"), [("0.5", 1), ("1.49", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("-1.4", -1)]
)
def test_halves_round_away_from_zero(amount: str, cents: int) -> None:
    assert half_up(Decimal(amount)) == cents


@pytest.mark.parametrize(
    ("subtotal", "rate", "tax"), [(4900, 1900, 931), (990, 810, 80), (1, 5000, 1), (990, 0, 0)]
)
def test_tax_is_whole_cents(subtotal: int, rate: int, tax: int) -> None:
    assert tax_on(subtotal, rate) == tax


@pytest.mark.parametrize(
    ("price", "part", "whole", "cents"),
    [(3000, 10, 30, 1000), (990, 10, 31, 319), (990, 0, 31, 0), (990, 31, 31, 990)],
)
def test_a_part_of_a_period_costs_its_share(price: int, part: int, whole: int, cents: int) -> None:
    assert prorate(price, part, whole) == cents
