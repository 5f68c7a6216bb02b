"""Everything that is not a figure: liquids, fire, cloth, seas, lights and flocks, all from one table."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.procedural.cloths import cloth
from pytest_videobench.backends.procedural.figures import figure, figures, palette
from pytest_videobench.backends.procedural.flocks import Flock, flock
from pytest_videobench.backends.procedural.fluids import mass
from pytest_videobench.backends.procedural.fractals import fractal
from pytest_videobench.backends.procedural.lights import swarm
from pytest_videobench.backends.procedural.seas import sea
from pytest_videobench.backends.procedural.veils import veil

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np

    from pytest_videobench.backends.procedural.arrays import Floats
    from pytest_videobench.backends.procedural.canvas import Light
    from pytest_videobench.backends.procedural.subjects import Shape

    Maker = Callable[[Mapping[str, Any], Light, Sequence[Floats], np.random.Generator], Shape]

Table = dict[str, Any]
MAKERS: dict[str, Maker] = {"veil": veil, "cloth": cloth, "sea": sea, "fractal": fractal}


@cache
def kinds() -> Table:
    """Load the table of stuff once."""
    return tomllib.loads((files(__package__) / "drawings" / "stuff.toml").read_text("utf-8"))


def stuff(form: str, light: Light, shades: Sequence[Floats], scale: float, rng: np.random.Generator) -> Shape:
    """Make a form of the table in the colours given; ``scale`` is in pixels per unit."""
    spec = kinds()[form]
    if spec["make"] == "flock":
        return _flock(spec, light, shades, scale, rng)
    if spec["make"] == "lights":
        return swarm(spec, shades, light.light, rng)
    if spec["make"] == "mass":
        return mass(light, shades, rng)
    return MAKERS[spec["make"]](spec, light, shades, rng)


def _flock(
    spec: Table, light: Light, shades: Sequence[Floats], scale: float, rng: np.random.Generator
) -> Flock:
    turned = [[*shades[number:], *shades[:number]] for number in range(min(3, len(shades)))]
    size = scale * float(spec["sizes"][1])
    entry = figures()[spec["piece"]]
    drawn = [
        figure(entry, size, palette(light, own, None, rng), light, spec.get("traits", ())) for own in turned
    ]
    return flock(spec, drawn, scale, rng)
