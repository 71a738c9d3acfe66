"""Every data set that a network can be trained on: a union of parameters, and their arrays.

A new one is a model with a method `load`, and one line here.
"""

import copyreg
import pickle
from collections import OrderedDict
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from kernels.annotations import variants_of
from kernels.samples.curves import (
    MultiGaussData,
    PlaneData,
    PolynomialData,
    SineData,
    TwoSinesData,
)
from kernels.samples.mnist import MnistData
from kernels.samples.picture_folder import PicturesData
from kernels.samples.pixel_table import PixelTableData
from kernels.samples.planes import (
    CheckerboardData,
    CircleData,
    GaussiansData,
    MoonsData,
    SpiralData,
    XorData,
)
from kernels.samples.points import Point, PointsData
from kernels.samples.samples import Dataset, DatasetParameters, Samples
from kernels.samples.tabular import CsvData

DatasetSpec = Annotated[
    CircleData
    | XorData
    | GaussiansData
    | SpiralData
    | MoonsData
    | CheckerboardData
    | PlaneData
    | MultiGaussData
    | TwoSinesData
    | PolynomialData
    | SineData
    | MnistData
    | PointsData
    | CsvData
    | PicturesData
    | PixelTableData,
    Field(discriminator="kind"),
]

DATASETS: dict[str, type[DatasetParameters]] = {
    kind: model
    for kind, model in variants_of(DatasetSpec).items()
    if issubclass(model, DatasetParameters)
}

DATASET_LABELS = {kind: model.title for kind, model in DATASETS.items()}

__all__ = [
    "DATASETS",
    "DATASET_LABELS",
    "CheckerboardData",
    "CircleData",
    "CsvData",
    "Dataset",
    "DatasetParameters",
    "DatasetSpec",
    "GaussiansData",
    "MnistData",
    "MoonsData",
    "MultiGaussData",
    "PicturesData",
    "PixelTableData",
    "PlaneData",
    "Point",
    "PointsData",
    "PolynomialData",
    "Samples",
    "SineData",
    "SpiralData",
    "TwoSinesData",
    "XorData",
    "load_dataset",
]

_KEPT = 4  # data sets
_UNCHECKED = (
    "No class has two samples, so that none are left to validate with. Add some, or nobody knows "
    "what was only learned by heart."
)

_datasets: OrderedDict[tuple[DatasetParameters, int, str], Dataset] = OrderedDict()


def load_dataset(parameters: DatasetParameters, seed: int) -> Dataset:
    """The data set that `parameters` describe, with all that is random in it drawn from `seed`.

    The last few are kept and shared, those from files as long as the files stay as they are.
    Raises `DataError` if a file cannot be used, `ParameterError` if points are lacking.
    """
    key = (parameters, seed, parameters.content())
    if key not in _datasets:
        _datasets[key] = _noted(replace(parameters.load(seed), recipe=(parameters, seed)))
        if len(_datasets) > _KEPT:
            _datasets.popitem(last=False)
    _datasets.move_to_end(key)
    return _datasets[key]


def _noted(data: Dataset) -> Dataset:
    """`data`, which says so where there is nothing to validate with."""
    return data if len(data.validation) else replace(data, notes=(*data.notes, _UNCHECKED))


def _reduced(data: Dataset) -> Any:
    """How `data` is pickled: pictures as what they are loaded with, since they are large."""
    if data.is_picture and data.recipe is not None:
        return load_dataset, data.recipe
    return data.__reduce_ex__(pickle.HIGHEST_PROTOCOL)


copyreg.pickle(Dataset, _reduced)
