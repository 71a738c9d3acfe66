"""Sources, tables read once, and mini-batches that cut every epoch exactly."""

import hashlib
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import resources
from kernels import datasets
from kernels.datasets import (
    Batches,
    Source,
    column_names,
    parse_source,
    read_table,
)
from kernels.errors import DataError


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("resource:data/a.csv", Source("resource", "data/a.csv")),
        ("file:my data.csv", Source("file", "my data.csv")),
        ("my:data.csv", Source("file", "my:data.csv")),
        ("C:\\data.csv", Source("file", "C:\\data.csv")),
        ("camera:0", Source("camera", "0")),
    ],
)
def test_sources(text: str, source: Source) -> None:
    assert parse_source(text) == source


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "No file is named"),
        ("https://example.org/a.csv", "an address on a network"),
        ("camera:0", "a camera, which gives pictures"),
        ("resource:data/none.csv", "data/study-hours.csv"),
        ("resource:../pyproject.toml", "ships with Layerscope"),
        ("nowhere/at all.csv", "There is no file"),
        (".", "a folder or a device"),
        ("a\0b", "cannot be the name of a file"),
        ("a" * 5000, "cannot be read|There is no file"),
    ],
)
def test_what_is_no_table_gets_a_sentence(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read_table(text)
    assert str(caught.value).endswith(".")


def test_a_relative_path_is_relative_to_the_scene(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("a,b\n1,2\n3,4\n")
    table = read_table("file:own.csv", tmp_path)
    assert table.name == "own.csv"
    assert table.column("b").tolist() == [2, 4]
    with pytest.raises(DataError, match="no file"):
        read_table("own.csv", tmp_path / "elsewhere")


def test_a_table_is_read_once_for_as_long_as_it_stays(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("a,b\n1,2\n3,4\n")
    first = read_table(str(file))
    assert read_table(str(file)) is first
    assert first.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    file.write_text("a,b\n1,2\n3,5\n")
    assert read_table(str(file)).column("b").tolist() == [2, 5]
    for i in range(20):
        file.write_text(f"a,b\n1,{i}\n3,5\n")
        read_table(str(file))
    assert len(datasets._tables) <= 8


def test_a_file_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "MAX_BYTES", 1000)
    (tmp_path / "large.csv").write_text("a,b\n" + "1,2\n" * 300)
    with pytest.raises(DataError, match="larger than"):
        read_table("large.csv", tmp_path)


def test_the_sample_ships_unchanged() -> None:
    table = read_table("resource:data/study-hours.csv")
    assert table.names == ("hours", "score", "passed")
    assert table.rows == 60
    readme = resources.read_bytes("data/README.md").decode()
    assert table.sha256 in readme
    assert set(table.column("passed")) == {0, 1}


@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 2**32 - 1), st.integers(0, 5))
def test_an_epoch_is_all_samples_once(samples: int, size: int, seed: int, epoch: int) -> None:
    batches = Batches(samples, size, seed)
    steps = range(epoch * batches.per_epoch, (epoch + 1) * batches.per_epoch)
    parts = [batches.order(epoch)[batches.part(step)].tolist() for step in steps]
    assert sorted(itertools.chain(*parts)) == list(range(samples))
    assert [len(part) for part in parts[:-1]] == [size] * (len(parts) - 1)
    assert 1 <= len(parts[-1]) <= size
    assert {batches.epoch_of(step) for step in steps} == {epoch}


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    orders = {tuple(Batches(30, 5, seed).order(epoch)) for seed in range(4) for epoch in range(4)}
    assert len(orders) == 16
    before = Batches(30, 4, 3).order(2)
    np.random.seed(5)
    datasets._order.cache_clear()
    assert (before == Batches(30, 4, 3).order(2)).all()


def test_every_sample_is_as_likely_to_come_first() -> None:
    firsts = np.bincount([Batches(5, 2, 0).order(epoch)[0] for epoch in range(2000)], minlength=5)
    assert abs(firsts - 400).max() < 4 * (2000 * 0.2 * 0.8) ** 0.5


def test_an_order_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Batches(5, 2).order(0)[0] = 1


HEADERS = [
    (b"a,b\n1,2\n", ("a", "b")),
    (b'\n a ;"b; c";\n1;2;3\n', ("a", "b; c", "column 3")),
    ("\ufeffma\u00df\th\u00f6he\n1\t2".encode(), ("ma\u00df", "h\u00f6he")),
    ("a\tb\n1\t2".encode("utf-16"), ("a", "b")),
    (b"1,2\n3,4\n", ()),
    (b"a,a\n1,2\n", ()),
    (b"", ()),
    (b"\x89PNG\r\n\x1a\n\x00\xff", ()),
    (b'"a,b\n1,2\n', ()),
]


@pytest.mark.parametrize(("data", "names"), HEADERS)
def test_the_names_of_columns_are_those_of_the_whole_table(
    tmp_path: Path, data: bytes, names: tuple[str, ...]
) -> None:
    file = tmp_path / "own.csv"
    file.write_bytes(data)
    assert column_names(f"file:{file}") == names
    try:
        whole = read_table(str(file)).names
    except DataError:
        whole = names
    assert whole == names


def test_the_names_of_columns_follow_the_file(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    assert column_names(str(file)) == column_names("") == column_names("camera:0") == ()
    assert column_names(str(tmp_path)) == column_names("resource:data/none.csv") == ()
    file.write_text("a,b\n1,2\n")
    assert column_names(str(file)) == ("a", "b")
    file.write_text("mass,price\n1,2\n")
    assert column_names(str(file)) == ("mass", "price")
    assert column_names("resource:data/study-hours.csv") == ("hours", "score", "passed")


def test_only_the_beginning_of_a_file_is_read_for_its_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "_HEADER_BYTES", 10)
    (tmp_path / "own.csv").write_text("a,b\n12,\u00e4\u00e4\u00e4,3\n", encoding="utf-8")
    assert column_names(str(tmp_path / "own.csv")) == ("a", "b")
