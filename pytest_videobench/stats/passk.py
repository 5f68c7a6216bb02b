"""How often several tries succeed, estimated from the rolls that there are.

Both draw ``k`` of the ``n`` rolls without putting any back, so neither is biased by trying few rolls
(pass@k: Chen et al. 2021, arXiv 2107.03374; pass^k: Yao et al. 2024, arXiv 2406.12045).
"""

from __future__ import annotations

from math import comb


def pass_at_k(n: int, c: int, k: int) -> float:
    """Give the chance that at least one of ``k`` rolls passes, where ``c`` of ``n`` did.

    Raises :class:`ValueError` where it is undefined: for more tries than rolls, or numbers that cannot be.
    """
    _check(n, c, k)
    return 1 - comb(n - c, k) / comb(n, k)


def pass_hat_k(n: int, c: int, k: int) -> float:
    """Give the chance that all of ``k`` rolls pass, where ``c`` of ``n`` did; errors as above."""
    _check(n, c, k)
    return comb(c, k) / comb(n, k)


def _check(n: int, c: int, k: int) -> None:
    if not (0 <= c <= n and 1 <= k <= n):
        raise ValueError(f"of {n} rolls {c} pass: what {k} of them do is undefined")
