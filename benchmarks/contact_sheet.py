"""Draw a contact sheet of the embedded generator: one frame a prompt.

    python benchmarks/contact_sheet.py [--style NAME] [--output FILE] [--seconds S]

Without a style, four prompts of each: the picture in the docs, and how to look at a change of the renderer.
"""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.backends.procedural.renderer import film
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import Case
from pytest_videobench.prompts.load import load_styles, suites_root

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_videobench.prompts.model import Prompt

CELL = (384, 216)
COLUMNS = 4
EACH = 4
"""Prompts of a style on the sheet of all."""


def main() -> None:
    """Draw the sheet and say where it is."""
    parser = argparse.ArgumentParser(description="Draw a contact sheet of the embedded generator.")
    parser.add_argument("--style", help="every prompt of one style; default: some of each")
    parser.add_argument("--output", type=Path, default=Path("docs/contact-sheet.jpg"))
    parser.add_argument("--seconds", type=float, default=2.0, help="which moment is shown; default: 2.0")
    args = parser.parse_args()
    cells = [picture(prompt, args.seconds) for prompt in chosen(args.style)]
    cells += [np.zeros_like(cells[0])] * (-len(cells) % COLUMNS)
    rows = [np.hstack(cells[i : i + COLUMNS]) for i in range(0, len(cells), COLUMNS)]
    cv2.imwrite(str(args.output), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 88])
    print(f"wrote {args.output}")


def chosen(style: str | None) -> list[Prompt]:
    """Give the prompts to draw; of each style some that are spread over its file."""
    styles = list(load_styles(suites_root()).values())
    if style:
        return [prompt for one in styles if one.name == style for prompt in one.prompts]
    return [one.prompts[i * len(one.prompts) // EACH] for one in styles for i in range(EACH)]


def picture(prompt: Prompt, seconds: float) -> NDArray[np.uint8]:
    """Draw one moment of a prompt's first roll, fitted into a cell."""
    case = Case(prompt=prompt, roll=0, backend=make_backend("procedural?fps=2"))
    frames = film(case.request()).frames()
    frame = next(islice(frames, int(seconds * 2), None))[..., :3]
    scale = min(CELL[0] / frame.shape[1], CELL[1] / frame.shape[0])
    small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    cell = np.zeros((CELL[1], CELL[0], 3), np.uint8)
    top, left = (CELL[1] - small.shape[0]) // 2, (CELL[0] - small.shape[1]) // 2
    cell[top : top + small.shape[0], left : left + small.shape[1]] = small
    return cell


if __name__ == "__main__":
    main()
