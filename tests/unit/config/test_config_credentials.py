"""No credential is kept, and a wrong one is still seen."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from gate.compare import compare
from gate.config import Compare, Redactor
from gate.config.credentials import names_credential, stand_in, with_credentials
from gate.model import Json, Recording
from tests.fakes.events import recording, request

KNOWN = Redactor({"PROVIDER_KEY": "sk_live_provider"})
DIGEST = re.compile(r"[0-9a-f]{32}")


def kept(inputs: Mapping[str, Json], key: bytes = b"k") -> dict[str, Json]:
    return with_credentials(inputs, lambda credential: stand_in(credential, key))


def header(name: str, value: Json) -> Json:
    found = kept({"headers": {name: value}})["headers"]
    assert isinstance(found, dict) and list(found) == [name]
    return found[name]


def blank(text: Json) -> str:
    return DIGEST.sub("#", str(text))


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *((name, True) for name in ("authorization", "proxy-authorization", "cookie", "x-api-key")),
        *((name, True) for name in ("x-auth-token", "x-amz-security-token", "apikey", "X-Vault-Token")),
        *((name, True) for name in ("access_token", "client_secret", "key", "x-author-token", "db_passwd")),
        *((name, False) for name in ("idempotency-key", "Idempotency-Key", "x-idempotency-token")),
        *((name, False) for name in ("page_token", "nextToken", "partition-key", "sort_key", "keyword")),
        *((name, False) for name in ("author", "author_id", "x-authenticated-user", "accept", "q", "")),
    ],
)
def test_which_names_are_credentials(name: str, is_one: bool) -> None:
    assert names_credential(name) is is_one


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        ("authorization", "Bearer abc.def", "Bearer #"),
        ("authorization", "bearer  abc", "bearer  #"),
        ("authorization", "Basic dXNlcjpwYXNz", "Basic #"),
        ("authorization", "abc.def", "#"),
        ("authorization", "two words", "#"),
        ("authorization", "Bearer ", "Bearer "),
        ("x-api-key", "", ""),
        ("x-api-key", ["one", "two"], "['#', '#']"),
        ("cookie", "sid=abc; theme=a=b;lonely", "sid=#; theme=#; #"),
        ("cookie", "sid=", "sid="),
        ("accept", "abc", "abc"),
        ("idempotency-key", "abc", "abc"),
    ],
)
def test_schemes_and_names_stay(name: str, value: Json, left: str) -> None:
    assert blank(header(name, value)) == left


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("", ""),
        ("api_key=abc&q=1", "api_key=#&q=1"),
        ("q=1&Access%5Ftoken=abc", "q=1&Access%5Ftoken=#"),
        ("token", "token"),
        ("token=&&a", "token=&&a"),
        ("page_token=abc&keyword=x", "page_token=abc&keyword=x"),
    ],
)
def test_parameters(query: str, left: str) -> None:
    assert blank(kept({"query": query})["query"]) == left


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("Bearer sk_live_provider", "Bearer [redacted:PROVIDER_KEY]"),
        ("Basic c2tfbGl2ZV9wcm92aWRlcjo=", "Basic [redacted:PROVIDER_KEY]"),
        ("Bearer sk_live_provider.and-more", "Bearer [redacted:PROVIDER_KEY]"),
    ],
)
def test_what_is_known_by_name_keeps_its_name_alone(value: str, left: str) -> None:
    assert header("authorization", KNOWN.redact_text(value)) == left


def test_a_digest_says_which_credential_and_not_what() -> None:
    one, again, other = stand_in("abc", b"k"), stand_in("abc", b"k"), stand_in("abd", b"k")
    assert one == again != other and DIGEST.fullmatch(one)
    assert stand_in("abc", b"another run") != one
    assert header("x-auth-token", "a+b") == stand_in("a+b", b"k")
    assert kept({"query": "token=a%2Bb"})["query"] == f"token={stand_in('a+b', b'k')}"


def test_the_rest_is_as_it_was() -> None:
    inputs: dict[str, Json] = {
        "host": "a",
        "headers": {"accept": "b"},
        "query": None,
        "body": {"text": "key=c"},
    }
    assert kept(inputs) == inputs


def called(key: bytes, *credentials: str) -> Recording:
    """A run that calls with these, under a digest key of its own."""
    calls = []
    for seq, credential in enumerate(credentials):
        headers: dict[str, Json] = {"authorization": KNOWN.redact_text(f"Bearer {credential}")}
        call = request(seq, "POST", f"/pay/{'abc'[seq]}", host="bank.example", headers=headers, at=seq)
        calls.append(replace(call, inputs=kept(call.inputs, key)))
    return recording(calls)


@pytest.mark.parametrize(
    ("baseline", "candidate", "differs"),
    [
        pytest.param(("one", "one", "two"), ("one", "one", "two"), False, id="the same"),
        pytest.param(("one", "one", "two"), ("eins", "eins", "zwei"), False, id="other values, same use"),
        pytest.param(("one", "one", "two"), ("one", "two", "two"), True, id="a wrong one"),
        pytest.param(("one", "two"), ("two", "one"), False, id="both changed about"),
        pytest.param(("sk_live_provider",), ("sk_live_other",), True, id="not the one that is known"),
        pytest.param(("one",), ("",), True, id="none"),
    ],
)
def test_a_wrong_credential_is_a_difference(
    baseline: tuple[str, ...], candidate: tuple[str, ...], differs: bool
) -> None:
    found = compare(called(b"left", *baseline), called(b"right", *candidate), Compare(), ())
    assert bool(found.differences) is differs
