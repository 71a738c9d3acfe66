"""The optimizers' parameters against torch.optim itself: names, defaults, limits, live changes."""

import inspect

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.descent.gradient_descent import GradientDescent
from kernels.description import catalogue, describe
from kernels.optimizers.catalogue import (
    LEFT_OUT,
    OPTIMIZERS,
    AdamParameters,
    ASGDParameters,
    MomentumParameters,
    NesterovParameters,
    RMSpropParameters,
    RpropParameters,
    SGDParameters,
    clip_gradient_,
)
from kernels.optimizers.schedules import CosineSchedule
from tests.kernels.races import ROWS, spec_of


def test_every_optimizer_of_torch_is_offered_or_left_out_with_a_reason():
    ours = {model.optimizer.__name__ for model in OPTIMIZERS.values()}
    torchs = {
        name
        for name, value in vars(torch.optim).items()
        if inspect.isclass(value)
        and issubclass(value, torch.optim.Optimizer)
        and value is not torch.optim.Optimizer
    }
    assert ours | set(LEFT_OUT) == torchs
    assert not ours & set(LEFT_OUT)


def test_every_optimizer_is_tested_against_torch():
    assert {kind for kind, *_ in ROWS} == set(OPTIMIZERS)


@pytest.mark.parametrize("kind", sorted(set(OPTIMIZERS) - {"momentum", "nesterov"}))
def test_the_defaults_are_those_of_torch(kind):
    spec = OPTIMIZERS[kind]()
    signature = inspect.signature(spec.optimizer.__init__).parameters
    for name, value in spec.hyperparameters().items():
        assert signature[name].default == value, name
    if kind != "sgd":  # torch's 0.001 crawls
        assert signature["lr"].default == spec.learning_rate


@pytest.mark.parametrize("kind", sorted(OPTIMIZERS))
def test_what_is_built_is_unfused_and_what_is_written_live_arrives(kind):
    spec = OPTIMIZERS[kind](learning_rate=0.25)
    point = torch.ones(2, dtype=torch.float64, requires_grad=True)
    optimizer = spec.build([point])
    group = optimizer.param_groups[0]
    assert type(optimizer) is spec.optimizer
    assert group["lr"] == 0.25
    assert group["foreach"] is False
    assert not group.get("fused")
    point.grad = torch.ones_like(point)
    optimizer.step()
    changed = spec.model_copy(update={"learning_rate": 0.5})
    changed.update(optimizer, changed.rate(1))
    assert optimizer.param_groups[0]["lr"] == 0.5
    optimizer.step()
    assert point.isfinite().all()


def test_shared_settings_are_shown_last():
    names = [field.name for field in describe(MomentumParameters())]
    assert names == [
        "learning_rate",
        "momentum",
        "dampening",
        "weight_decay",
        "schedule",
        "clip_norm",
        "clip_value",
    ]


def test_rprop_shows_nothing_that_has_no_effect():
    names = {field.name for field in describe(RpropParameters())}
    assert not names & {"weight_decay", "schedule", "clip_norm", "clip_value"}


def test_the_panel_knows_every_field_of_every_optimizer():
    paths = {(f.path, f.when) for f in catalogue(GradientDescent)}
    for kind, model in OPTIMIZERS.items():
        for name in set(model.model_fields) - {"kind"}:
            assert (f"optimizers.N.{name}", f"optimizers.N.kind={kind}") in paths


def test_labels_tell_what_sets_one_apart():
    assert SGDParameters(learning_rate=0.1).label == "SGD 0.1"
    assert (
        MomentumParameters(learning_rate=4 / 9, momentum=5 / 9).label == "Momentum 0.4444, β 0.5556"
    )
    spec = AdamParameters(
        beta1=0.7, schedule=CosineSchedule(), weight_decay=0.1, clip_norm=1.0, learning_rate=1e-3
    )
    assert spec.label == "Adam 0.001, β1 0.7, cosine, decay 0.1, clipped"


# --- limits: torch.optim on a quadratic of one dimension, just below and just above ---------------

curvatures = st.floats(0.05, 50.0)
decays = st.sampled_from([0.0, 0.1, 2.0])
shares = st.floats(0.05, 0.95)


def size_after(spec, curvature, rate, steps=3000):
    point = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = spec.model_copy(update={"learning_rate": rate}).build([point])
    for _ in range(steps):
        point.grad = curvature * point.detach()
        optimizer.step()
        size = abs(float(point.detach()))
        if not 1e-4 < size < 1e4:
            break
    return size


def check_limit(spec, curvature):
    limit = spec.limit(curvature)
    assert size_after(spec, curvature, 0.99 * limit) < 1
    assert size_after(spec, curvature, 1.01 * limit) > 1e3


@given(curvatures, decays)
@settings(deadline=None, max_examples=10)
def test_the_limit_of_plain_descent(curvature, decay):
    spec = SGDParameters(weight_decay=decay)
    assert spec.limit(curvature) == pytest.approx(2 / (curvature + decay))
    check_limit(spec, curvature)


@given(curvatures, decays, shares, st.sampled_from([0.0, 0.4]))
@settings(deadline=None, max_examples=10)
def test_the_limit_of_momentum(curvature, decay, beta, dampening):
    spec = MomentumParameters(momentum=beta, dampening=dampening, weight_decay=decay)
    expected = 2 * (1 + beta) / ((1 - dampening) * (curvature + decay))
    assert spec.limit(curvature) == pytest.approx(expected)
    check_limit(spec, curvature)


def test_the_limit_of_momentum_that_is_off_is_the_plain_one():
    spec = MomentumParameters(momentum=0.0, dampening=0.5)
    assert spec.limit(4.0) == pytest.approx(0.5)
    check_limit(spec, 4.0)


