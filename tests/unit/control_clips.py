"""Synthetic clips of what looks like a fault and is none: each is drawn as a film or a cartoon has it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.unit.moving_clips import FRAMES, HEIGHT, WIDTH, Pictures, faded, ground, moving, repeated

Layer = NDArray[np.float32]


def on_threes() -> Pictures:
    """A cartoon: every drawing is shown three times, as the pan under it is."""
    return repeated(moving(pan=2.4), 3)


def on_twos() -> Pictures:
    """A cartoon: every drawing is shown twice."""
    return repeated(moving(pan=2.4), 2)


def figure_on_twos() -> Pictures:
    """A drawn figure that moves on twos over a background that pans on ones."""
    return _with_ball(moving(pan=1.6).copy(), every=2)


def lightning(*, near: bool = False) -> Pictures:
    """Three strokes of two or three pulses each, over rain at night; near ones light up the whole picture."""
    light, y, x = np.zeros(FRAMES), *np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    for start, pulses in ((9, (1, 0.3, 0.8, 0.4, 0.15)), (24, (0.5, 1, 0.35, 0.1)), (38, (0.9, 0.45, 0.2))):
        light[start : start + len(pulses)] = pulses
    clouds = np.exp(-np.hypot((x - 160) / 80, y / 60)) if not near else 0.4 + 0.3 * np.exp(-y / 60)
    out = moving(pan=0.8).astype(np.float32) * 0.3
    for index, picture in enumerate(out):
        picture += light[index] * (140 * clouds[..., None] + (1.5 if near else 0.15) * picture)
        if light[index] > 0.7:
            cv2.polylines(picture, [_bolt(index)], False, (255, 250, 250), 2, cv2.LINE_AA)
    return _bytes(_rained(out, seed=4, drops=90, length=9, speed=17))


def explosions() -> Pictures:
    """Two fireballs that swell, light up the ground and turn into smoke."""
    out = moving(pan=1.0).astype(np.float32) * 0.6
    for start, middle in ((8, (110, 100)), (25, (220, 80))):
        for index in range(start, FRAMES):
            _burst(out[index], middle, (index - start) / 24)
    return _bytes(out)


def slow_motion() -> Pictures:
    """A subject and a view that glide by a fraction of a pixel a frame."""
    return moving(pan=0.22, grow=0.0002)


def time_lapse() -> Pictures:
    """Clouds race over land that stands while the day goes by and shadows wander."""
    sky, land = ground(3), ground(5)[:HEIGHT, :WIDTH]
    horizon = np.clip((np.arange(HEIGHT, dtype=np.float32) - 100) / 6, 0, 1)[:, None, None]
    rows = []
    for index in range(FRAMES):
        day = 0.65 + 0.4 * np.sin(np.pi * (0.1 + 0.8 * index / FRAMES))
        clouds = cv2.GaussianBlur(_part(sky, 9.0 * index, 20), (0, 0), 6) + np.array([40, 20, 0])
        shade = (
            0.75
            + 0.25 * cv2.GaussianBlur(_part(sky, 9.0 * index, 150), (0, 0), 12)[..., :1].clip(0, 200) / 200
        )
        rows.append(day * (horizon * land * shade + (1 - horizon) * clouds))
    return _bytes(np.stack(rows))


def still_life(noise: float) -> Pictures:
    """A composition in which nothing moves but the film's own noise."""
    still = np.repeat(_picture(11)[None], FRAMES, axis=0)
    return _bytes(still + _noise(noise, seed=2))


def grainy() -> Pictures:
    """Coarse film grain over a pan: noise that is new in every frame."""
    grain = np.stack([cv2.GaussianBlur(one, (0, 0), 0.8) * 2.0 for one in _noise(11.0, seed=6)])
    return _bytes(moving().astype(np.float32) + grain[..., None])


def rain() -> Pictures:
    """Streaks that fall fast over a view that stands and a subject that walks."""
    return _bytes(
        _rained(_with_ball(_standing(2)).astype(np.float32) * 0.7, seed=1, drops=260, length=16, speed=23)
    )


