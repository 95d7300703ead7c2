"""The laws of renaming: one-to-one, and never for what was given."""

import base64
from uuid import UUID

import pytest
from hypothesis import given as draw
from hypothesis import strategies as st

from gate.identity import Frame, Renaming, marks, singular
from gate.model import Json, canonical

FRAME = Frame(left=[10**15], right=[10**15], tolerance=10**6)


def new(*given: str, number: float = 0.0) -> Renaming:
    return Renaming(given=frozenset(given), frame=FRAME, number=number)


def uid(number: int) -> str:
    return str(UUID(int=0xABCDEF << 100 | number, version=4))


A, B, C, D = map(uid, range(4))
IDS = st.lists(st.sampled_from([uid(n) for n in range(8)]), min_size=1, max_size=20)


@draw(IDS)
def test_reflexive(values: list[str]) -> None:
    renaming = new()
    assert all(renaming.texts(value, value, "x") for value in values)
    assert renaming.renamed == 0


@draw(IDS, st.permutations(range(8)))
def test_a_consistent_renaming_is_none_and_so_is_its_mirror(values: list[str], order: list[int]) -> None:
    other = {uid(n): uid(100 + order[n]) for n in range(8)}
    forth, back = new(), new()
    assert all(forth.texts(value, other[value], "x") for value in values)
    assert all(back.texts(other[value], value, "x") for value in values)
    assert forth.renamed == back.renamed == len(set(values))


@draw(IDS, st.data())
def test_one_id_swapped_for_another_is_always_seen(values: list[str], data: st.DataObject) -> None:
    values = [*values, *sorted(set(values))]
    if len(set(values)) < 2:
        return
    at = data.draw(st.integers(0, len(values) - 1))
    swapped = data.draw(st.sampled_from(sorted(set(values) - {values[at]})))
    other = [uid(100 + int(value[-2:], 16)) for value in values]
    other[at] = uid(100 + int(swapped[-2:], 16))
    renaming = new()
    assert not all(renaming.texts(a, b, "x") for a, b in zip(values, other, strict=True))


@draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20))
def test_what_is_bound_is_one_to_one(pairs: list[tuple[int, int]]) -> None:
    renaming = new()
    bound: dict[int, int] = {}
    for left, right in pairs:
        fits = bound.get(left, right) == right and all(bound.get(k) != right for k in bound if k != left)
        assert renaming.bind(uid(left), uid(right), "x") is fits
        if fits:
            bound[left] = right


def test_a_right_id_that_is_taken_is_a_difference() -> None:
    renaming = new()
    assert renaming.bind(A, B, "x")
    assert not renaming.bind(C, B, "x")
    assert not renaming.bind(A, D, "x")


@pytest.mark.parametrize("left", [A, B])
def test_a_given_id_is_never_renamed(left: str) -> None:
    renaming = new(A)
    assert not renaming.bind(left, C if left == A else A, "x")
    assert renaming.bind(A, A, "x")
    assert renaming.renamed == 0


def test_a_given_token_without_a_sure_form_is_not_renamed_either() -> None:
    renaming = new("cus_NffrFeUfNV2Hib")
    assert not renaming.texts("cus_NffrFeUfNV2Hib", "cus_PQxR7bTkM3vWzd", "customer", "id")
    assert new().texts("cus_NffrFeUfNV2Hib", "cus_PQxR7bTkM3vWzd", "customer", "id")
    assert not new().texts("cus_NffrFeUfNV2Hib", "cus_PQxR7bTkM3vWzd", "customer", "name")


def test_a_token_that_stayed_where_it_should_be_another() -> None:
    renaming = new()
    assert renaming.texts("cus_NffrFeUfNV2Hib", "cus_PQxR7bTkM3vWzd", "customer", "id")
    assert not renaming.texts("cus_NffrFeUfNV2Hib", "cus_NffrFeUfNV2Hib", "customer", "id")


def test_error_codes_are_not_renamed() -> None:
    assert not new().texts("InvoiceAlreadyPaid", "InvoiceAlreadyVoid", "error", "code")


def test_an_id_keeps_its_form() -> None:
    assert not new().texts(A, A.replace("-", ""), "x", "id")
    assert not new().texts(f"/x/{A.replace('-', '')}", f"/x/{B}", "x")
    assert new().texts(A.replace("-", ""), B.replace("-", ""), "x", "id")


@pytest.mark.parametrize(
    "right", [B.upper(), "00000000-0000-0000-0000-000000000000", "9" * 32], ids=["capitals", "nil", "digits"]
)
def test_a_uuid_becomes_no_other_thing(right: str) -> None:
    assert not new().texts(A, right, "x", "id")


