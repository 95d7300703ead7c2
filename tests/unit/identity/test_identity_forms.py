"""What is an id or a time by its form, and what is only a word."""

import base64
import random
import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.identity import ids, marks, route
from gate.identity.encoded import inside
from gate.identity.forms import names_id, names_time, opaque, unlike
from gate.model import Json

UUID = "c91e84b8-6d84-4b49-a3c3-73c625be9ef6"
HEX = "024ba77a6e8475f85d678375"
TOKEN = "A2iFOgXPdljPyrgBYYD3TrFN1143QNjd"
ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
SIGNED = "c6m+9Jm79Nx70qTyyK9b2QrX/ZMnD8wDgNrCNAeta3Y="
JWT = (
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1LTE3Iiwicm9sZSI6InVzZXIifQ.A2iFOgXPdljPyrgBYYD3TrFN1143QNjdzKq81LmXv02"
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (UUID, [UUID]),
        (UUID.upper(), [UUID.upper()]),
        (f"urn:uuid:{UUID}", [UUID]),
        (f"/v1/invoices/{UUID}/confirm", [UUID]),
        (f"invoice-{UUID}.pdf", [UUID]),
        (f"evt_{UUID}", [UUID]),
        (f"{UUID}-capture", [UUID]),
        (f"{UUID},{UUID[:-1]}0", [UUID, f"{UUID[:-1]}0"]),
        (HEX, [HEX]),
        (f"pi_{HEX}", [HEX]),
        (f"pi_{HEX}_secret_{TOKEN}", [HEX, TOKEN]),
        (ULID, [ULID]),
        (TOKEN, [TOKEN]),
        (f"Bearer {TOKEN}", [TOKEN]),
        (f"a={TOKEN}&b=2", [TOKEN]),
        (f"00-{HEX}00000000-{HEX[:16]}-01", [f"{HEX}00000000", HEX[:16]]),
        ("cjld2cjxh0000qzrmn831i7rn", ["cjld2cjxh0000qzrmn831i7rn"]),
        ("usr_ckv3x9k0p000001l4f3h2g7q8", ["ckv3x9k0p000001l4f3h2g7q8"]),
        ("V1StGXR8_Z5jdHi6B-myT", ["V1StGXR8_Z5jdHi6B-myT"]),
        (ULID.lower(), [ULID.lower()]),
        (f"user_{ULID.lower()}", [ULID.lower()]),
        (SIGNED, [SIGNED]),
        (f"sha256={SIGNED}", [SIGNED]),
        (f"$argon2id$v=19$m=65536,t=3,p=4${SIGNED[:22]}${SIGNED[:-1]}", [f"{SIGNED[:22]}${SIGNED[:-1]}"]),
        (
            "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
            ["R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"],
        ),
        (
            "pbkdf2_sha256$870000$Yc6mJm79Nx70$qTyyK9b2QrXZMnD8wDgNrCNAeta3Y=",
            ["Yc6mJm79Nx70$qTyyK9b2QrXZMnD8wDgNrCNAeta3Y="],
        ),
        ("$2b$12$short", []),
        (f"/d/{TOKEN}", [TOKEN]),
        (f"files/{TOKEN}/v2", [TOKEN]),
        (f"Bearer {JWT}", [JWT]),
        (f"{JWT}.", [JWT]),
    ],
)
def test_ids_by_form(text: str, wanted: list[str]) -> None:
    assert list(ids(text)) == wanted


