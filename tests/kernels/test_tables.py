"""CSV: what is read, what is refused with a sentence, and that no bytes do anything else."""

import codecs
import contextlib
import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels import tables
from kernels.errors import DataError
from kernels.tables import Table, parse_table


def parse(text: str | bytes) -> Table:
    return parse_table(text.encode() if isinstance(text, str) else text, "own.csv")


PLAIN = {"hours": [1.5, 2.0, -3.0], "score": [10.0, 20.0, 1e3]}


@pytest.mark.parametrize(
    "text",
    [
        "hours,score\n1.5,10\n2,20\n-3,1e3\n",
        "hours,score\r\n1.5,10\r\n2,20\r\n-3,1e3\r\n",
        "hours,score\r1.5,10\r2,20\r-3,1e3\r",
        "hours,score\n1.5,10\n2,20\n-3,1e3",
        "hours;score\n1,5;10\n2;20\n-3;1e3\n",
        "hours\tscore\n1,5\t10\n2\t20\n-3\t1e3\n",
        "\n\n hours , score \n 1.5 , +10 \n\n2,20\n,\n-3,1000.\n\n",
        '"hours","score"\n"1.5","10"\n2,20\n-3,"1e3"\n',
        codecs.BOM_UTF8 + b"hours,score\n1.5,10\n2,20\n-3,1e3\n",
        "hours\tscore\n1,5\t10\n2\t20\n-3\t1e3\n".encode("utf-16"),
    ],
)
def test_a_plain_table_is_read_however_it_was_written(text: str | bytes) -> None:
    table = parse(text)
    assert table.names == ("hours", "score")
    assert table.rows == 3
    assert {name: table.column(name).tolist() for name in table.names} == PLAIN


def test_columns_are_float64_and_read_only() -> None:
    column = parse("a,b\n1,2\n3,4\n").column("a")
    assert column.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 9


def test_words_are_kept_where_no_cell_is_a_number_or_missing() -> None:
    table = parse("city,mixed,gap,none,size\nOslo,1,a,,1\nRome,b,,na,2\n Oslo ,3,c,,3\n")
    assert dict(table.words) == {"city": ("Oslo", "Rome", "Oslo")}
    assert set(table.faults) == {"city", "mixed", "gap", "none"}
    for column, fault in (
        ("mixed", r"Row 3 of column 'mixed' of own\.csv is 'b', which is not a finite number"),
        ("gap", r"Column 'gap' of own\.csv has no value in row 3\. Fill it in"),
        ("none", r"Column 'none' of own\.csv has no value in rows 2, 3, 4\. Fill them in"),
    ):
        with pytest.raises(DataError, match=fault):
            table.column(column)


def test_columns_of_words_may_stand_beside_numbers() -> None:
    table = parse('name,"size, in m",\nAnn,1,2\n"Bo, jr.",3,4\n')
    assert table.names == ("name", "size, in m", "column 3")
    assert list(table.columns) == ["size, in m", "column 3"]
    with pytest.raises(DataError, match=r"Row 2 of column 'name' of own\.csv is 'Ann'"):
        table.column("name")


def test_a_table_may_hold_words_alone() -> None:
    table = parse("outlook,play\nsunny,no\nrain,yes\n")
    assert table.words == {"outlook": ("sunny", "rain"), "play": ("no", "yes")}
    assert not table.columns


def test_semicolons_in_a_header_that_holds_commas() -> None:
    assert parse('"a,b";c\n1;2\n3;4\n').names == ("a,b", "c")


WRONG_TABLES = [
    (b"", "is empty"),
    (b" \r\n\t\n", "is empty"),
    (codecs.BOM_UTF8, "is empty"),
    (b",,\n,,\n", "holds only separators"),
    ("größe,b\n1,2\n3,4\n".encode("latin-1"), "not text in UTF-8: byte 3"),
    (b"\x89PNG\r\n\x1a\n\0\0\0", "not text in UTF-8: byte 1"),
    (b"a,b\0\n1,2\n", "not a text file"),
    (b"\xff\xfea", "not text in UTF-8"),
    ("1,2\n3,4\n5,6\n", r"no header: its first row is '1', '2', all numbers"),
    ("a,b\n", "no rows below its header"),
    ("a,b\n1,2\n", "one row below its header"),
    ("a,b,a\n1,2,3\n4,5,6\n", "more than one column 'a'"),
    ("a,b\n1,2\n3\n", "Row 3 of own.csv has 1 cell, but the header has 2, separated by commas"),
    ("a,b\n1,2\n\n3,4,5\n", "Row 4 of own.csv has 3 cells"),
    ("a,b\n1,5,2\n2,5,3\n", r"where commas mark decimals"),
    ('a,b\n1,"2\n3,4\n', r"cannot be read as CSV at line 3.*quotation mark"),
    ("a,b\nu,\n1,\n", r"no column of numbers or words\. Row 2 of column 'a' of own.csv is 'u'"),
    ("a," + "b" * 200_000 + "\n1,2\n3,4\n", "cannot be read as CSV"),
]