def test_the_nil_uuid_is_no_id_and_may_stand_for_many() -> None:
    nil = "00000000-0000-0000-0000-000000000000"
    renaming = new()
    assert renaming.texts(nil, nil, "x", "id")
    assert len(renaming) == 0
    assert renaming.symbol(nil, "left") == nil


def test_a_hexadecimal_id_becomes_no_word_of_its_length() -> None:
    assert not new().texts("a1b2c3d4e5f60718", "warehouse_closed", "x", "id")


SPOKEN = "inonteratistoonesand"
"""One in some hundred random tokens passes for words, as this one."""


@pytest.mark.parametrize("template", ["{}", "/d/{}?x=1", "{} of x", "a={}&b=2"])
def test_a_token_that_passes_for_words_on_one_side(template: str) -> None:
    token = "9m4e2mr0ui3e8a215n4g"
    assert not marks(SPOKEN)
    renaming = new()
    assert renaming.texts(template.format(token), template.format(SPOKEN), "x")
    assert renaming.bound(token, "left") == SPOKEN
    assert not new().texts(template.format(token), template.format(SPOKEN[1:]), "x")
    assert not new(token).texts(template.format(token), template.format(SPOKEN), "x")


def jwt(claims: Json, signature: str) -> str:
    parts = (base64.urlsafe_b64encode(canonical(part)).decode() for part in ({"alg": "HS256"}, claims))
    return ".".join([*(part.rstrip("=") for part in parts), signature])


SIGNATURES = "A2iFOgXPdljPyrgBYYD3TrFN1143QNjd", "zKq81LmXv02RtYwB7uN5sEaC9dHgJf3P"
CLAIMS: dict[str, Json] = {"sub": A, "role": "user", "iat": 10**9, "exp": 10**9 + 3600, "aud": ["a"]}


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"sub": B, "iat": 10**9 + 1, "exp": 10**9 + 3601}, True),
        ({"role": "admin"}, False),
        ({"exp": 10**9 + 7200}, False),
        ({"aud": ["a", "b"]}, False),
        ({"aud": ["b"]}, False),
        ({"sub": None}, False),
        ({"more": 1}, False),
    ],
    ids=["signature", "id and times", "role", "expiry", "list", "item", "type", "field"],
)
def test_a_jwt_says_the_same_but_for_its_signature_ids_and_times(change: dict[str, Json], same: bool) -> None:
    left, right = jwt(CLAIMS, SIGNATURES[0]), jwt(CLAIMS | change, SIGNATURES[1])
    assert new().texts(left, right, "x") is same
    assert new().texts(f"Bearer {left}", f"Bearer {right}", "x") is same
    assert not new().texts(left, right[:-3], "x")
    assert not new(left).texts(left, right, "x")


def test_the_ids_in_a_jwt_are_those_elsewhere() -> None:
    left, right = jwt(CLAIMS, SIGNATURES[0]), jwt(CLAIMS | {"sub": B}, SIGNATURES[1])
    renaming = new()
    assert renaming.texts(left, right, "x")
    assert not renaming.texts(A, C, "x")
    assert renaming.texts(A, B, "user")
    assert '"sub":"x#1"' in renaming.symbol(left, "left")
    assert renaming.masked(left, "left") == renaming.masked(right, "right")


def test_what_base64_says_is_compared() -> None:
    def encoded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    assert not new().texts(encoded("invoice over 100 EUR"), encoded("invoice over 900 EUR"), "x")
    assert not new().texts("Basic " + encoded("shop:live_key_a"), "Basic " + encoded("shop:test_key_b"), "x")
    assert new().texts(encoded(f"Invoice:{A}"), encoded(f"Invoice:{B}"), "x")
    assert not new().texts(encoded(f"Invoice:{A}"), encoded(f"Customer:{B}"), "x")


def test_numbers_that_are_times_unless_given() -> None:
    second, milli = 10**9, 10**12
    assert new().near(second, second + 1)
    assert new().near(milli, milli + 900)
    assert not new().near(second, float(second + 1))
    assert not new(str(second)).near(second, second + 1)
    assert not new(str(second + 1)).near(second, second + 1)
    assert not new(str(milli)).near(milli, milli + 900)
    assert new(str(second)).symbolise(second, "left") == second


