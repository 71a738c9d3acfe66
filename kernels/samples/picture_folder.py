"""A folder of pictures, one subfolder for each class."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from kernels.datasets import local_path
from kernels.errors import DataError
from kernels.parameters import setting
from kernels.samples.oversampling import oversample_field, oversampled
from kernels.samples.pixels import picture_dataset
from kernels.samples.samples import MOST_NUMBERS, Dataset, DatasetParameters
from kernels.samples.toys import train_share_of
from kernels.simulation import Array

ENDINGS = frozenset(
    {
        ".bmp",
        ".gif",
        ".jpeg",
        ".jpg",
        ".pbm",
        ".pgm",
        ".png",
        ".pnm",
        ".ppm",
        ".tif",
        ".tiff",
        ".webp",
    }
)


class PicturesData(DatasetParameters):
    """Pictures in the subfolders of a folder, each of which is a class by its name.

    All are scaled to one square; what was not square is squeezed. Transparency is left out, and of
    a picture that moves all but the first; one that a camera has marked as turned is turned back.
    """

    title: ClassVar[str] = "Folder of pictures"
    kind: Literal["pictures"] = "pictures"
    folder: str = setting(
        "",
        help="The folder, in which a folder for each class holds its pictures.",
        source="folder",
    )
    size: int = setting(
        32, help="The width and height that pictures are scaled to.", unit="pixels", ge=8, le=224
    )
    colors: Literal["grey", "color"] = setting(
        "color",
        label="Colours",
        help="Whether pictures are read in grey or in red, green and blue.",
        labels={"grey": "Grey", "color": "Colour"},
    )
    train_share: float = train_share_of(0.8)
    oversample: bool = oversample_field()

    def content(self) -> str:
        stats = ((path, path.stat()) for _, paths in self._classes() for path in paths)
        return " ".join(f"{path} {stat.st_mtime_ns} {stat.st_size}" for path, stat in stats)

    def load(self, seed: int) -> Dataset:
        """The data set; its notes tell what cannot be read, what is empty, and what is scaled.

        Raises `DataError` if there is no such folder, fewer than two classes or too many pictures.
        """
        found = self._classes()
        channels = 1 if self.colors == "grey" else 3
        title = local_path(self.folder).resolve().name
        count = sum(len(paths) for _, paths in found)
        most = MOST_NUMBERS // (channels * self.size**2)
        if count > most:
            raise DataError(
                f"{title} has {count:,} pictures, and {most:,} are the most at the size "
                f"{self.size} x {self.size}. Choose a smaller size, or take some away."
            )
        read: dict[str, list[Array]] = {}
        unreadable: list[str] = []
        sizes: set[tuple[int, int]] = set()
        for name, paths in found:
            for path in paths:
                picture = self._read(path)
                if picture is None:
                    unreadable.append(f"{name}/{path.name}")
                else:
                    sizes.add((picture.shape[1], picture.shape[0]))
                    read.setdefault(name, []).append(self._scaled(picture))
        notes = _notes(unreadable, [name for name, _ in found if name not in read])
        if len(sizes) > 1:
            notes += (self._scaling(sizes),)
        if len(read) < 2:
            raise DataError(
                f"{title} has {'no class' if not read else 'one class'} with pictures that can be "
                "read, and two are needed. Put the pictures of each class into a folder of its "
                f"own in it. {' '.join(notes)}".rstrip()
            )
        labels = np.repeat(np.arange(len(read)), [len(pictures) for pictures in read.values()])
        pixels = np.stack([picture for pictures in read.values() for picture in pictures])
        data = picture_dataset(
            title, pixels, labels.astype(np.int64), tuple(read), self.train_share, seed, notes
        )
        return oversampled(data, seed) if self.oversample else data

    def _classes(self) -> tuple[tuple[str, tuple[Path, ...]], ...]:
        """The classes and the files of their pictures, both by name."""
        if not self.folder.strip():
            raise DataError("No folder is named. Choose the one that holds a folder a class.")
        folder = local_path(self.folder)
        if not folder.is_dir():
            raise DataError(f"{folder} is no folder. Choose the one that holds a folder a class.")
        try:
            return tuple((below.name, tuple(_pictures_in(below))) for below in _folders_in(folder))
        except OSError as error:
            raise DataError(
                f"{error.filename} cannot be read: {error.strerror}. Mend that, or choose another."
            ) from error

    def _read(self, path: Path) -> Array | None:
        """The picture in the file at `path`, uint8 (h, w) or (h, w, 3); None if it is none."""
        import cv2

        try:
            data = np.frombuffer(path.read_bytes(), np.uint8)
        except OSError:
            return None
        mode = cv2.IMREAD_GRAYSCALE if self.colors == "grey" else cv2.IMREAD_COLOR
        level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        try:
            return cv2.imdecode(data, mode)
        except cv2.error:  # an empty file, and pictures beyond OpenCV's largest
            return None
        finally:
            cv2.utils.logging.setLogLevel(level)

    def _scaled(self, picture: Array) -> Array:
        """`picture`, as it was read, uint8 (C, size, size)."""
        import cv2

        shrinks = max(picture.shape[:2]) > self.size
        how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        scaled: Array = cv2.resize(picture, (self.size, self.size), interpolation=how)
        if scaled.ndim == 2:
            return scaled[np.newaxis]
        return np.ascontiguousarray(scaled[:, :, ::-1].transpose(2, 0, 1))  # OpenCV's blue is first

    def _scaling(self, sizes: set[tuple[int, int]]) -> str:
        """That pictures of several `sizes`, (width, height), are of one now."""
        least, most = (
            "{} x {}".format(*pick(sizes, key=lambda size: size[0] * size[1]))
            for pick in (min, max)
        )
        return (
            f"The pictures are of {len(sizes)} sizes, from {least} to {most} pixels; each is "
            f"scaled to {self.size} x {self.size}."
        )


def _notes(unreadable: list[str], empty: list[str]) -> tuple[str, ...]:
    """What was left out: pictures, by folder and name, and folders that hold none."""
    notes = []
    if unreadable:
        many = len(unreadable) > 1
        notes.append(
            f"{len(unreadable)} picture{'s' if many else ''} could not be read and "
            f"{'are' if many else 'is'} left out: {_some(unreadable)}."
        )
    if empty:
        many = len(empty) > 1
        notes.append(
            f"{len(empty)} folder{'s hold' if many else ' holds'} no picture that can be read and "
            f"{'are' if many else 'is'} no class: {_some(empty)}."
        )
    return tuple(notes)


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")


def _folders_in(folder: Path) -> Iterator[Path]:
    return (p for p in sorted(folder.iterdir()) if p.is_dir() and not p.name.startswith("."))


def _pictures_in(folder: Path) -> Iterator[Path]:
    files = (p for p in sorted(folder.iterdir()) if p.suffix.lower() in ENDINGS and p.is_file())
    return (path for path in files if not path.name.startswith("."))
