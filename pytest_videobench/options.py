"""Every ``--vb-*`` option and ``vb_*`` ini key, read once into :class:`Settings`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_videobench.prompts.model import Delivery

DEFAULT_BACKEND = "procedural"
DEFAULT_ROLLS = 3
Inconclusive: TypeAlias = Literal["own", "pass", "fail"]
"""What an inconclusive gate does to the exit status: one of its own, that of a pass, or that of a failure."""


class Ask(NamedTuple):
    """One thing that every clip of the run shall have."""

    source: str
    """The option or ini key, as a message names it."""
    fields: Mapping[str, Any]
    """What it says, as fields of a delivery."""

    def delivery(self) -> Delivery:
        """Give this one thing as a delivery."""
        from pytest_videobench.prompts.model import Delivery

        return Delivery(**self.fields)


@dataclass(frozen=True)
class Settings:
    """What the options and ini keys say, checked."""

    backends: tuple[str, ...]
    """Specs in the order given; empty where neither option nor ini key names one."""
    rolls: int
    report: Path
    cache: Path
    offline: bool
    dry_run: bool
    budget: float | None = None
    """US dollars that the run may spend."""
    calibration: Path | None = None
    """Limits that were fitted to the user's own labels."""
    asks: tuple[Ask, ...] = ()
    """Seconds, size or ratio of every clip, where asked for."""
    gate: str | None = None
    """The baseline that decides the exit status, as a path or a backend spec."""
    gate_source: str = ""
    """The option or ini key that names it."""
    update_golden: bool = False
    golden: Path = Path("golden")
    """Folder of all goldens."""
    margins: Path | None = None
    """The user's own margins."""
    inconclusive: Inconclusive = "own"

    @property
    def asked(self) -> Delivery:
        """What every clip shall have: after what a spec says, and before what a prompt says."""
        from pytest_videobench.prompts.model import Delivery

        return Delivery(**{name: value for ask in self.asks for name, value in ask.fields.items()})

    @classmethod
    def from_config(cls, config: pytest.Config) -> Settings:
        """Read and check; raise :class:`pytest.UsageError` naming the option and the value."""
        given: list[str] | None = config.getoption("vb_backend")
        return cls(
            backends=tuple(given or config.getini("vb_backends")),
            rolls=_rolls(config),
            report=_folder(config, "vb_report"),
            cache=_folder(config, "vb_cache"),
            offline=bool(config.getoption("vb_offline") or config.getini("vb_offline")),
            dry_run=bool(config.getoption("vb_dry_run")),
            budget=_budget(config),
            calibration=_file(config, "calibration", "videobench calibrate --out writes one"),
            asks=_asks(config),
            update_golden=bool(config.getoption("vb_update_golden")),
            golden=_golden(config),
            margins=_file(config, "margins", "margins over those of the package stand in a TOML file"),
            inconclusive=_inconclusive(config),
            **_gate(config),
        )


def add_options(parser: pytest.Parser) -> None:
    """Declare the options, each with its ini key."""
    group = parser.getgroup("videobench", "text-to-video benchmark")
    for option in _OPTIONS:
        group.addoption(f"--vb-{option.name}", default=None, help=option.help, **option.kind())
        if option.ini:
            parser.addini(option.ini, help=option.help, type=option.ini_type, default=option.ini_default)


def valued_options() -> frozenset[str]:
    """Return the options that take a value, as they are written."""
    return frozenset(f"--vb-{option.name}" for option in _OPTIONS if option.metavar)


class _Option(NamedTuple):  # made faster than a dataclass, and every pytest run makes it
    name: str
    help: str
    metavar: str | None = None
    """``None`` is a switch."""
    repeatable: bool = False
    ini: str | None = None
    ini_type: Literal["string", "linelist", "bool"] = "string"
    ini_default: object = None

    def kind(self) -> dict[str, str]:
        """Give what argparse wants to know of a switch, a value or a list of values."""
        if self.metavar is None:
            return {"action": "store_true"}
        return {"action": "append" if self.repeatable else "store", "metavar": self.metavar}


