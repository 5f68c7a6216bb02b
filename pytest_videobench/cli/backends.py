"""``videobench backends``: which backends are installed, what each can make, what it costs, what it needs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_videobench.backends.registry import BACKENDS
from pytest_videobench.errors import VideobenchError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_videobench.backends.remote.offer import Model, Offer, Shape


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "backends",
        help="list the installed backends",
        description="List the installed backends: whether each is configured, and with its name its models,"
        " lengths, sizes, limits and prices.",
    )
    parser.add_argument("name", metavar="NAME", nargs="*", help="show all that is known of these")
    parser.set_defaults(func=show)


def show(args: argparse.Namespace) -> int:
    """Print a line per backend, or everything about those that are named."""
    for name in args.name:
        print("\n".join(_everything(name)))
    if not args.name:
        for name in BACKENDS.names():
            print(_line(name))
        print("videobench backends NAME shows models, sizes, limits and prices")
    return 0


def _line(name: str) -> str:
    """Say what a backend is; one that cannot be read says why, and hides no other."""
    try:
        return f"{name:16}{_state(name):16}{_about(name)}"
    except VideobenchError as error:
        return f"{name:16}{'broken':16}{error}"


def offer_of(name: str) -> Offer | None:
    """Give what a backend's provider offers, or ``None`` where clips are not made by one."""
    return getattr(BACKENDS.get(name), "offer", None)


def _about(name: str) -> str:
    return (BACKENDS.get(name).__doc__ or "").strip().partition("\n")[0]


def _state(name: str) -> str:
    """Say whether a backend can be used as it is."""
    offer = offer_of(name)
    if offer is None:
        absent = getattr(BACKENDS.get(name), "absent", None)
        return "not installed" if absent is not None and absent() else "ready"
    if not offer.base_url and not os.environ.get(offer.base_url_env):
        return "no address"
    from pytest_videobench.backends.remote.keys import KEYRING

    return "ready" if KEYRING.find(offer.key_env) or not offer.key_needed else "no key"


def _everything(name: str) -> Iterator[str]:
    offer = offer_of(name)
    yield f"{name}: {_about(name)}"
    if offer is None:
        return
    yield f"  key         {' or '.join(offer.key_env) or 'none'} ({_state(name)})"
    yield f"  address     {offer.base_url or 'none of its own'}"
    yield f"              {offer.base_url_env} or ?base_url= names another"
    yield f"  at once     {offer.concurrency} jobs (?concurrency=)"
    yield f"  asked after every {offer.poll_seconds:g} s (?poll=)"
    if offer.url_lives_hours is not None:
        yield f"  clips can be fetched for {offer.url_lives_hours:g} h"
    if offer.params:
        yield f"  parameters  {', '.join(f'{key} ({kind})' for key, kind in offer.params.items())}"
    yield f"  as of       {offer.as_of}, {offer.source}"
    for model in offer.models.values():
        yield from _model(model)
    if offer.any_model is not None:
        yield "  any other model may be named as well"


def _model(model: Model) -> Iterator[str]:
    span = model.length_range
    lengths = "{:g} to {:g}".format(*span) if span else ", ".join(f"{s:g}" for s in model.lengths)
    seed = "seed" if model.seed else "no seed"
    limit = f", prompts up to {model.prompt_limit} characters" if model.prompt_limit else ""
    yield f"  {model.name}: {lengths or 'any'} s, {seed}{limit}" + (f"; {model.note}" if model.note else "")
    for shape in model.shapes:
        yield f"      {shape.width}x{shape.height}  {_price(shape)}"


def _price(shape: Shape) -> str:
    if shape.usd_per_second is not None:
        return f"{shape.usd_per_second:.3g} USD/s"
    if shape.usd:
        return ", ".join(f"{seconds} s {price:.2f} USD" for seconds, price in shape.usd.items())
    return "price not known"
