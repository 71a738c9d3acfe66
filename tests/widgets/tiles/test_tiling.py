from hypothesis import given
from hypothesis import strategies as st

from widgets.tiles.tiling import tiling

SIDES = st.integers(4, 300)


@given(
    st.integers(1, 60),
    st.tuples(SIDES, SIDES),
    st.tuples(st.integers(0, 96), st.integers(0, 40)),
    st.tuples(st.integers(20, 900), st.integers(20, 700)),
    st.sampled_from([1.0, 1.5, 2.0]),
)
def test_tiles_are_crisp_within_the_room_and_apart(count, picture, words, room, ratio):
    laid = tiling(count, picture, words, room, 14, 40, 15, ratio)
    assert 0 <= laid.shown <= count
    device = laid.scale * ratio
    assert device < 1 or abs(device - round(device)) < 1e-9 or not laid.shown
    rows = [laid.rect(i) for i in range(laid.shown)]
    boxes = [r.united(laid.wordsRect(i)) for i, r in enumerate(rows)]
    bottom = room[1] - (15 if laid.shown < count else 0)
    for box in boxes:
        assert box.left() >= -1
        assert box.right() <= room[0] + 1
        assert box.top() >= -1
        assert box.bottom() <= bottom + 1
    for number, box in enumerate(boxes):
        later = boxes[number + 1 : number + 1 + laid.columns]
        assert not any(box.adjusted(0, 0, -1, -1).intersects(other) for other in later)


@given(
    st.integers(1, 60),
    st.tuples(st.integers(4, 32), st.integers(4, 32)),
    st.tuples(st.integers(300, 900), st.integers(300, 900)),
)
def test_they_are_as_large_as_all_of_them_may_be(count, picture, room):
    laid = tiling(count, picture, (30, 20), room, 10, 40, 15)
    wide, high = (max((laid.scale + 1) * picture[0], 30) + 10, (laid.scale + 1) * picture[1] + 30)
    assert int(room[0] / wide) * int(room[1] / high) < count
    assert laid.shown == count or (laid.scale - 1) * max(picture) < 40


def test_rather_fewer_than_too_small():
    laid = tiling(100, (28, 28), (50, 30), (368, 248), 14, 40, 15)
    assert laid.scale == 2
    assert laid.shown == 10
    assert tiling(1, (28, 28), (0, 0), (368, 248), 14, 40, 15).scale == 8
    assert tiling(3, (28, 28), (50, 30), (10, 10), 14, 40, 15).shown == 0
    photos = tiling(12, (300, 200), (50, 30), (588, 388), 14, 40, 15)
    assert photos.shown == 12
    assert photos.scale < 1
