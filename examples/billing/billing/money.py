"""Integer cents in, integer cents out; Decimal in between; halves round away from zero."""

from decimal import ROUND_HALF_UP, Decimal

BASIS_POINTS = 10_000


def half_up(amount: Decimal) -> int:
    """The nearest whole cent."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def tax_on(subtotal_cents: int, tax_bp: int) -> int:
    """The tax on a subtotal at a rate in basis points."""
    return half_up(Decimal(subtotal_cents) * tax_bp / BASIS_POINTS)


def prorate(price_cents: int, part_days: int, whole_days: int) -> int:
    """The price of part of a period."""
    return half_up(Decimal(price_cents) * part_days / whole_days)