@pytest.mark.parametrize(("text", "words"), WRONG_TABLES)
def test_what_is_no_table_gets_a_sentence(text: str | bytes, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        parse(text)
    assert str(caught.value).startswith(("own.csv ", "Row "))
    assert str(caught.value).endswith(".")


WRONG_CELLS = [
    ("1\nx\n3", "Row 3 of column 'a' of own.csv is 'x', which is not a finite number"),
    ("1\n1.2.3\n3", "Row 3 .* '1.2.3'"),
    ("1\n1_000\n3", "Row 3 .* '1_000'"),
    ("1\n2\ninf", "Row 4 .* 'inf'"),
    ("1\n2\n1e999", "Row 4 .* '1e999'"),
    ("1\n0x10\n3", "Row 3 .* '0x10'"),
    ("1\n50%\n3", "Row 3 .* '50%'"),
    ("1\n" + "long " * 20 + "\n3", r"Row 3 .*\.\.\.'"),
    ("1\n\n3", "no value in row 3. Fill it in"),
    ("1\nNaN\nn/a", "no value in rows 3, 4. Fill them in"),
    ("1\n" + "\n" * 12, "no value in rows 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 3 more"),
]


@pytest.mark.parametrize(("cells", "words"), WRONG_CELLS)
def test_a_column_that_is_not_all_numbers_says_where(cells: str, words: str) -> None:
    body = "".join(f"{cell},1\n" for cell in cells.split("\n"))
    table = parse("a,b\n" + body)
    assert list(table.columns) == ["b"]
    with pytest.raises(DataError, match=words):
        table.column("a")


def test_decimal_commas_are_read_where_they_can_mean_nothing_else() -> None:
    assert parse("a;b\n1,5;2\n2,5;3\n").column("a").tolist() == [1.5, 2.5]
    for text in ("a;b\n1.000,5;2\n2,5;3\n", "a;b\n1,000,5;2\n2,5;3\n", 'a,b\n"1,5",2\n2,3\n'):
        with pytest.raises(DataError, match="Row 2"):
            parse(text).column("a")


def test_an_unknown_column_lists_those_there_are() -> None:
    table = parse("hours,score\n1,2\n3,4\n")
    with pytest.raises(DataError, match=r"has 'hours', 'score'.*Did you mean 'hours'\?"):
        table.column("hour")


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 10)
    assert parse("a,b\n" + "1,2\n" * 10).rows == 10
    with pytest.raises(DataError, match="more than 10 rows"):
        parse("a,b\n" + "1,2\n" * 11)


SHREDS = st.sampled_from(
    [
        "a",
        "b",
        "1",
        "-2.5",
        "1e9",
        ",",
        ",",
        ";",
        "\t",
        "\n",
        "\n",
        "\r\n",
        '"',
        " ",
        "nan",
        "é",
        "\0",
    ]
)


@given(
    st.one_of(
        st.binary(max_size=200), st.lists(SHREDS, max_size=60).map(lambda s: "".join(s).encode())
    )
)
def test_any_bytes_give_a_table_or_a_sentence(data: bytes) -> None:
    with contextlib.suppress(DataError):
        check(parse(data))


def check(table: Table) -> None:
    assert table.rows >= 2
    assert set(table.columns) | set(table.faults) == set(table.names)
    assert len(set(table.names)) == len(table.names)
    for column in table.columns.values():
        assert column.shape == (table.rows,)
        assert np.isfinite(column).all()


numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=20), st.sampled_from(",;\t"))
def test_what_was_written_is_read_to_the_last_bit(
    rows: list[tuple[float, float]], delimiter: str
) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["x", "y"])
    writer.writerows(rows)
    table = parse(file.getvalue())
    assert table.column("x").tolist() == [x for x, _ in rows]
    assert table.column("y").tolist() == [y for _, y in rows]