WORDS = """
    m_aurora plan_team requires_capture charge.succeeded ada@analytical.example application/json;charset=utf-8
    2026-05-01 2026-W21-3 12:34:56 8400 19.99 EUR -1200.50 +44-20-7946-0018 4111-1111-1111-1111 10.0.22621.2506
    InvoiceAlreadyFinalizedError SubscriptionPlanChangedV2Event TheQuickBrownFoxJumpsOverTheLazyDog
    getHttpResponseByUrlAndId camelCaseIdentifierWithManyWords2Go AbstractSingletonProxyFactoryBean2
    SCREAMING_SNAKE_CASE_CONSTANT_NAME_V2 snake_case_identifier_with_many_words_2
    my-very-long-kebab-case-slug-of-product-2024-edition My-Very-Long-Title-Case-Slug-2026
    Samsung-Galaxy-S24-Ultra-512GB-Black ORDER-2026-0000012345-LINE-0004 INVOICE20260501PERIOD20260601DRAFT
    model2024release3version1beta windows10pro64bitbuild19045 eu-central-1a-node-0042-pool-7
    DE89370400440532013000 GB29NWBK60161331926819 Donaudampfschifffahrtsgesellschaft Europe/Isle_of_Man
    Samsung+Galaxy+S24+Ultra+512GB+Black AppData/Roaming/MyCompany/ServiceConfig2 application/problem+json+Version2
    00000000-0000-0000-0000-000000000000 ffffffff-ffff-ffff-ffff-ffffffffffff FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF
    Mozilla/5.0(X11;Linux x86_64)AppleWebKit/537.36 America/Argentina/ComodRivadavia vatNumberOfMerchantMustBeSet
""".split()  # noqa: SIM905 - a list of so many words is easier to read as a text


@pytest.mark.parametrize("text", WORDS)
def test_words_names_amounts_and_dates_are_no_ids(text: str) -> None:
    assert not ids(text)
    assert not opaque(text, text) or text[:1].isdigit()


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [
        pytest.param(UUID, UUID.replace("c", "d"), False, id="UUIDs"),
        pytest.param(UUID, UUID.upper(), True, id="UUID in capitals"),
        pytest.param(UUID, UUID.replace("-", ""), True, id="UUID without dashes"),
        pytest.param(HEX * 2, HEX, True, id="half the digits"),
        pytest.param(HEX, HEX[1:], False, id="a leading zero less"),
        pytest.param(HEX, HEX.upper(), True, id="hexadecimal in capitals"),
        pytest.param(HEX, TOKEN[:24], True, id="hexadecimal and token"),
        pytest.param(ULID, ULID.lower(), True, id="ULID in small letters"),
        pytest.param(ULID, TOKEN[:26], True, id="ULID and token"),
        pytest.param(TOKEN, TOKEN[::-1], False, id="tokens"),
        pytest.param(TOKEN, TOKEN[2:], False, id="tokens of about a length"),
        pytest.param(TOKEN, TOKEN[:20], True, id="a token cut short"),
        pytest.param(SIGNED, SIGNED[:-1], True, id="a token without its padding"),
        pytest.param("1" * 18, "2" * 18, True, id="digits"),
    ],
)
def test_two_of_a_kind(left: str, right: str, wanted: bool) -> None:
    assert unlike(left, right) is unlike(right, left) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Your invoice over 100 EUR is paid.", "Your invoice over 100 EUR is paid."),
        ("shop:live_secret_key_a", "shop:live_secret_key_a"),
        ('{"role": "user", "n": [1]}', {"role": "user", "n": [1]}),
        ("für Müller & Söhne, Köln", "für Müller & Söhne, Köln"),
        ("Xq8vR2mN7pL4tZ1", None),
        ("line\x00with a zero byte", None),
    ],
    ids=["text", "credentials", "document", "umlauts", "random characters", "control"],
)
def test_what_is_read_inside_base64(text: str, wanted: Json) -> None:
    token = base64.b64encode(text.encode()).decode()
    assert inside(token) == inside(token.replace("+", "-").replace("/", "_").rstrip("=")) == wanted
    assert [mark.said for mark in marks(f"a {token} b")] == [wanted]


def test_random_bytes_say_nothing() -> None:
    assert not [token for token in (_urlsafe(16)() for _ in range(20_000)) if inside(token) is not None]


def test_claims_are_read_inside_a_jwt() -> None:
    said = marks(JWT)[0].said
    wanted = {"sub": "u-17", "role": "user"}
    assert said == {"header": {"alg": "HS256"}, "payload": wanted, "signature": "43 characters"}


