import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from gate.model import Channel, Kind, ScenarioVerdict, Severity, SideName, Verdict
from gate.report import pages, summary
from tests.golden.report import cases, make

CASES = sorted(cases.CASES)
_VOID = {"meta"}
_BAR = re.compile(r"width:\d{1,3}\.\d%")


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.comments: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


def rendered(case: str) -> dict[str, Page]:
    return {name: Page(text) for name, text in pages(cases.CASES[case]()).items()}


@pytest.mark.parametrize("case", CASES)
def test_pages_reach_for_nothing_outside(case: str) -> None:
    for name, text in pages(cases.CASES[case]()).items():
        style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
        assert style and not re.search(r"url\(|@import|expression", style[1]), name
        assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in text
        assert text.encode().decode() == text


@pytest.mark.parametrize("case", CASES)
def test_nothing_recorded_becomes_markup(case: str) -> None:
    found = rendered(case)
    for name, page in found.items():
        assert not page.open and not page.comments, name
        tags = {tag for tag, _ in page.tags}
        assert not tags & {
            "script",
            "img",
            "iframe",
            "object",
            "embed",
            "form",
            "link",
            "base",
            "image",
            "use",
        }
        for tag, attributes in page.tags:
            assert not {
                key for key in attributes if key.startswith("on") or key in ("src", "srcset", "xlink:href")
            }
            target = attributes.get("href")
            assert target is None or target in found or re.fullmatch(r"#[a-z]+", target), target
            assert _BAR.fullmatch(attributes.get("style") or "width:0.0%"), tag


def test_nothing_recorded_hides_or_turns_text() -> None:
    for text in pages(cases.hostile()).values():
        assert not [char for char in text if not char.isprintable() and char not in "\n"]
        assert "\\u{202E}gnp.exe\\u{200B}" in text
        assert "{{ 7*7 }}" in text


def test_file_names_are_slugs() -> None:
    names = list(pages(cases.hostile()))
    assert len({name.casefold() for name in names}) == len(names) == len(cases.hostile().scenarios) + 1
    assert all(re.fullmatch(r"[a-z0-9-]{1,80}\.html", name) for name in names)


def test_inconclusive_is_never_green() -> None:
    result = cases.inconclusive()
    for page in rendered("inconclusive").values():
        assert ("body", {"class": "run-inconclusive"}) in page.tags
    index = Page(pages(result)["index.html"])
    assert "This is not a pass" in index.words
    assert "did not settle in 10 s" in index.words
    style = re.search(r"<style>(.*?)</style>", pages(result)["index.html"], re.DOTALL)
    assert style
    rules = [line for line in style[1].splitlines() if "var(--pass" in line]
    assert rules and all(line.startswith(".run-pass ") for line in rules)


def test_missing_evidence_leads_the_page_of_its_scenario() -> None:
    words = rendered("inconclusive")["refund-partial.html"].words
    assert words.index("collector of table refunds failed") < words.index("Reproduce")
    assert "not measured" in words and "100 %" not in words


@pytest.mark.parametrize(
    ("similarity", "reads"), [(1.0, "100 %"), (0.9999, "99.9 %"), (0.99999999, "99.9 %")]
)
def test_only_what_is_wholly_equal_reads_100(similarity: float, reads: str) -> None:
    one = make.scenario("one", ScenarioVerdict.DIFFERENT, similarity)
    index = Page(pages(make.result(Verdict.FAIL, scenarios=(one,)))["index.html"])
    assert [text for text in index.text if text.endswith(" %")] == [reads]


def test_channels_come_in_order_of_what_cannot_be_taken_back() -> None:
    page = rendered("fail")["confirm-reconcile-webhook.html"]
    ids = [attributes.get("id") for tag, attributes in page.tags if tag == "h2"]
    kept = [name for name in ids if name in ("call", "message", "row", "request")]
    assert kept == ["call", "message", "row", "request"]
    assert ids.index("request") < ids.index("timeline") < ids.index("logs") < ids.index("reproduce")


