"""Generated parameters of the toy model: every variant, list length and optional field."""

from hypothesis import strategies as st

from tests.kernels.toy_parameters import (
    SGD,
    Adam,
    ConstantRate,
    Formula,
    Limits,
    Line,
    Point,
    Run,
    StepRate,
)

finite = st.floats(-1e6, 1e6)
share = st.floats(0, 1)
inner = st.floats(0.01, 0.99)

rates = st.just(ConstantRate()) | st.builds(StepRate, gamma=inner)
optimizers = st.builds(
    SGD, learning_rate=st.floats(1e-9, 10), momentum=inner, schedule=rates
) | st.builds(Adam, learning_rate=st.floats(1e-9, 1), betas=st.tuples(inner, inner))
objectives = st.builds(Line, noise=st.floats(0, 5), name=st.text(max_size=20)) | st.builds(
    Formula, text=st.sampled_from(["x", "sin(x)"]), noise=share
)
runs = st.builds(
    Run,
    seed=st.integers(0, 10**6),
    shuffle=st.booleans(),
    name=st.sampled_from(["bowl", "ravine"]),
    size=st.sampled_from([16, 32]),
    source=st.text(max_size=9),
    start=st.tuples(finite, finite),
    grid=st.lists(st.integers(0, 9), max_size=9).map(tuple),
    limits=st.builds(Limits, low=st.floats(-5, 0), high=st.floats(0.5, 5)),
    clip=st.none() | st.floats(0.1, 9),
    stop=st.none() | st.floats(0.1, 9),
    note=st.none() | st.text(max_size=9),
    objective=objectives,
    validation=st.none() | objectives,
    optimizers=st.lists(optimizers, min_size=1, max_size=4).map(tuple),
    points=st.lists(st.builds(Point, x=finite, weight=st.floats(0, 9)), max_size=3).map(tuple),
)
