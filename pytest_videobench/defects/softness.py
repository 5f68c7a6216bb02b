"""How soft the sampled pictures are, against the same clip's sharp ones."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import rules
from pytest_videobench.metrics.decay import lit_samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Footage


def lit(footage: Footage) -> NDArray[np.bool_]:
    """Say which samples are neither black nor fading."""
    mask = np.zeros(len(footage.samples.index), bool)
    mask[lit_samples(footage.samples.contrast)] = True
    return mask


def detail_left(footage: Footage) -> Floats:
    """Give the detail of every sample as a share of that of the clip's sharp ones; 1 where it is dark.

    Detail is the deviation of the Laplacian over that of luma, so that contrast does not count.
    """
    detail, mask = footage.samples.detail, lit(footage)
    if not mask.any():
        return np.ones(len(detail))
    sharp = float(np.quantile(detail[mask], rules("softness")["sharp"]))
    return np.asarray(np.where(mask, detail / max(sharp, 1e-6), 1.0))


def sharpness_left(footage: Footage) -> Floats:
    """Give what is left of the sharpness of every sample, 0–1, with a change of the scene counted out.

    It is the detail that is left, squared, over the texture that is left. Blur takes fine detail and leaves
    coarse texture; a scene with less in it loses both alike.
    """
    left = detail_left(footage)
    if not len(footage.motion.texture):
        return np.ones(len(left))
    blocks = footage.motion.texture.reshape(len(footage.motion.texture), -1).astype(np.float64)
    pairs = np.minimum(np.searchsorted(footage.distinct, footage.samples.index), len(blocks) - 1)
    texture, sharp = blocks[pairs], np.flatnonzero((left >= rules("softness")["near"]) & lit(footage))
    light = footage.frames.blocks[footage.samples.index].reshape(len(left), -1).astype(np.float64)
    kept = np.array([_texture_left(texture, light, i, sharp) for i in range(len(left))])
    return np.where(np.isfinite(kept), np.minimum(1.0, left**2 / kept), 1.0)


def _texture_left(texture: Floats, light: Floats, index: int, sharp: NDArray[np.int64]) -> float:
    """Give the median share of their texture that blocks have kept since the nearest sharp sample; infinity
    where too few blocks had any to tell, or where another thing fills the picture."""
    rule = rules("softness")
    if not len(sharp):
        return inf
    nearest = int(sharp[np.abs(sharp - index).argmin()])
    before = texture[nearest]
    rich = before > rule["texture"]
    if rich.mean() < rule["rich"] or _alike(light[nearest], light[index]) < rule["alike"]:
        return inf
    return min(1.0, max(rule["least"], float(np.median(texture[index][rich] / before[rich]))))


def _alike(before: Floats, after: Floats) -> float:
    """Give the correlation of two pictures' block luma, 1 where both are plain."""
    spread = before.std() * after.std()
    return float(np.mean((before - before.mean()) * (after - after.mean())) / spread) if spread > 0 else 1.0