def test_a_page_has_at_most_200_differences_the_worst_of_them() -> None:
    mild = tuple(
        make.difference(Channel.CALL, Kind.CHANGED, "GET x/y", f"$.a{i}", baseline=1, candidate=2)
        for i in range(250)
    )
    bad = make.difference(Channel.REQUEST, Kind.STATUS, "GET /z", "$.status", baseline=200, candidate=500)
    one = make.scenario("one", ScenarioVerdict.DIFFERENT, 0.1, differences=(*mild, bad))
    finding = make.finding(Severity.HIGH, "z fails", bad, scenarios=("one",))
    page = Page(pages(make.result(Verdict.FAIL, scenarios=(one,), findings=(finding,)))["one.html"])
    assert "51 more differences in result.json" in page.words
    assert "$.status" in page.words and "$.a199" not in page.words


def test_a_finding_says_of_how_many_more_it_is() -> None:
    many = [
        make.difference(Channel.ROW, Kind.CHANGED, "t", "$.a", baseline=1, candidate=2, entity=f"t#{i}")
        for i in range(14)
    ]
    result = make.result(
        Verdict.FAIL, findings=(make.finding(Severity.HIGH, "t", *many, scenarios=("one",)),)
    )
    words = Page(pages(result)["index.html"]).words
    assert "t#11 and 2 more" in words and "t#12" not in words
    assert "`t#0`, `t#1`, `t#2` and 11 more" in summary(result)


def test_long_values_say_how_much_is_left_out() -> None:
    assert "3,002 more characters in result.json" in rendered("hostile")["a-b-c8687a08.html"].words


@pytest.mark.parametrize(
    "timing",
    [
        {},
        {"timelines": 3, "logs": "x", "phases": []},
        {"timelines": {"create-invoice": [1, {}, {"side": "x"}]}},
    ],
    ids=["absent", "other types", "odd entries"],
)
def test_context_that_makes_no_sense_is_left_out(timing: dict[str, object]) -> None:
    result = replace(cases.passing(), timing=timing)
    page = pages(result)["create-invoice.html"]
    assert '<svg class="timeline"' not in page and 'id="logs"' not in page


def test_unsealed_shows_at_the_top() -> None:
    words = rendered("fail")["index.html"].words
    assert words.index("unsealed") < words.index("What changed")


def test_a_difference_shows_the_severity_of_its_finding_whatever_index_it_stands_at() -> None:
    item = make.difference(Channel.REQUEST, Kind.CHANGED, "GET /z", "$.body[3].a", baseline=1, candidate=2)
    one = make.scenario("one", ScenarioVerdict.DIFFERENT, 0.1, differences=(item,))
    finding = make.finding(Severity.CRITICAL, "a changed", item, scenarios=("one",), path="$.body[*].a")
    text = pages(make.result(Verdict.FAIL, scenarios=(one,), findings=(finding,)))["one.html"]
    assert text.count('class="pill sev-critical"') == 2


def test_a_reason_that_is_told_below_is_not_told_twice() -> None:
    problem = cases.inconclusive().scenarios[1].problems[0]
    result = replace(cases.inconclusive(), reasons=(f"finalize-invoice: {problem}",))
    assert pages(result)["index.html"].count(problem) == 2


@pytest.mark.parametrize(
    ("stated", "reads"), [("2026-11-04T08:15:03Z", "2026-11-04T08:15:03Z"), (0, "1970-01-01 00:00:00 UTC")]
)
def test_the_start_reads_as_a_date(stated: object, reads: str) -> None:
    result = replace(cases.passing(), timing={"started_at": stated})
    assert reads in Page(pages(result)["index.html"]).words


def test_schema_and_cache_stand_under_their_own_titles() -> None:
    found = rendered("servers")
    assert "Schema · changed value" in found["index.html"].words
    assert "Cache keys 2 differences" in found["create-invoice.html"].words
    column = found["effects-of-no-scenario.html"].words
    assert "Schema 1 difference" in column and "only in candidate" in column and "Rows" not in column


def test_images_and_what_the_seal_lets_through() -> None:
    index = rendered("servers")["index.html"].words
    digest = cases.on_servers().sides[SideName.BASELINE].images["api"].removeprefix("sha256:")
    assert f"Image of api{digest[:12]} " in index
    assert "allowedapi may mount ./certs, worker may run as root" in index