_OPTIONS = (
    _Option(
        name="backend",
        metavar="SPEC",
        repeatable=True,
        ini="vb_backends",
        ini_type="linelist",
        ini_default=[],
        help="Make clips with NAME[:MODEL][?PARAM=VALUE&...]; repeatable (default: procedural)",
    ),
    _Option(
        name="rolls",
        metavar="N",
        ini="vb_rolls",
        ini_default=str(DEFAULT_ROLLS),
        help=f"Independent clips per prompt (default: {DEFAULT_ROLLS})",
    ),
    _Option(
        name="seconds",
        metavar="S",
        ini="vb_seconds",
        help="Length of every clip (default: what the prompt asks for, else the backend's own)",
    ),
    _Option(
        name="size",
        metavar="WIDTHxHEIGHT",
        ini="vb_size",
        help="Size of every picture in pixels (default: as for the length)",
    ),
    _Option(
        name="ratio",
        metavar="W:H",
        ini="vb_ratio",
        help="Ratio of width to height, in a size that suits the backend; not together with a size",
    ),
    _Option(
        name="report",
        metavar="DIR",
        ini="vb_report",
        ini_default="videobench-report",
        help="Folder of the report (default: videobench-report)",
    ),
    _Option(
        name="cache",
        metavar="DIR",
        ini="vb_cache",
        ini_default=".videobench",
        help="Folder of the clip store (default: .videobench)",
    ),
    _Option(
        name="offline",
        ini="vb_offline",
        ini_type="bool",
        ini_default=False,
        help="Use stored clips only; a missing one is an error",
    ),
    _Option(
        name="budget",
        metavar="USD",
        ini="vb_budget",
        help="Order no clip that would make the run cost more than so many US dollars",
    ),
    _Option(
        name="calibration",
        metavar="FILE",
        ini="vb_calibration",
        help="Limits that videobench calibrate fitted to your own labels",
    ),
    _Option(name="dry-run", help="Show cases, price and time; make nothing"),
    _Option(
        name="gate",
        metavar="BASELINE",
        ini="vb_gate",
        help="Decide the exit status against this golden: a folder, a file, or a backend spec",
    ),
    _Option(name="update-golden", help="Record this run as the golden of its backends"),
    _Option(
        name="golden",
        metavar="DIR",
        ini="vb_golden",
        ini_default="golden",
        help="Folder of all goldens (default: golden)",
    ),
    _Option(
        name="margins",
        metavar="FILE",
        ini="vb_margins",
        help="Your own margins of the gate, over those of the package",
    ),
    _Option(
        name="inconclusive",
        metavar="own|pass|fail",
        ini="vb_inconclusive",
        ini_default="own",
        help="Exit status of a gate that cannot decide: its own, 10, or that of a pass or a failure",
    ),
)


def _rolls(config: pytest.Config) -> int:
    source, text = _said(config, "rolls")["rolls"]
    if not text.isdecimal() or int(text) < 1:
        raise pytest.UsageError(f"{source}: expected a number from 1, got {text!r}")
    return int(text)


def _said(config: pytest.Config, *names: str) -> dict[str, tuple[str, str]]:
    """Give source and text of what was given or has a default; an option goes before its ini key."""
    said = {}
    for name in names:
        for source, text in (
            (f"--vb-{name}", config.getoption(f"vb_{name}")),
            (f"ini key vb_{name}", config.getini(f"vb_{name}")),
        ):
            if text is not None and name not in said:
                said[name] = source, str(text)
    return said


def _asks(config: pytest.Config) -> tuple[Ask, ...]:
    said = _said(config, "seconds", "size", "ratio")
    if {"size", "ratio"} <= said.keys():
        del said[_weaker_shape(said["size"][0], said["ratio"][0])]
    return tuple(_ask(name, source, text) for name, (source, text) in said.items())


def _weaker_shape(size: str, ratio: str) -> str:
    """Say which of two sources yields: an ini key to an option; two of a kind are refused."""
    if size.startswith("--") == ratio.startswith("--"):
        raise pytest.UsageError(f"{ratio}: not together with {size}; leave one of them out")
    return "size" if ratio.startswith("--") else "ratio"


