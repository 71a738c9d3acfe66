"""A table of one's own: columns chosen by name, standardised, words encoded as numbers."""

import csv
from typing import ClassVar, Literal

import numpy as np

from kernels.datasets import column_names, read_table
from kernels.errors import DataError
from kernels.parameters import setting
from kernels.samples.oversampling import oversample_field, oversampled
from kernels.samples.projection import MOST_FEATURES, Projection, principal_plane
from kernels.samples.samples import Dataset, DatasetParameters, Samples, split
from kernels.samples.toys import train_share_of
from kernels.simulation import Array
from kernels.tables import Table

LARGEST = 1e30  # beyond it float32 overflows in a loss
MOST_WORDS = 100  # different ones in a column
MOST_CLASSES = 10  # different whole numbers that are taken for classes


class CsvData(DatasetParameters):
    """A CSV file with a header: some columns are the inputs, one is to be found.

    Columns of numbers are standardised by mean and standard deviation of the training part, also
    one that is to be found; a column of words becomes one input of 0 and 1 for each different word.
    Inputs of more than two features are seen in the plane of their principal components.
    """

    title: ClassVar[str] = "CSV file"
    kind: Literal["csv"] = "csv"
    file: str = setting(
        "resource:data/study-hours.csv",
        help="The table; its first row names the columns.",
        source="CSV (*.csv *.tsv *.txt)",
        resets=("features", "target"),
    )
    features: str = setting(
        "",
        help="The names of the columns to learn from, with commas between them, and in double "
        "quotation marks where a name holds a comma; empty for all but the target.",
    )
    target: str = setting(
        "",
        help="The column to be found by its name; empty for the last.",
        labels={"": "Last column"},
        offers=lambda data: data.columns(),
    )
    target_is: Literal["auto", "classes", "numbers"] = setting(
        "auto",
        help="Whether classes or numbers are to be found. Automatic takes words, and at most "
        f"{MOST_CLASSES} different whole numbers, for classes.",
        label="Target is",
        labels={"auto": "Automatic", "classes": "Classes", "numbers": "Numbers"},
    )
    train_share: float = train_share_of(0.8)
    oversample: bool = oversample_field()

    def idle(self) -> frozenset[str]:
        return frozenset({"oversample"} if self.target_is == "numbers" else ())

    def columns(self) -> tuple[str, ...]:
        """What the target may be: one of the columns of the file, or empty."""
        names = column_names(self.file)
        return ("", *names) if names else ()

    def content(self) -> str:
        return read_table(self.file).sha256

    def load(self, seed: int) -> Dataset:
        """The data set.

        Raises `DataError` where a column lacks values or mixes words and numbers, where there is
        only one class or number to be found or all inputs are the same, and where numbers or
        different words are too many.
        """
        table = read_table(self.file)
        target = self.target or table.names[-1]
        targets, classes = _targets(table, target, self.target_is)
        train, validation = split(targets, self.train_share, np.random.default_rng(seed))
        columns: dict[str, Array] = {}
        for name in self._features(table, target):
            columns |= _encoded(table, name, train)
        notes = _notes(table, columns)
        scales = _scales_of_axes(table, columns, train)
        if not classes:
            scales[target] = mean, std = _scale(targets[train])
            targets = ((targets - mean) / std).astype(np.float32)
        notes += _standardised(scales)
        inputs = np.stack(list(columns.values()), axis=1, dtype=np.float32, casting="same_kind")
        projection, domain = _drawing(inputs, train)
        data = Dataset(
            title=table.name,
            train=Samples(inputs[train], targets[train]),
            validation=Samples(inputs[validation], targets[validation]),
            classes=classes,
            features=tuple(columns),
            target=target,
            domain=domain,
            projection=projection,
            notes=notes,
        )
        return oversampled(data, seed) if self.oversample else data

    def _features(self, table: Table, target: str) -> tuple[str, ...]:
        written = next(csv.reader([self.features], skipinitialspace=True), [])
        names = tuple(dict.fromkeys(name.strip() for name in written if name.strip()))
        if target in names:
            raise DataError(
                f"'{target}' is the column to be found, so it cannot be learned from too. "
                "Take it out of the features, or choose another target."
            )
        names = names or tuple(name for name in table.names if name != target)
        if not names:
            raise DataError(
                f"{table.name} has no column beside '{target}' to learn from. Choose another file."
            )
        return names


