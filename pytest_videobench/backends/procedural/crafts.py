"""What a handmade look does to each piece: shadows of cut paper, edges of dried paint, prints in clay."""

from __future__ import annotations

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, noise

THROW = 5
"""Pixels that a piece of paper throws its shadow down and to the right."""


def crafted(image: Bytes, craft: str) -> Bytes:
    """Give a premultiplied piece as the craft leaves it; it stays as large as it was."""
    if craft == "cut":
        return _cut(image)
    if craft == "wash":
        return _washed(image)
    if craft == "clay":
        return _kneaded(image)
    return image


def _cut(image: Bytes) -> Bytes:
    alpha = image[..., 3]
    shift = np.array([[1, 0, THROW * 0.6], [0, 1, THROW]], np.float32)
    thrown = cv2.GaussianBlur(cv2.warpAffine(alpha, shift, alpha.shape[::-1]), (0, 0), 2.0)
    under = cv2.min(thrown, cv2.bitwise_not(alpha)) * 0.38
    rim = cv2.subtract(alpha, cv2.erode(alpha, np.ones((3, 3), np.uint8))) // 6
    pale = cv2.add(image[..., :3], cv2.merge([rim] * 3))
    return cv2.merge(
        [*cv2.split(cv2.min(pale, cv2.merge([alpha] * 3))), cv2.add(alpha, under.astype(np.uint8))]
    )


def _washed(image: Bytes) -> Bytes:
    alpha = image[..., 3]
    inner = cv2.GaussianBlur(alpha, (0, 0), 3.5)
    edge = cv2.min(cv2.subtract(alpha, inner), alpha)
    pools = noise(np.random.default_rng(7), alpha.shape[1], alpha.shape[0], (60, 46), 3)
    tone = np.clip(138 - 1.1 * edge.astype(np.float32) + 46 * (pools - 0.5), 40, 250).astype(np.uint8)
    keep = np.full_like(tone, 128)
    washed = cv2.multiply(image, cv2.merge([tone, tone, tone, keep]), scale=1 / 128)
    return np.asarray(cv2.min(washed, cv2.merge([washed[..., 3]] * 4)))


def _kneaded(image: Bytes) -> Bytes:
    height, width = image.shape[:2]
    dents = noise(np.random.default_rng(11), width, height, (34, 30), 2)
    slope = cv2.Sobel(dents, cv2.CV_32F, 1, 0, ksize=3) + cv2.Sobel(dents, cv2.CV_32F, 0, 1, ksize=3)
    tone = np.clip(128 + 46 * slope, 104, 152).astype(np.uint8)
    keep = np.full_like(tone, 128)
    dented = cv2.multiply(image, cv2.merge([tone, tone, tone, keep]), scale=1 / 128)
    return np.asarray(cv2.min(dented, cv2.merge([dented[..., 3]] * 4)))