def snow() -> Pictures:
    """Flakes of many sizes that drift down over a slow pan."""
    out, rng = moving(pan=0.7).astype(np.float32) * 0.7, np.random.default_rng(8)
    flakes = rng.uniform((0, 0, 1, 2.0), (WIDTH, HEIGHT, 3.2, 5.5), (170, 4))
    for index, picture in enumerate(out):
        for x, y, size, speed in flakes:
            place = (int(x + 8 * np.sin(index / 7 + y)) % WIDTH, int(y + speed * index) % HEIGHT)
            cv2.circle(picture, place, round(size), (240, 240, 240), -1, cv2.LINE_AA)
    return _bytes(out)


def fireworks() -> Pictures:
    """Rockets burst over a dark town and light it up."""
    out, rng = moving(pan=0.5).astype(np.float32) * 0.12, np.random.default_rng(9)
    out[:, 140:] *= 2.5
    for start in (2, 9, 15, 22, 30, 37):
        middle, colour = rng.uniform((60, 30), (260, 90)), rng.uniform(90, 255, 3)
        aims = rng.normal(size=(60, 2))
        for index in range(start, min(FRAMES, start + 20)):
            age = (index - start) / 20
            _sparks(out[index], middle, aims, age, colour)
            out[index] += 22 * np.exp(-5 * age) * colour / 255
    return _bytes(out)


def fade_through_black() -> Pictures:
    """A shot that rises from black and sinks into it."""
    return faded(moving(), 14)


def fade_through_white() -> Pictures:
    """A shot that comes out of white and goes into it."""
    gain = np.clip(np.minimum(np.arange(FRAMES), np.arange(FRAMES)[::-1]) / 14, 0, 1)[:, None, None, None]
    return _bytes(moving() * gain + 255 * (1 - gain))


def water() -> Pictures:
    """Waves of many lengths that cross each other, with glints, below a shore that stands."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    rng, depth, shore = np.random.default_rng(12), 0.4 + y / HEIGHT, _picture(4)
    waves = rng.uniform((0.02, 0.06, 2.0, 0.0), (0.14, 0.5, 6.0, 6.3), (14, 4))
    rows = []
    for index in range(FRAMES):
        phases = [a * x * np.sign(p - 3) + b * y / depth + p + s * index / 24 for a, b, s, p in waves]
        swell = np.sum(np.sin(phases), axis=0)
        lit = (
            np.stack([90 + 13 * swell, 80 + 12 * swell, 40 + 10 * swell], axis=2)
            + 90 * (swell > 5.5)[..., None]
        )
        rows.append(np.where(y[..., None] < 60, shore, lit))
    return _bytes(np.stack(rows))


def smoke() -> Pictures:
    """Smoke that rises, turns and thins out before a wall that stands."""
    out = _standing(6).astype(np.float32)
    for index, picture in enumerate(out):
        thick = np.zeros((HEIGHT, WIDTH), np.float32)
        for octave, (scale, weight) in enumerate(((1.0, 0.5), (2.1, 0.3), (4.3, 0.2))):
            layer = _part(ground(20 + octave), 0.6 * index * scale, 0)[..., 0]
            risen = np.roll(layer, -round(2.2 * index * scale), axis=0)
            thick += weight * risen / 255
        share = np.clip((cv2.GaussianBlur(thick, (0, 0), 3) - 0.35) * 2, 0, 0.8)[..., None]
        picture[:] = picture * (1 - share) + 190 * share
    return _bytes(out)


def fractal_zoom() -> Pictures:
    """A dive into the Julia set of -0.8 + 0.156i at its repelling fixed point."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    constant = -0.8 + 0.156j
    fixed = (1 + np.sqrt(1 - 4 * constant)) / 2
    plane, rows = ((x - WIDTH / 2) + 1j * (y - HEIGHT / 2)) / 110, []
    for index in range(FRAMES):
        z, steps = plane * 0.965**index + fixed, np.zeros(plane.shape)
        for _ in range(60):
            inside = np.abs(z) < 4
            steps += inside
            z = np.where(inside, z * z + constant, z)
        smooth = steps + 1 - np.log2(np.log2(np.maximum(np.abs(z), 2.1)))
        rows.append(np.stack([127 + 110 * np.sin(0.22 * smooth + k) for k in (0, 2, 4)], axis=2))
    return _bytes(np.stack(rows))


def on_black() -> Pictures:
    """A lit subject that crosses a background without any light."""
    return _with_ball(np.zeros((FRAMES, HEIGHT, WIDTH, 3), np.uint8), detail=True)


