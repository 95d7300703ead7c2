"""The walk over two documents, held against the plain truth and against DeepDiff."""

import json
from typing import cast

from deepdiff import DeepDiff
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.compare.documents import Documents, leaves
from gate.compare.nouns import holder, noun
from gate.identity import Frame, Renaming
from gate.model import Json, Kind, Table, canonical
from tests.unit.compare.build import uid

FRAME = Frame(left=[10**15], right=[10**15], tolerance=10**6)
PLAIN = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0, 1e9, "", "a", "b", "true"])
)
JSON = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=10,
)
WITH_IDS = st.recursive(
    PLAIN | st.integers(0, 5).map(uid),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "a", "customer_id", uid(1), uid(2)]), inner, max_size=3)
    ),
    max_leaves=10,
)


def fresh(*tables: str) -> Documents:
    known = {name: Table(key=("id",), sequence=True) for name in tables}
    return Documents(Renaming(given=frozenset(), frame=FRAME), known)


def renamed(content: Json) -> Json:
    text = json.dumps(content)
    for number in range(6):
        text = text.replace(uid(number), uid(100 + (number * 5 + 3) % 7))
    return cast("Json", json.loads(text))


@settings(max_examples=150, deadline=None)
@given(JSON, JSON)
def test_without_ids_there_is_a_difference_exactly_where_the_bytes_differ(left: Json, right: Json) -> None:
    found = fresh().differ(left, right, "thing")
    assert bool(found) is (canonical(left) != canonical(right))
    if DeepDiff(left, right, ignore_private_variables=False):
        assert found, "what DeepDiff sees, we see"


@settings(max_examples=150, deadline=None)
@given(WITH_IDS)
def test_a_document_equals_itself_and_itself_under_other_ids(content: Json) -> None:
    assert not fresh().differ(content, content, "thing")
    assert not fresh().differ(content, renamed(content), "thing")


@settings(max_examples=150, deadline=None)
@given(WITH_IDS, WITH_IDS)
def test_there_is_a_difference_in_both_directions_or_in_none(left: Json, right: Json) -> None:
    assert bool(fresh().differ(left, right, "thing")) is bool(fresh().differ(right, left, "thing"))


@settings(max_examples=100, deadline=None)
@given(WITH_IDS, WITH_IDS)
def test_evidence_holds_no_id(left: Json, right: Json) -> None:
    assert "abcdef" not in str(fresh().differ(left, right, "thing"))


def test_ids_as_keys_may_stand_in_any_order() -> None:
    documents = fresh()
    assert not documents.differ([uid(1), uid(2)], [uid(11), uid(12)], "thing")
    assert not documents.differ({uid(1): 1, uid(2): 2}, {uid(12): 2, uid(11): 1}, "thing")
    found = documents.differ({uid(1): 1, uid(2): 2}, {uid(12): 1, uid(11): 2}, "thing")
    assert [leaf.path for leaf in found] == [("thing#1",), ("thing#2",)]


def test_a_list_that_was_turned_binds_by_what_its_items_say() -> None:
    items: list[Json] = [{"id": uid(n), "name": f"n{n}"} for n in range(3)]
    turned: list[Json] = [{"id": uid(10 + n), "name": f"n{n}"} for n in (2, 1, 0)]
    documents = fresh()
    assert [leaf.kind for leaf in documents.differ(items, turned, "thing")] == [Kind.ORDER]
    assert not documents.differ({"first": uid(0)}, {"first": uid(10)}, "thing")


def test_what_a_spoilt_document_bound_is_taken_back() -> None:
    documents = fresh()
    left: Json = {"a": [uid(1), {"n": 1}], "b": [{"n": 2}, uid(2)]}
    assert documents.differ(left, {"a": [{"n": 1}, uid(12)], "b": [uid(11), {"n": 2}]}, "thing")
    assert not documents.differ([uid(5), uid(6)], [uid(15), uid(16)], "thing")


def test_integers_name_rows_where_a_field_says_so() -> None:
    documents = fresh("orders")
    assert not documents.differ({"order_id": 7, "n": 7}, {"order_id": 9, "n": 7}, "thing")
    assert not documents.differ({"order": {"id": 7}}, {"order": {"id": 9}}, "thing")
    found = documents.differ({"order_id": 8}, {"order_id": 9}, "thing")
    assert [(leaf.left, leaf.right) for leaf in found] == [("order#new", "order#1")]
    assert documents.differ({"n": 7}, {"n": 9}, "thing")


