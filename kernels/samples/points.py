"""Points that a person paints into the plane."""

from typing import ClassVar, Literal

import numpy as np

from kernels.errors import ParameterError
from kernels.parameters import Parameters, setting
from kernels.samples.oversampling import oversample_field, oversampled
from kernels.samples.samples import Dataset, DatasetParameters, divided
from kernels.samples.toys import CLASS_NAMES, PLANE, train_share_of


class Point(Parameters):
    """A point of the plane and its class."""

    x1: float = setting(help="Where it is along the first axis.", ge=-6, le=6)
    x2: float = setting(help="Where it is along the second axis.", ge=-6, le=6)
    label: int = setting(help="Its class.", ge=0, le=len(CLASS_NAMES) - 1)


FIRST = (  # what one begins with: two classes, so that something is learned at once
    *(Point(x1=x1, x2=x2, label=0) for x1, x2 in ((-3, 1), (-2, 3), (-4, 3), (-3, -1))),
    *(Point(x1=x1, x2=x2, label=1) for x1, x2 in ((3, -1), (2, -3), (4, -3), (3, 1))),
)


class PointsData(DatasetParameters):
    """Painted points. The classes are those that have points, each by the letter of its label."""

    title: ClassVar[str] = "Painted points"
    kind: Literal["points"] = "points"
    points: tuple[Point, ...] = setting(
        FIRST, help="The points, painted into the plane.", max_length=10_000, in_form=False
    )
    train_share: float = train_share_of(0.8)
    oversample: bool = oversample_field()

    def load(self, seed: int) -> Dataset:
        """The data set. Raises `ParameterError` while there are fewer than two classes."""
        painted, labels = np.unique([point.label for point in self.points], return_inverse=True)
        if len(painted) < 2:
            has = f"one class, {CLASS_NAMES[int(painted[0])]}" if len(painted) else "no class yet"
            raise ParameterError(
                f"The painted points have {has}, and two are needed to tell apart. "
                "Paint points of another class.",
                "points",
            )
        where = np.array([(point.x1, point.x2) for point in self.points], np.float32)
        train, validation = divided(
            where, labels.astype(np.int64), self.train_share, np.random.default_rng(seed)
        )
        data = Dataset(
            title=self.title,
            train=train,
            validation=validation,
            classes=tuple(CLASS_NAMES[int(label)] for label in painted),
            features=("x1", "x2"),
            domain=PLANE,
        )
        return oversampled(data, seed) if self.oversample else data
