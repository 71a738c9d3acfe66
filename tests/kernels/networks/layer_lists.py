"""Generated layers and lists of them, most of which fit what they are given."""

from hypothesis import strategies as st

from kernels.networks.layers import (
    ACTIVATIONS,
    AveragePoolLayer,
    BatchNormLayer,
    ConvLayer,
    DropoutLayer,
    FlattenLayer,
    GlobalAveragePoolLayer,
    LayerParameters,
    LinearLayer,
    MaxPoolLayer,
)

activations = st.sampled_from(sorted(ACTIVATIONS))
anywhere = st.builds(BatchNormLayer, activation=activations) | st.builds(
    DropoutLayer, rate=st.floats(0, 0.9)
)
for_pictures = (
    st.builds(
        ConvLayer,
        channels=st.integers(1, 9),
        kernel_size=st.integers(1, 6),
        stride=st.integers(1, 3),
        padding=st.integers(0, 3),
        activation=activations,
    )
    | st.builds(MaxPoolLayer, size=st.integers(2, 4))
    | st.builds(AveragePoolLayer, size=st.integers(2, 4))
)
for_rows = st.builds(
    LinearLayer, units=st.integers(1, 9), activation=activations, bias=st.booleans()
)
joints = st.builds(FlattenLayer) | st.builds(GlobalAveragePoolLayer)
pictures = st.tuples(st.integers(1, 4), st.integers(1, 14), st.integers(1, 14))
rows_of_numbers = st.tuples(st.integers(1, 9))


@st.composite
def fitting(draw: st.DrawFn) -> tuple[tuple[LayerParameters, ...], tuple[int, ...]]:
    """Layers in an order that makes sense, and the shape of what they are given."""
    before = draw(st.lists(for_pictures | anywhere, max_size=4))
    after = draw(st.lists(for_rows | anywhere, max_size=4))
    if draw(st.booleans()):
        return (*before, draw(joints), *after), draw(pictures)
    return tuple(after), draw(rows_of_numbers)


shuffled = st.tuples(
    st.lists(for_pictures | for_rows | anywhere | joints, max_size=6).map(tuple),
    pictures | rows_of_numbers,
)
