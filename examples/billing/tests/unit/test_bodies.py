import pytest

from billing.bodies import Body
from billing.errors import Unprocessable


@pytest.mark.parametrize(
    ("method", "value"),
    [
        ("text", ""),
        ("text", 5),
        ("email", "ada"),
        ("email", "@"),
        ("whole", "5"),
        ("whole", True),
        ("day", "2026-02-30"),
        ("moment", "2026-02-03T10:00:00"),
        ("optional_zone", "Europe/Atlantis"),
        ("optional_zone", "../etc/passwd"),
        ("part", []),
        ("parts", [1]),
    ],
)
def test_what_does_not_fit_is_told_by_name(method: str, value: object) -> None:
    with pytest.raises(Unprocessable) as caught:
        getattr(Body({"thing": value}), method)("thing")
    assert caught.value.code == "invalid_thing"


def test_what_fits_is_parsed() -> None:
    body = Body(
        {
            "name": "Ada",
            "zone": "Europe/Berlin",
            "at": "2026-02-03T10:00:00+01:00",
            "n": 3,
            "lines": [{"a": "b"}],
        }
    )
    assert body.text("name") == "Ada"
    assert body.optional_zone("zone") == "Europe/Berlin"
    assert body.moment("at").utcoffset() is not None
    assert body.whole("n") == 3
    assert [line.text("a") for line in body.parts("lines")] == ["b"]


def test_optional_fields_may_be_absent() -> None:
    body = Body({})
    assert (body.optional_text("a"), body.optional_whole("a"), body.optional_zone("a")) == (None, None, None)
    assert body.parts("a") == []