def test_a_given_second_may_be_the_reading_of_a_run_long_before() -> None:
    frame = Frame(left=[10**15], right=[2 * 10**15], tolerance=10**6)
    renaming = Renaming(given=frozenset({str(10**9)}), frame=frame)
    assert renaming.near(10**9, 2 * 10**9)


def test_digits_alone_may_be_an_amount() -> None:
    assert not new().texts("1000000000000000000", "2000000000000000000", "x", "balance")
    assert new().texts("1000000000000000000", "2000000000000000000", "x", "id")


def test_integer_keys_name_rows_of_one_table() -> None:
    renaming = new("orders#1")
    assert renaming.bind_key("orders", 7, 9)
    assert renaming.bind_key("lines", 7, 8)
    assert renaming.bind_key("orders", 9, 7)
    assert not renaming.bind_key("orders", 8, 7)
    assert not renaming.bind_key("orders", 1, 2)
    assert renaming.key_symbol("orders", 9, "right") == "order#1"
    assert renaming.key_symbol("lines", 8, "right") == "line#1"
    assert renaming.key_symbol("orders", 1, "left") == "orders#1"
    assert renaming.key_symbol("orders", 55, "left") == "order#new"


def test_skipped_documents_hold_their_ids() -> None:
    renaming = new()
    renaming.skip(lambda *ids: [renaming.bind(one, one, "x") for one in ids], A, B)
    assert not renaming.bind(A, C, "x")
    assert not renaming.bind(C, B, "x")
    assert renaming.bind(C, D, "x")


def test_forgetting_takes_back_the_last_pairs_only() -> None:
    renaming = new()
    renaming.bind(A, B, "x")
    size = len(renaming)
    renaming.texts(C, D, "x")
    renaming.forget(size)
    assert renaming.bound(A, "left") == B
    assert renaming.bound(C, "left") is None
    assert renaming.renamed == 1
    assert renaming.texts(C, A, "x")
    assert renaming.symbol(C, "left") == "x#2"


TIMES = [
    "1970-01-01T00:00:00Z",
    "2001-09-09T01:46:40Z",
    "2001-09-09T01:46:40.5Z",
    "2001-09-09T01:46:41+00:00",
]


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [(TIMES[1], TIMES[2], True), (TIMES[1], TIMES[3], False), (TIMES[0], TIMES[1], False)],
)
def test_times_in_texts(left: str, right: str, same: bool) -> None:
    assert new().texts(f"at {left}.", f"at {right}.", "x") is same
    assert not new(left).texts(f"at {left}.", f"at {right}.", "x")


def test_texts_are_compared_around_their_ids() -> None:
    assert new().texts(f"a {A} b {B}", f"a {C} b {D}", "x")
    assert not new().texts(f"a {A} b {A}", f"a {C} b {D}", "x")
    assert not new().texts(f"a {A} b", f"a {C} c", "x")
    assert not new().texts(f"a {A}", f"a {C} {D}", "x")


def test_symbols_say_what_and_which() -> None:
    renaming = new(D)
    renaming.bind(A, B, "invoice")
    document: Json = {
        A: [A, f"x {A}", D, 7, None, True],
        "at": "2001-09-09T01:46:40Z",
        "n": 10**9,
        "m": 10**9 + 9,
    }
    assert renaming.symbolise(document, "left") == {
        "invoice#1": ["invoice#1", "x invoice#1", D, 7, None, True],
        "at": "‹time›",
        "n": "‹time›",
        "m": "‹time›",
    }
    assert renaming.symbolise([B, A, f"{A}x", "1" * 18], "right") == [
        "invoice#1",
        "‹new id›",
        "‹new id›x",
        "1" * 18,
    ]


def test_masks_line_up_before_ids_are_known() -> None:
    renaming = new()
    assert renaming.mask([A, "b"], "left") == renaming.mask([B, "b"], "right")
    renaming.bind(A, B, "x")
    assert renaming.mask([A], "left") == renaming.mask([B], "right") == [A]
    assert renaming.mask([A], "left") != renaming.mask([C], "right")


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("invoices", "invoice"),
        ("entries", "entry"),
        ("addresses", "address"),
        ("boxes", "box"),
        ("glass", "glass"),
        ("purchases", "purchase"),
        ("databases", "database"),
        ("clauses", "clause"),
        ("sizes", "size"),
        ("caches", "cache"),
        ("statuses", "status"),
        ("aliases", "alias"),
        ("batches", "batch"),
        ("dishes", "dish"),
        ("main.purchases", "purchase"),
    ],
)
def test_singular(many: str, one: str) -> None:
    assert singular(many) == one
