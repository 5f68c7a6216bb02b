"""What a run would make, how long it would take and what it would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.cases import backend_label
from pytest_videobench.errors import VideobenchError
from pytest_videobench.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pytest_videobench.cases import Case


def preview(cases: Iterable[Case], cache: Path) -> Iterator[str]:
    """Give a line per style and backend: cases, clips in store, clips to make, seconds, US dollars."""
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
        backend = own[0].backend
        cost = making * backend.cost_per_clip_usd
        total += cost
        yield (
            f"{style:12}{label:28}{len(own):7}{states.count('stored'):8}{making:9}{states.count('no clip'):9}"
            f"{making * backend.seconds_per_clip:9.0f}{cost:9.2f}"
        )
    yield f"dry run: nothing was made; making it all would cost {total:.2f} USD"


def _state(store: Store, case: Case) -> str:
    try:
        return "stored" if store.has(case.request(), case.backend) else "to make"
    except VideobenchError:
        return "no clip"