def test_long_base64_is_content_and_no_id() -> None:
    for _ in range(50):
        assert marks(base64.b64encode(RANDOM.randbytes(700)).decode())
        assert not marks(base64.b64encode(RANDOM.randbytes(1500)).decode())


def test_what_is_shorter_than_sixteen_is_never_an_id() -> None:
    assert not marks("024ba77a6e8475f")
    assert marks("024ba77a6e8475f8")


RANDOM = random.Random(7)
ALNUM = string.digits + string.ascii_letters


def _of(alphabet: str, length: int, start: str = "") -> Callable[[], str]:
    return lambda: start + "".join(RANDOM.choices(alphabet, k=length))


def _urlsafe(size: int) -> Callable[[], str]:
    return lambda: base64.urlsafe_b64encode(RANDOM.randbytes(size)).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("make", "most"),
    [
        pytest.param(_urlsafe(24), 0.0005, id="token_urlsafe(24)"),
        pytest.param(_urlsafe(16), 0.002, id="token_urlsafe(16)"),
        pytest.param(lambda: RANDOM.randbytes(16).hex(), 0, id="token_hex(16)"),
        pytest.param(
            lambda: base64.b64encode(RANDOM.randbytes(32)).decode(), 0.0005, id="base64 of 32 bytes"
        ),
        pytest.param(_of("_-" + ALNUM, 21), 0.002, id="nanoid"),
        pytest.param(_of(string.digits + string.ascii_lowercase, 24, "c"), 0.02, id="cuid"),
    ],
)
def test_how_many_of_20_000_random_tokens_are_taken_for_words(make: Callable[[], str], most: float) -> None:
    made = [make() for _ in range(20_000)]
    missed = sum(ids(token) != (token,) for token in made)
    assert missed / len(made) <= most


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("cus_NffrFeUfNV2Hib", "cus_PQxR7bTkM3vWzd", True),
        ("1234567890123456789", "1234567890123456780", True),
        ("InvoiceAlreadyPaid", "InvoiceAlreadyVoid", False),
        ("cus_NffrFeUfNV2Hib", "cus_NffrFeUfNV2Hi", False),
        ("waiting_for_payment", "waiting_for_shipment", False),
        ("ERR_PAYMENT_NOT_FOUND", "ERR_INVOICE_NOT_FOUND", False),
    ],
)
def test_opaque_values_under_a_name_that_names(left: str, right: str, alike: bool) -> None:
    assert opaque(left, right) is alike


@pytest.mark.parametrize(
    "key", ["id", "order_id", "orderId", "csrf", "x-request-id", "number", "confirm_token"]
)
def test_names_of_ids(key: str) -> None:
    assert names_id(key)


@pytest.mark.parametrize("key", ["paid", "amount", "status", "valid", "identity_kind", "tokens_left", ""])
def test_names_of_other_things(key: str) -> None:
    assert not names_id(key)


def test_names_of_times() -> None:
    assert all(map(names_time, ("exp", "iat", "created_at", "createdAt", "timestamp", "valid_until")))
    assert not any(map(names_time, ("expense", "amount", "format", "that", "runtime_kind")))


@pytest.mark.parametrize(
    ("operation", "wanted"),
    [
        ("POST /v1/invoices", "POST /v1/invoices"),
        (f"POST /v1/invoices/{UUID}/finalize", "POST /v1/invoices/{id}/finalize"),
        ("GET /v1/orders/42?page=2", "GET /v1/orders/{id}"),
        ("GET pay.example/v1/intents/pi_" + HEX, "GET pay.example/v1/intents/{id}"),
        ("audit_log", "audit_log"),
    ],
)
def test_routes(operation: str, wanted: str) -> None:
    assert route(operation) == wanted


@given(st.text(max_size=200))
def test_marks_are_parts_of_the_text_in_order(text: str) -> None:
    end = 0
    for mark in marks(text):
        assert end <= mark.start < mark.end <= len(text)
        assert text[mark.start : mark.end] == mark.text
        end = mark.end
