"""The plane in which samples of many features are seen: that of their principal components."""

from dataclasses import dataclass

import numpy as np

from kernels.simulation import Array

MOST_FEATURES = 200  # of which a network is asked all over the plane, picture after picture


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """The plane of the first two principal components of inputs of D features.

    It goes through `mean`, float32 (D,). `components`, float32 (2, D), have length 1 and are
    perpendicular; of each the entry that is largest in size is positive. `explained` are their
    shares of the variance of the inputs, from 0 to 1. The arrays become read-only.
    """

    mean: Array
    components: Array
    explained: tuple[float, float]

    def __post_init__(self) -> None:
        self.mean.flags.writeable = False
        self.components.flags.writeable = False

    def projected(self, inputs: Array) -> Array:
        """Where the foot of the perpendicular from each of `inputs`, (N, D), is: (N, 2)."""
        places: Array = (inputs - self.mean) @ self.components.T
        return places


def principal_plane(inputs: Array) -> Projection:
    """The plane of the first two principal components of `inputs`, (N, D), D at least 2.

    Source: Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2009), section
    14.5.1: the eigenvectors of the covariance matrix with the largest eigenvalues.
    """
    mean = inputs.mean(axis=0, dtype=np.float64)
    centered = inputs - mean
    variances, vectors = np.linalg.eigh(centered.T @ centered)  # in ascending order
    components = vectors[:, :-3:-1].T  # (2, D)
    largest = np.round(np.abs(components), 6).argmax(axis=1)  # the first of those that are equal
    components = components * np.sign(components[[0, 1], largest])[:, np.newaxis]
    total = float(variances.sum())
    first, second = (max(0.0, float(v)) / total if total > 0 else 0.0 for v in variances[:-3:-1])
    return Projection(
        mean=mean.astype(np.float32),
        components=components.astype(np.float32),
        explained=(first, second),
    )
