"""A backend whose clips a provider makes: what a spec asks for, in the provider's words."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.base import NOTHING_ASKED, BackendSpec, Generation, Request
from pytest_videobench.backends.params import merged, read_delivery
from pytest_videobench.backends.remote.keys import KEYRING
from pytest_videobench.backends.remote.offer import delivered
from pytest_videobench.backends.remote.provider import Order, Prepares, Versioned
from pytest_videobench.backends.remote.wire import RemoteError
from pytest_videobench.errors import SpecError
from pytest_videobench.prompts.model import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pytest_videobench.backends.remote.account import Account, Purse
    from pytest_videobench.backends.remote.joblog import JobLog
    from pytest_videobench.backends.remote.loop import Errand
    from pytest_videobench.backends.remote.offer import Shape
    from pytest_videobench.backends.remote.provider import Provider
    from pytest_videobench.backends.remote.transport import HttpTransport

ASIDES = frozenset({"base_url", "concurrency", "per_minute", "poll", "timeout", "price"})
"""Parameters that say how a clip is asked for and not what it shows."""
_SECONDS_PER_CLIP = 90.0
"""A guess for previews: providers do not say how long they take."""


class Remote:
    """Clips of a provider. Cheap to make; the connection and the key wait for the first job."""

    synthetic = False

    def __init__(self, spec: BackendSpec, provider: Provider) -> None:
        self.spec, self.provider = spec, provider
        offer = provider.offer
        self.keys = offer.key_env
        self._model = offer.model(spec.model, str(spec))
        self.model = self._model.name
        self._params = dict(spec.params)
        self.asides = ASIDES | offer.asides
        self._asked = read_delivery(spec, also=(*self.asides, *offer.params))
        self._settings = dict(self._model.settings) | {
            name: _typed(spec, name, self._params[name], kind)
            for name, kind in offer.params.items()
            if name in self._params
        }
        self.base_url = (
            self._params.get("base_url") or os.environ.get(offer.base_url_env, "") or offer.base_url
        )
        self.concurrency = int(self._number("concurrency", self._model.concurrency or offer.concurrency))
        per_minute = self._number("per_minute", offer.per_minute or 0.0)
        self.per_minute = per_minute or None
        self.poll_seconds = self._number("poll", offer.poll_seconds)
        self.timeout_seconds = self._number("timeout", offer.timeout_seconds)
        self.seconds_per_clip = _SECONDS_PER_CLIP / self.concurrency
        self.delivery()  # refuses a spec of its own accord

    def delivery(self, asked: Delivery = NOTHING_ASKED) -> Delivery:
        """Say what the clips will be; raise a ``DeliveryError`` for what the model does not make."""
        return self._delivery(asked, nearest=False)

    def nearest(self, asked: Delivery) -> Delivery:
        """Say what the clips will be, as near as the model comes to what a prompt would like."""
        return self._delivery(asked, nearest=True)

    def revision(self, request: Request) -> str:  # noqa: ARG002
        """Nothing but the request changes the picture, as far as most providers tell."""
        return self.provider.revision() if isinstance(self.provider, Versioned) else ""

    def generate(self, request: Request, workdir: Path) -> Generation:
        """Order the clip and wait for it, without a journal: for those who keep jobs themselves."""
        from pytest_videobench.backends.remote.account import Account, Purse
        from pytest_videobench.backends.remote.joblog import NoLog

        errand = self.errand(request, request.prompt.key, NoLog(), Account(1), Purse(None))
        return errand.run(workdir)

    def errand(self, request: Request, case: str, log: JobLog, account: Account, purse: Purse) -> Errand:
        """Give the errand of a clip; raise :class:`RemoteError` for what the model will not take."""
        from pytest_videobench.backends.remote.loop import Errand

        return Errand(
            provider=self.provider,
            transport=self._transport,
            account=account,
            purse=purse,
            order=self._order(request, log.name, case),
            log=log,
            label=case,
            poll_seconds=self.poll_seconds,
            timeout_seconds=self.timeout_seconds,
            scrub=KEYRING.scrub,
            notes=self._notes(request),
        )

    def ready(self) -> None:
        """Raise a one-line :class:`SpecError` where the key or the server's address is missing."""
        offer = self.provider.offer
        if not self.base_url:
            raise SpecError(
                f"backend {str(self.spec)!r}: which server? set {offer.base_url_env} or add ?base_url=http://…"
            )
        if offer.key_needed and not KEYRING.find(offer.key_env):
            raise SpecError(f"backend {str(self.spec)!r}: no key; set {' or '.join(offer.key_env)}")
        if isinstance(self.provider, Prepares):
            self.provider.ready()

    def price(self, delivery: Delivery) -> float | None:
        """Give US dollars for a clip, or ``None`` where no price is known."""
        return self._shape(delivery).price(delivery.duration or self._model.default_length)

    @property
    def account(self) -> tuple[str, str]:
        """Name the account whose limits hold: one per provider and server."""
        return self.spec.name, self.base_url

    def close(self) -> None:
        """Close connections, where any were opened."""
        if "_transport" in self.__dict__:
            self._transport.close()

    @cached_property
    def _transport(self) -> HttpTransport:
        from pytest_videobench.backends.remote.transport import HttpTransport

        return HttpTransport(self.base_url, self._credentials, self.provider.offer.headers)

    def _credentials(self) -> Mapping[str, str]:
        headers = self.provider.credentials(KEYRING.find(self.provider.offer.key_env))
        KEYRING.hide(headers.values())
        return headers

    def _delivery(self, asked: Delivery, *, nearest: bool) -> Delivery:
        own = self._asked
        delivered(str(self.spec), self._model, own, nearest=False)
        if self._model.blank:
            return merged(own, self._model.conveyed(asked))
        wanted = merged(own, asked)
        seconds, shape = delivered(str(self.spec), self._model, wanted, nearest=nearest)
        return Delivery(
            duration=seconds,
            fps=(wanted.fps or self._model.fps) if self._model.free_fps else self._model.fps,
            width=shape.width,
            height=shape.height,
            ratio=shape.promised_ratio,
        )

    def _shape(self, delivery: Delivery) -> Shape:
        return self._priced(self._model.shape(delivery, nearest=True))

    def _priced(self, shape: Shape) -> Shape:
        from dataclasses import replace

        if "price" not in self._params:
            return shape
        return replace(shape, usd_per_second=self._number("price", 0.0), usd={})

    def _order(self, request: Request, key: str, case: str) -> Order:
        model, text = self._model, request.prompt.text()
        length = len(text.encode("utf-16-le")) // 2 if model.prompt_unit == "utf16" else len(text)
        if model.prompt_limit is not None and length > model.prompt_limit:
            raise RemoteError(
                f"{case}: the prompt has {length} characters, and {self.model} takes {model.prompt_limit}; "
                "shorten it",
                "bad_request",
            )
        return Order(
            prompt=text,
            model=self.model,
            seconds=request.delivery.duration or model.default_length,
            shape=self._shape(request.delivery),
            seed=model.fitting_seed(request.seed),
            fps=request.delivery.fps if model.free_fps else None,
            key=key,
            settings=self._settings,
        )

    def _notes(self, request: Request) -> tuple[str, ...]:
        wished = request.prompt.delivery
        notes = []
        if self._model.rewriting != "off":
            may = "rewrites" if self._model.rewriting == "on" else "may rewrite"
            notes.append(f"{self.provider.offer.title} {may} prompts, and cannot be told not to")
        made = request.delivery.duration
        if wished.duration is not None and wished.duration != made:
            makes = "a length of its own" if made is None else f"{made:g} s at the nearest"
            notes.append(f"the prompt asks for {wished.duration:g} s; {self.model} makes {makes}")
        return tuple(notes)

    def _number(self, name: str, default: float) -> float:
        text = self._params.get(name)
        if text is None:
            return default
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        least = 0.0 if name == "price" else 1e-9  # one's own server costs nothing
        if value < least or (name == "concurrency" and value != int(value)):
            kind = "a whole number from 1" if name == "concurrency" else "a number above 0"
            raise SpecError(f"backend {str(self.spec)!r}: parameter {name!r}: expected {kind}, got {text!r}")
        return value


def remote_backend(provider: Callable[[BackendSpec], Provider]) -> Callable[[BackendSpec], Remote]:
    """Make the factory of a backend from a provider's class, for the entry point."""

    def make(spec: BackendSpec) -> Remote:
        return Remote(spec, provider(spec))

    make.__doc__ = provider.__doc__
    make.offer = getattr(provider, "offer", None)  # type: ignore[attr-defined]  # for lists of what there is
    return make


def _typed(spec: BackendSpec, name: str, text: str, kind: str) -> Any:
    try:
        if kind == "yes/no":
            return {"yes": True, "no": False}[text]
        return {"int": int, "number": float, "text": str}[kind](text)
    except (ValueError, KeyError):
        wanted = {"int": "a whole number", "number": "a number"}.get(kind, "yes or no")
        raise SpecError(
            f"backend {str(spec)!r}: parameter {name!r}: expected {wanted}, got {text!r}"
        ) from None
