"""Samples that are pictures, as they were before they were standardised."""

import numpy as np
from numpy.typing import NDArray

from kernels.samples.samples import Dataset, Samples
from kernels.simulation import Array


def pictures_of(dataset: Dataset, part: Samples, picked: Array) -> NDArray[np.uint8]:
    """The pictures `picked`, (n,), of a part of the data: (n, H, W) or (n, H, W, 3)."""
    inputs = part.inputs[picked]  # (n, C, H, W)
    pixels = np.clip(np.rint((inputs * dataset.std + dataset.mean) * 255), 0, 255).astype(np.uint8)
    return pixels[:, 0] if pixels.shape[1] == 1 else np.moveaxis(pixels, 1, -1)