def _targets(
    table: Table, name: str, target_is: Literal["auto", "classes", "numbers"]
) -> tuple[Array, tuple[str, ...]]:
    """What is to be found, and the names of its classes, if that are classes."""
    is_words = name in table.words and target_is != "numbers"
    values = np.array(table.words[name]) if is_words else table.column(name)
    different = np.unique(values)
    few = len(different) <= MOST_CLASSES and not is_words and np.all(different % 1 == 0)
    if len(different) < 2:
        raise DataError(
            f"'{name}' of {table.name} is {_shown(different[0])} in every row, so nothing is to be "
            "found. Choose a target in which the values differ."
        )
    if is_words or target_is == "classes" or (target_is == "auto" and few):
        if len(different) > MOST_WORDS:
            raise DataError(
                f"'{name}' of {table.name} has {len(different):,} different values, and "
                f"{MOST_WORDS} classes are the most. Choose another target, or take it for numbers."
            )
        labels = np.searchsorted(different, values).astype(np.int64)
        return labels, tuple(_shown(value) for value in different)
    _check_size(table, name, values)
    return values[:, np.newaxis], ()


def _encoded(table: Table, name: str, train: Array) -> dict[str, Array]:
    """The inputs that the column `name` gives, by their names, (rows,) float64 each."""
    if name not in table.words:
        values = table.column(name)
        _check_size(table, name, values)
        mean, std = _scale(values[train])
        return {name: (values - mean) / std}
    words = np.array(table.words[name])
    different = np.unique(words)
    if len(different) > MOST_WORDS:
        raise DataError(
            f"'{name}' of {table.name} has {len(different):,} different words, and {MOST_WORDS} "
            "are the most. Leave it out: name the features that are to be used."
        )
    return {f"{name}={word}": (words == word).astype(np.float64) for word in different}


def _scales_of_axes(
    table: Table, columns: dict[str, Array], train: Array
) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation of the numbers that are drawn as they are; others are mixed."""
    if len(columns) > 2:
        return {}
    numbers = [n for n in columns if n not in table.words and n in table.names]
    return {n: _scale(table.column(n)[train]) for n in numbers if np.ptp(columns[n]) > 0}


def _standardised(scales: dict[str, tuple[float, float]]) -> tuple[str, ...]:
    """What the numbers of these columns stand for, in a sentence if there are any."""
    if not scales:
        return ()
    names = _listed([f"'{name}'" for name in scales])
    means = _listed([f"{mean:.4g}" for mean, _ in scales.values()])
    stds = _listed([f"{std:.4g}" for _, std in scales.values()])
    if len(scales) == 1:
        sentence = (
            f"{names} is standardised: 0 stands for its mean {means}, 1 for its standard deviation "
            f"{stds} above."
        )
    else:
        sentence = (
            f"{names} are standardised: 0 stands for their means {means}, 1 for their standard "
            f"deviations {stds} above."
        )
    return (sentence,)


def _listed(words: list[str]) -> str:
    return " and ".join([*filter(None, [", ".join(words[:-1])]), words[-1]])


def _scale(known: Array) -> tuple[float, float]:
    """Mean and standard deviation; 1 for the latter where all are the same."""
    std = float(known.std()) if np.ptp(known) > 0 else 1.0  # rounding gives a constant one, too
    return float(known.mean()), std


def _drawing(
    inputs: Array, train: Array
) -> tuple[Projection | None, tuple[tuple[float, float], ...]]:
    """The plane in which `inputs`, (rows, features), are drawn, where one is needed, and ranges."""
    count = inputs.shape[1]
    if count > MOST_FEATURES:
        return None, ()
    plane = principal_plane(inputs[train]) if count > 2 else None
    places = inputs if plane is None else plane.projected(inputs)
    low, high = places.min(axis=0), places.max(axis=0)
    margin = np.maximum(0.1 * (high - low), 0.1)
    if plane is not None:  # at least as wide as high, as a picture of units that are equal has room
        margin[0] = max(margin[0], margin[1] + (np.ptp([low, high], axis=0) @ (-1, 1)) / 2)
    return plane, tuple(zip((low - margin).tolist(), (high + margin).tolist(), strict=True))


def _notes(table: Table, columns: dict[str, Array]) -> tuple[str, ...]:
    """What is to be known of the inputs `columns`. Raises `DataError` if none of them varies."""
    constant = [name for name, values in columns.items() if np.ptp(values) == 0]
    if len(constant) == len(columns):
        raise DataError(
            f"No column of {table.name} that is to be learned from varies: '{constant[0]}' is the "
            "same in every row. Choose other features or another file."
        )
    notes = []
    if constant:
        more = f" and {len(constant) - 1:,} more are" if len(constant) > 1 else " is"
        tell = "tell" if len(constant) > 1 else "tells"
        notes.append(f"'{constant[0]}'{more} the same in every row and {tell} nothing.")
    if len(columns) > MOST_FEATURES:
        notes.append(
            f"{len(columns):,} features are too many for a picture of the plane of their principal "
            f"components; {MOST_FEATURES} are the most."
        )
    return tuple(notes)


def _check_size(table: Table, name: str, values: Array) -> None:
    if np.abs(values).max() > LARGEST:
        raise DataError(
            f"'{name}' of {table.name} holds numbers beyond {LARGEST:g}, which a network cannot "
            "be trained on. Give it in another unit."
        )


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
