"""What a run would cost, before anything is ordered: every clip by what it will be, and once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.wire import Job
from pytest_videobench.cases import Case, plan
from pytest_videobench.money import Cost, estimates
from pytest_videobench.prompts.load import load_style, suites_root
from pytest_videobench.prompts.model import Delivery, Prompt
from pytest_videobench.report.preview import bill, preview
from pytest_videobench.store.broker import Commission
from pytest_videobench.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytest_videobench.backends.base import Backend

TEN_SECONDS = Delivery(duration=10.0)
SPEC = "runway:gen4.5"


def prompt(name: str, delivery: Delivery | None = None) -> Prompt:
    return Prompt(
        id=name,
        style="tiny",
        camera="",
        lighting="",
        subject="a fox",
        motion="",
        scene="",
        atmosphere="",
        delivery=delivery or Delivery(),
    )


def cases_of(spec: str, *prompts: Prompt, asked: Delivery | None = None) -> list[Case]:
    return plan(prompts, [make_backend(spec)], 1, asked or Delivery())


def previewed(cases: Sequence[Case], root: Path) -> tuple[str, str]:
    """Give the price of the only group of cases, and the last line."""
    lines = list(preview(cases, root))
    return lines[1].split("  ")[-1].strip(), lines[-1]


def billed(cases: Sequence[Case], root: Path) -> str:
    backends: dict[str, Backend] = {str(case.backend.spec): case.backend for case in cases}
    (line,) = bill(estimates(map(Commission.of, cases), backends, Store(root)), None)
    return line


def under_way(root: Path, case: Case) -> None:
    page = Store(root).journal.page(Commission.of(case).key, case.key, SPEC)
    page.submitting({})
    page.submitted(Job(id="j"))


@pytest.mark.parametrize(
    ("spec", "asked", "usd"),
    [
        (SPEC, Delivery(), "9.00"),
        (SPEC, TEN_SECONDS, "18.00"),
        (f"{SPEC}?duration=10", Delivery(), "18.00"),
        ("kling:kling-v3", Delivery(), "6.30"),
        ("kling:kling-v3", Delivery(width=3840, height=2160), "31.50"),
        ("procedural", TEN_SECONDS, "0.00"),
    ],
)
def test_a_preview_says_what_the_run_will_bill(spec: str, asked: Delivery, usd: str, tmp_path: Path) -> None:
    prompts = load_style(suites_root() / "animation" / "prompts.toml").prompts
    cases = cases_of(spec, *prompts, asked=asked)
    cell, last = previewed(cases, tmp_path)
    assert cell == usd
    assert last.endswith(f"{usd} USD")
    assert f"{usd} USD" in billed(cases, tmp_path)


def test_a_prompt_that_asks_for_a_longer_clip_pays_for_it(tmp_path: Path) -> None:
    cases = cases_of(SPEC, prompt("short"), prompt("long", TEN_SECONDS))
    assert previewed(cases, tmp_path)[0] == "1.80"
    assert billed(cases, tmp_path).endswith("2 to order for about 1.80 USD")


def test_a_price_that_nobody_knows_is_no_price_of_nothing(tmp_path: Path) -> None:
    cases = cases_of("kling:kling-v2-6", prompt("fox"), prompt("owl"))
    cell, last = previewed(cases, tmp_path)
    assert cell == "unknown"
    assert last == "dry run: nothing was made; making it all would cost an unknown sum"
    assert billed(cases, tmp_path).endswith("2 to order for an unknown sum")


def test_known_and_unknown_prices_are_told_apart(tmp_path: Path) -> None:
    spec = "google"
    small = prompt("small", Delivery(width=640, height=360))
    cell, last = previewed(cases_of(spec, prompt("fox"), small, prompt("owl", small.delivery)), tmp_path)
    usd = make_backend(spec).price(make_backend(spec).delivery())
    assert cell == f"over {usd:.2f}"
    assert last.endswith(f"would cost about {usd:.2f} USD, and an unknown sum for 2 clips")


def test_a_server_of_ones_own_is_free_whatever_the_length(tmp_path: Path) -> None:
    assert previewed(cases_of("openai_videos:wan?price=0", prompt("fox")), tmp_path)[0] == "0.00"


def test_a_job_under_way_is_not_paid_again(tmp_path: Path) -> None:
    cases = cases_of(SPEC, prompt("fox"), prompt("owl"))
    under_way(tmp_path, cases[0])
    head, line, last = preview(cases, tmp_path)
    assert head.split()[2:5] == ["cases", "stored", "under"]
    assert line.split() == ["tiny", "runway@gen4.5", "2", "0", "1", "1", "0", "18", "0.60"]
    assert last.endswith("would cost about 0.60 USD")
    assert billed(cases, tmp_path) == f"{SPEC}: 2 clips, 0 stored, 1 under way, 1 to order for about 0.60 USD"


def test_a_job_whose_record_cannot_be_read_may_have_been_paid(tmp_path: Path) -> None:
    cases = cases_of(SPEC, prompt("fox"))
    under_way(tmp_path, cases[0])
    next(tmp_path.rglob("jobs/*.json")).write_text("not a record", encoding="utf-8")
    assert previewed(cases, tmp_path)[0] == "0.00"
    assert billed(cases, tmp_path).endswith("1 under way, 0 to order")


def test_two_tests_of_one_clip_are_one_clip_to_pay(tmp_path: Path) -> None:
    cases = cases_of(SPEC, prompt("fox")) * 2
    assert previewed(cases, tmp_path)[0] == "0.60"
    assert billed(cases, tmp_path).endswith("1 clips, 0 stored, 0 under way, 1 to order for about 0.60 USD")


def test_a_cost_says_what_is_known_of_it() -> None:
    said = {cost.cell(): str(cost) for cost in (Cost.of([]), Cost.of([1.0, 0.5]), Cost.of([None]))}
    assert said == {"0.00": "0.00 USD", "1.50": "about 1.50 USD", "unknown": "an unknown sum"}
    assert str(Cost.of([1.0, None])) == "about 1.00 USD, and an unknown sum for 1 clip"
