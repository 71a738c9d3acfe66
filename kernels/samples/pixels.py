"""Pictures from outside the program: where their files are, and their pixels as inputs."""

from pathlib import Path

import numpy as np

from kernels.datasets import parse_source
from kernels.errors import DataError
from kernels.samples.samples import Dataset, Samples, split
from kernels.simulation import Array
from resources import resource_path


def local_path(source: str) -> Path:
    """Where what `source` names lies on this machine. Raises `DataError` if that is nowhere."""
    found = parse_source(source)
    if found.kind == "camera":
        raise DataError(f"'{source}' is a camera, which keeps no pictures. Choose a file.")
    try:
        path = resource_path(found.place) if found.kind == "resource" else Path(found.place)
        path.stat()
    except FileNotFoundError as error:
        told = "" if found.kind == "file" else f" {error}"
        raise DataError(f"There is no '{found.place}'. Choose another.{told}") from error
    except (OSError, ValueError) as error:  # a ValueError where a NUL is in the name
        raise DataError(f"{found.place!r} cannot be read: {error}. Choose another.") from error
    return path


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
