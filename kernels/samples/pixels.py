"""Pictures from outside the program: their pixels as inputs."""

import numpy as np

from kernels.errors import DataError
from kernels.samples.samples import Dataset, Samples, split
from kernels.simulation import Array


def picture_dataset(
    title: str,
    pixels: Array,
    labels: Array,
    classes: tuple[str, ...],
    train_share: float,
    seed: int,
    notes: tuple[str, ...] = (),
) -> Dataset:
    """The data set of `pixels`, uint8 (N, C, H, W), of which `labels`, int64 (N,), are the classes.

    Pixels are scaled to 0 to 1 and standardised: by one mean and one standard deviation, those of
    all pixels of the training part.
    """
    train, validation = split(labels, train_share, np.random.default_rng(seed))
    counts = np.bincount(pixels[train].ravel(), minlength=256)  # of each of the 256 values
    values = np.arange(256) / 255
    mean = float(np.average(values, weights=counts))
    std = float(np.sqrt(np.average((values - mean) ** 2, weights=counts)))
    if np.count_nonzero(counts) == 1:
        raise DataError(
            f"All training pictures of {title} are of one even colour, {mean:.2f} on a scale from "
            "0 to 1, so nothing can be learned from them. Choose others."
        )

    def samples(part: Array) -> Samples:
        inputs = pixels[part].astype(np.float32)
        inputs /= np.float32(255)
        inputs -= np.float32(mean)
        inputs /= np.float32(std)
        return Samples(inputs, labels[part])

    return Dataset(
        title=title,
        train=samples(train),
        validation=samples(validation),
        classes=classes,
        mean=mean,
        std=std,
        notes=notes,
    )
