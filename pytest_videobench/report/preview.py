"""What a run would make, how long it would take and what it would cost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_videobench.cases import backend_label
from pytest_videobench.errors import VideobenchError
from pytest_videobench.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_videobench.cases import Case
    from pytest_videobench.prompts.model import Delivery
    from pytest_videobench.store.broker import Commission, Commissioned


def preview(cases: Iterable[Case], cache: Path) -> Iterator[str]:
    """Give a line per style and backend: cases, clips in store, clips to make, seconds, US dollars.

    Below it stands what its clips will be, where that is not the backend's default.
    """
    store = Store(cache)
    groups: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        groups.setdefault((case.prompt.style, backend_label(case.backend)), []).append(case)
    titles = {"cases": 7, "stored": 8, "to make": 9, "no clip": 9, "seconds": 9, "USD": 9}
    yield f"{'style':12}{'backend':28}" + "".join(f"{title:>{width}}" for title, width in titles.items())
    total = 0.0
    for (style, label), own in groups.items():
        states = [_state(store, case) for case in own]
        making = states.count("to make")
        seconds = sum(_seconds(case) for case, state in zip(own, states, strict=True) if state == "to make")
        cost = making * own[0].backend.cost_per_clip_usd
        total += cost
        yield (
            f"{style:12}{label:28}{len(own):7}{states.count('stored'):8}{making:9}{states.count('no clip'):9}"
            f"{seconds:9.0f}{cost:9.2f}"
        )
        yield from _unusual(own)
    yield f"dry run: nothing was made; making it all would cost {total:.2f} USD"


def bill(
    orders: Sequence[Commission], backends: Mapping[str, Commissioned], store: Store, budget: float | None
) -> list[str]:
    """Say, before anything is ordered, what is stored, under way and to be paid: a line per backend."""
    lines = []
    for spec in dict.fromkeys(str(order.request.spec) for order in orders):
        own = [order for order in orders if str(order.request.spec) == spec]
        missing = [order for order in own if not store.holds(order.key)]
        paying = [order for order in missing if store.journal.read(order.key) is None]
        prices = [backends[spec].price(order.request.delivery) for order in paying]
        known = [price for price in prices if price is not None]
        cost = f"about {sum(known):.2f} USD" if len(known) == len(prices) else "at a price that is not known"
        counts = f"{len(own) - len(missing)} stored, {len(missing) - len(paying)} under way"
        to_order = f"{len(paying)} to order {cost}" if paying else "0 to order"
        lines.append(f"{spec}: {len(own)} clips, {counts}, {to_order}")
    if budget is not None:
        lines.append(f"no more than {budget:.2f} USD will be spent (--vb-budget)")
    return lines


def _state(store: Store, case: Case) -> str:
    try:
        return "stored" if store.has(case.request(), case.backend) else "to make"
    except VideobenchError:
        return "no clip"


def _seconds(case: Case) -> float:
    """Guess the time for one clip; a longer one takes longer."""
    usual, asked = case.backend.delivery().duration, case.delivery().duration
    return case.backend.seconds_per_clip * (asked / usual if asked and usual else 1.0)


def _unusual(cases: Sequence[Case]) -> Iterator[str]:
    usual = cases[0].backend.delivery()
    for delivery, count in Counter(case.delivery() for case in cases).items():
        if delivery != usual:
            yield f"{'':12}{count} of {len(cases)} cases: {_spelled(delivery)}"


def _spelled(delivery: Delivery) -> str:
    parts = [f"{delivery.duration:g} s"] if delivery.duration else []
    parts += [f"{delivery.width}x{delivery.height}"] if delivery.width else []
    parts += ["{}:{}".format(*delivery.ratio)] if delivery.ratio else []
    parts += [f"{delivery.fps:g} fps"] if delivery.fps else []
    return ", ".join(parts)
