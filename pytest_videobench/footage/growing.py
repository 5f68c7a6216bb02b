"""Arrays that grow frame by frame without scattering small pieces over the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)


class Growing(Generic[T]):
    """Equal arrays, copied one behind the other into blocks.

    Kept as single arrays they would lie between the decoder's large frames, whose space could then not be
    used again: a minute of 1080p took up to twice the memory.
    """

    def __init__(self, block: int = 256) -> None:
        self._block = block
        self._blocks: list[NDArray[T]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, array: NDArray[T]) -> None:
        """Copy an array to the end."""
        if self._count % self._block == 0:
            self._blocks.append(np.empty((self._block, *array.shape), array.dtype))
        self._blocks[-1][self._count % self._block] = array
        self._count += 1

    def __getitem__(self, index: int) -> NDArray[T]:
        index = index % self._count
        row: Any = self._blocks[index // self._block][index % self._block]
        return np.asarray(row)

    def stack(self, shape: tuple[int, ...], dtype: type[T]) -> NDArray[T]:
        """Give all of them as one array, count × shape; ``shape`` and ``dtype`` tell an empty one's kind."""
        if not self._count:
            return np.zeros((0, *shape), dtype)
        return np.concatenate(self._blocks)[: self._count]
