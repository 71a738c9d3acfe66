"""Settings as a person writes them are read back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.assignments import assignments_in, read_assignment, write_assignment

PLAIN = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=12)
VALUES = (
    PLAIN | st.floats(allow_nan=False, allow_infinity=False) | st.lists(st.integers(), max_size=3)
)


@given(st.lists(VALUES, max_size=4))
def test_what_is_written_is_read(values):
    texts = [write_assignment(f"a.{i}.b", value) for i, value in enumerate(values)]
    assert assignments_in(" ; ".join(texts)) == tuple(text.strip() for text in texts)
    for i, (text, value) in enumerate(zip(texts, values, strict=True)):
        read = read_assignment(text)
        assert read == (f"a.{i}.b", "none" if value is None else value)
        assert type(read[1]) is type("none" if value is None else value)


@pytest.mark.parametrize("value", ["a;b", 'a";"b', '"', '";', "\\;", '\\";', ["a;b", '";']])
def test_a_semicolon_in_quotation_marks_parts_nothing(value):
    texts = (write_assignment("a", value), 'b = "c;d"', write_assignment("e", value))
    assert assignments_in("; ".join(texts)) == texts
    assert [read_assignment(text) for text in texts] == [("a", value), ("b", "c;d"), ("e", value)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b=3", ("a.b", 3)),
        (" a = sgd ", ("a", "sgd")),
        ('a = "x; y"', ("a", "x; y")),
        ("a = 0.5\nb = 3", ("a", "0.5\nb = 3")),
        ('a = [{kind = "sgd"}]', ("a", [{"kind": "sgd"}])),
        ('a = [{"kind": "sgd"}]', ("a", [{"kind": "sgd"}])),
        ('a = {"kind": "sgd", "rates": [0.1, null]}', ("a", {"kind": "sgd", "rates": [0.1, None]})),
        ('a = [{"kind": "sgd"]', ("a", '[{"kind": "sgd"]')),
        ("a = null", ("a", "null")),
        ("a", None),
        ("a..b = 3", None),
        ("= 3", None),
    ],
)
def test_what_is_typed(text, expected):
    assert read_assignment(text) == expected