def neon() -> Pictures:
    """A street that a strobing sign lights up from edge to edge, several times a second."""
    on = (np.arange(FRAMES) // 2 % 2).astype(np.float32)[:, None, None, None]
    lit = moving(pan=0.8).astype(np.float32)
    return _bytes(lit * 0.4 + on * lit * np.array([0.5, 0.25, 0.6], np.float32))


def _standing(seed: int) -> Pictures:
    return _bytes(np.repeat(_picture(seed)[None], FRAMES, axis=0) + _noise(1.5, seed=seed))


def _picture(seed: int) -> Layer:
    return np.asarray(ground(seed)[40 : 40 + HEIGHT, 100 : 100 + WIDTH], np.float32)


def _part(picture: Layer, x: float, y: int) -> Layer:
    """A view of a ground at a place between pixels."""
    shift = np.array([[1, 0, x % (2 * WIDTH)], [0, 1, y]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(picture, shift, (WIDTH, HEIGHT), flags=flags, borderMode=cv2.BORDER_REFLECT)
    )


def _noise(deviation: float, *, seed: int) -> Layer:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((FRAMES, HEIGHT, WIDTH, 1), np.float32) * np.float32(deviation)


def _with_ball(pictures: Pictures, *, every: int = 1, detail: bool = False) -> Pictures:
    """A ball that bounces through the picture; it may be drawn anew every few frames only."""
    for index, picture in enumerate(pictures):
        drawn = index // every * every
        x, y = round(60 + 4.2 * drawn), round(120 - 55 * abs(np.sin(drawn / 9)))
        cv2.circle(picture, (x, y), 26, (60, 150, 230), -1, cv2.LINE_AA)
        for spoke in range(5 if detail else 0):
            angle = drawn / 10 + spoke * 2 * np.pi / 5
            end = (round(x + 24 * np.cos(angle)), round(y + 24 * np.sin(angle)))
            cv2.line(picture, (x, y), end, (30, 60, 120), 3, cv2.LINE_AA)
    return pictures


def _bolt(seed: int) -> NDArray[np.int32]:
    rng = np.random.default_rng(seed)
    y = np.linspace(0, 130, 14)
    x = rng.uniform(80, 240) + np.cumsum(rng.normal(0, 9, 14))
    return np.stack([x, y], axis=1).astype(np.int32)


def _burst(picture: Layer, middle: tuple[int, int], age: float) -> None:
    """Add a fireball of an age of 0–1 to a picture; it keeps glowing, weaker and weaker, and leaves smoke."""
    radius, heat = 12 + 75 * np.sqrt(age), float(np.exp(-4 * age))
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    away = np.hypot(x - middle[0], y - middle[1] + 20 * age) / radius
    ball = np.clip(1.3 - away, 0, 1)[..., None] * np.clip(2 - 1.2 * age, 0, 1)
    fire = np.array([60, 150, 255], np.float32) * heat + np.array([70, 70, 75], np.float32) * (1 - heat)
    picture *= 1 + 0.5 * heat * np.exp(-away / 3)[..., None]
    picture += ball * (fire - picture)


def _sparks(
    picture: Layer,
    middle: NDArray[np.float64],
    aims: NDArray[np.float64],
    age: float,
    colour: NDArray[np.float64],
) -> None:
    """Draw the sparks of a rocket that burst some time ago, 0–1."""
    for aim in aims:
        x, y = middle + aim * 40 * (1 - np.exp(-3 * age)) + (0, 25 * age * age)
        lit = (colour * (1 - age)).tolist()
        cv2.circle(picture, (round(x), round(y)), 1, lit, -1, cv2.LINE_AA)


def _rained(pictures: Layer, *, seed: int, drops: int, length: int, speed: float) -> Layer:
    rng = np.random.default_rng(seed)
    for picture in pictures:
        wet = np.zeros((HEIGHT, WIDTH), np.float32)
        for x, y, bright in rng.uniform((0, -length, 20), (WIDTH, HEIGHT, 70), (drops, 3)):
            cv2.line(wet, (int(x), int(y)), (int(x - 2), int(y + length)), bright, 1, cv2.LINE_AA)
        picture += wet[..., None]
    return pictures


def _bytes(pictures: NDArray[np.floating]) -> Pictures:
    return np.asarray(np.clip(pictures, 0, 255), np.uint8)