@given(curvatures, decays, shares)
@settings(deadline=None, max_examples=10)
def test_the_limit_of_nesterov(curvature, decay, beta):
    spec = NesterovParameters(momentum=beta, weight_decay=decay)
    expected = 2 * (1 + beta) / ((1 + 2 * beta) * (curvature + decay))
    assert spec.limit(curvature) == pytest.approx(expected)
    check_limit(spec, curvature)


@pytest.mark.parametrize(("lambd", "decay"), [(1e-4, 0.0), (0.5, 0.3)])
def test_the_limit_of_asgd_is_that_of_its_present_rate(lambd, decay):
    spec = ASGDParameters(alpha=0.0, lambd=lambd, weight_decay=decay)  # its rate stays
    assert spec.limit(4.0) == pytest.approx(2 / (4 + lambd + decay))
    check_limit(spec, 4.0)
    assert spec.limit(-1.0) is None
    assert spec.no_limit == ""


def test_the_effective_rate_of_asgd_is_that_of_torch():
    spec = ASGDParameters(learning_rate=0.4, lambd=0.3)
    point = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = spec.build([point])
    for step in range(6):
        before = float(point.detach())
        point.grad = torch.full_like(point, 5.0)
        optimizer.step()
        rate = (before - float(point.detach())) / (5.0 + 0.3 * before)
        assert spec.effective_rate(step) == pytest.approx(rate, rel=1e-6)
    assert SGDParameters(learning_rate=0.4).effective_rate(5) == 0.4


@pytest.mark.parametrize("kind", ["sgd", "momentum", "nesterov"])
def test_there_is_no_limit_where_the_surface_does_not_curve_upwards(kind):
    assert spec_of(kind).limit(0.0) is None
    assert spec_of(kind).limit(-1.0) is None
    assert spec_of(kind, weight_decay=2.0).limit(-1.0) == spec_of(kind).limit(1.0)
    assert spec_of(kind).limit_rule()


@pytest.mark.parametrize("kind", sorted(set(OPTIMIZERS) - {"sgd", "momentum", "nesterov", "asgd"}))
def test_the_others_have_no_such_limit_and_say_why(kind):
    spec = spec_of(kind)
    assert spec.limit(5.0) is None
    assert spec.limit_rule() == ""
    assert spec.no_limit


@pytest.mark.parametrize("kind", ["adam", "adamw", "rmsprop", "nadam", "adamax"])
def test_adam_and_its_kin_stay_near_far_above_the_plain_limit(kind):
    spec = spec_of(kind, learning_rate=0.5)
    assert size_after(spec, 100.0, 0.5, steps=300) < 10  # the plain limit is 0.02
    assert size_after(SGDParameters(), 100.0, 0.5, steps=300) > 1e3


def test_asgd_comes_back_from_a_rate_above_the_plain_limit():
    spec = ASGDParameters(lambd=0.1)
    assert size_after(spec, 1.0, 2.2) < 1
    assert size_after(SGDParameters(), 1.0, 2.2) > 1e3


# --- options switched on while running ------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "before", "after", "names"),
    [
        (RMSpropParameters, {}, {"momentum": 0.5}, ["momentum_buffer"]),
        (RMSpropParameters, {}, {"centered": True}, ["grad_avg"]),
        (AdamParameters, {}, {"amsgrad": True}, ["max_exp_avg_sq"]),
        (MomentumParameters, {"momentum": 0.0}, {"momentum": 0.5}, ["momentum_buffer"]),
    ],
)
def test_an_option_switched_on_late_starts_from_an_empty_memory(model, before, after, names):
    point = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    early, late = model(**before), model(**(before | after))
    optimizer = early.build([point])

    def step():
        point.grad = point.detach() * torch.tensor([1.0, 3.0])
        optimizer.step()

    step()
    assert not set(names) & set(optimizer.state[point])
    late.update(optimizer, late.rate(1))
    before_step = point.detach().clone()
    step()
    assert set(names) <= set(optimizer.state[point])
    assert point.isfinite().all()
    assert (point.detach().abs() < before_step.abs()).all()


# --- clipping -------------------------------------------------------------------------------------


@given(
    st.lists(st.floats(-100, 100), min_size=2, max_size=2),
    st.floats(0.01, 50),
    st.floats(0.01, 50),
)
@settings(deadline=None, max_examples=30)
def test_clipping_is_that_of_torch(values, norm, value):
    point = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    point.grad = torch.tensor(values, dtype=torch.float64)
    ours = point.grad.clone()
    torch.nn.utils.clip_grad_norm_([point], norm)
    assert torch.equal(clip_gradient_(ours, norm, 0.0), point.grad)
    torch.nn.utils.clip_grad_value_([point], value)
    assert torch.equal(clip_gradient_(ours, 0.0, value), point.grad)


def test_many_points_are_clipped_each_by_itself():
    gradients = torch.tensor([[3.0, 4.0], [0.3, 0.4], [-30.0, 40.0]], dtype=torch.float64)
    expected = torch.stack([clip_gradient_(g.clone(), 1.0, 0.7) for g in gradients])
    clipped = clip_gradient_(gradients, 1.0, 0.7)
    assert clipped is gradients
    assert torch.allclose(clipped, expected, rtol=1e-15, atol=0)
    assert torch.equal(clipped[1], torch.tensor([0.3, 0.4], dtype=torch.float64))


def test_clipping_that_is_off_changes_nothing():
    gradient = torch.tensor([3e300, float("inf")], dtype=torch.float64)
    assert torch.equal(clip_gradient_(gradient.clone(), 0.0, 0.0), gradient)