def test_a_reference_goes_by_the_singular_of_its_table() -> None:
    assert not fresh("purchases").differ({"purchase_id": 7}, {"purchase_id": 9}, "thing")
    assert not fresh("statuses").differ({"status_id": 7}, {"status_id": 9}, "thing")


def test_a_reference_that_stayed_where_all_else_is_equal_to_the_byte() -> None:
    documents = fresh("orders")
    assert not documents.differ({"order_id": 7}, {"order_id": 7}, "thing")
    assert documents.differ({"order_id": 8}, {"order_id": 7}, "thing")
    assert not documents.differ({"order_id": 8}, {"order_id": 9}, "thing")
    assert documents.differ({"order_id": 8}, {"order_id": 8}, "thing")


def test_two_values_that_look_alike_in_symbols_are_told_apart() -> None:
    found = fresh().differ("2001-09-09T01:46:40Z", "2001-09-09T02:46:40Z", "thing")
    assert [(leaf.left, leaf.right) for leaf in found] == [("‹time›", "‹another time›")]
    found = fresh().differ("2001-09-09T01:46:40.5Z", "2001-09-09T01:46:40.5", "thing")
    assert [(leaf.left, leaf.right) for leaf in found] == [
        ("‹time as 0000-00-00T00:00:00Z›", "‹time as 0000-00-00T00:00:00›")
    ]
    seconds = FRAME.left[0] // 10**6
    found = fresh().differ({"at": seconds}, {"at": seconds + 20}, "thing")
    assert [(leaf.left, leaf.right) for leaf in found] == [("‹time›", "‹another time›")]
    found = fresh().differ(uid(1), uid(2).replace("-", ""), "thing")
    assert [(leaf.left, leaf.right) for leaf in found] == [("‹id of 36 characters›", "‹id of 32 characters›")]


def test_new_ids_as_keys_are_shown_apart_also_from_a_key_that_reads_like_one() -> None:
    (found,) = fresh().differ({}, {"m": {"‹new id› 3": 0, uid(1): 1, uid(2): 2, uid(3): 3}}, "thing")
    assert found.right == {"‹new id› 3": 0, "‹new id›": 1, "‹new id› 2": 2, "‹new id› 4": 3}


def test_leaves() -> None:
    assert [leaves(one) for one in (1, None, [], {}, [1, [2, []]], {"a": {"b": 1}, "c": []})] == [
        1,
        1,
        1,
        1,
        3,
        2,
    ]


def test_nouns() -> None:
    assert [noun(key, "order") for key in ("id", "", "customer_id", "customerId", "token")] == [
        "order",
        "order",
        "customer",
        "customer",
        "token",
    ]
    assert [holder(key, {}, "order") for key in ("payment", "payments", "data")] == [
        "payment",
        "payment",
        "order",
    ]
    assert holder("payment", "x", "order") == "order"


def test_what_is_nested_in_a_column_is_no_column() -> None:
    documents = fresh("orders")
    row = {"id": 1, "doc": {"id": 42, "product": {"id": 42}}}
    other = {"id": 1, "doc": {"id": 43, "product": {"id": 43}}}
    found = documents.differ(row, other, "line", {"id": "lines"})
    assert [leaf.path for leaf in found] == [("doc", "id"), ("doc", "product", "id")]


def test_a_noun_of_two_tables_names_no_row() -> None:
    tables = {name: Table(key=("id",), sequence=True) for name in ("sales.orders", "stock.orders")}
    documents = Documents(Renaming(given=frozenset(), frame=FRAME), tables)
    assert documents.differ({"order_id": 7}, {"order_id": 9}, "thing")


def test_a_tolerance_is_for_measures() -> None:
    documents = Documents(Renaming(given=frozenset(), frame=FRAME, number=5.0), {})
    assert not documents.differ({"total": 200}, {"total": 204}, "thing")
    assert documents.differ({"status": 200}, {"status": 204}, "thing")
    assert documents.differ({"owner_id": 4}, {"owner_id": 5}, "thing")


def test_ids_as_keys_in_another_order() -> None:
    left = {uid(1): "a", uid(2): "b"}
    assert not fresh().differ(left, {uid(12): "b", uid(11): "a"}, "thing")
    assert fresh().differ(left, {uid(12): "b", uid(11): "c"}, "thing")


def test_two_new_ids_are_shown_as_two() -> None:
    (found,) = fresh().differ({}, {"of": {uid(1): 1, uid(2): 2}}, "thing")
    assert found.right == {"‹new id›": 1, "‹new id› 2": 2}