def _ask(name: str, source: str, text: str) -> Ask:
    from pytest_videobench.backends.params import read_param

    try:
        return Ask(source, read_param("duration" if name == "seconds" else name, text))
    except ValueError as error:
        raise pytest.UsageError(f"{source}: {error}") from None


def _budget(config: pytest.Config) -> float | None:
    given = _said(config, "budget").get("budget")
    if given is None:
        return None
    source, text = given
    try:
        usd = float(text)
    except ValueError:
        usd = -1.0
    if not 0 <= usd < float("inf"):
        raise pytest.UsageError(f"{source}: expected US dollars, 0 or more, got {text!r}")
    return usd


def _file(config: pytest.Config, name: str, remedy: str) -> Path | None:
    """Give the path of a file that an option names and that has to be there."""
    given = _said(config, name).get(name)
    if given is None:
        return None
    path = _folder(config, f"vb_{name}")
    if not path.is_file():
        raise pytest.UsageError(f"{given[0]}: there is no file {path}; {remedy}")
    return path


def _golden(config: pytest.Config) -> Path:
    path = _folder(config, "vb_golden")
    if path.exists() and not path.is_dir():
        source = _said(config, "golden")["golden"][0]
        raise pytest.UsageError(f"{source}: {path} is a file; name the folder of all goldens")
    return path


def _gate(config: pytest.Config) -> dict[str, Any]:
    """Give the baseline and who names it; one that an ini key names yields to ``--vb-update-golden``."""
    source, name = _said(config, "gate").get("gate", ("", ""))
    updates = bool(config.getoption("vb_update_golden"))
    if updates and source.startswith("--"):
        raise pytest.UsageError(
            "--vb-gate: not together with --vb-update-golden; one judges, the other redefines by what"
        )
    if not source or updates:
        return {}
    if not name.strip():
        raise pytest.UsageError(
            f"{source}: expected a golden folder, a golden file or a backend spec, got ''"
        )
    beside = config.rootpath / name
    if not source.startswith("--") and beside.exists():  # paths of ini keys are relative to the rootdir
        name = str(beside)
    return {"gate": name, "gate_source": source}


def _inconclusive(config: pytest.Config) -> Inconclusive:
    source, text = _said(config, "inconclusive")["inconclusive"]
    for word in get_args(Inconclusive):
        if text == word:
            return word  # type: ignore[no-any-return]  # one of the words
    raise pytest.UsageError(f"{source}: expected own, pass or fail, got {text!r}")


def _folder(config: pytest.Config, name: str) -> Path:
    """Options are relative to where pytest was called, ini keys and defaults to the rootdir."""
    option: str | None = config.getoption(name)
    if option is not None:
        return (config.invocation_params.dir / Path(option).expanduser()).resolve()
    return (config.rootpath / Path(str(config.getini(name))).expanduser()).resolve()


def chosen_backends(settings: Settings, mark_expression: str, known: Sequence[str]) -> tuple[str, ...]:
    """Say which specs a run is about.

    A backend that ``-m`` names is meant: with its spec where the settings have one, else with its default.
    Otherwise the settings decide, and the embedded generator stands in where they are silent.
    """
    meant = [name for name in _marks(mark_expression) if name in known]
    if not meant:
        return settings.backends or (DEFAULT_BACKEND,)
    given = {spec.partition(":")[0].partition("?")[0] for spec in settings.backends}
    return (
        *(spec for spec in settings.backends if spec.partition(":")[0].partition("?")[0] in meant),
        *(name for name in meant if name not in given),
    )


def _marks(expression: str) -> list[str]:
    """Give the names of a mark expression that are not negated, in order, once; pytest judges its syntax."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except SyntaxError:
        return []
    return list(dict.fromkeys(_wanted(tree.body, negated=False)))


def _wanted(node: ast.expr, *, negated: bool) -> Iterator[str]:
    if isinstance(node, ast.Name) and not negated:
        yield node.id
    elif isinstance(node, ast.UnaryOp):
        yield from _wanted(node.operand, negated=not negated)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _wanted(value, negated=negated)
