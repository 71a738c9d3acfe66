"""The curvature that descent can follow, against descent on a parabola of that curvature."""

import pytest
import torch

from kernels.landscape.stability import rule, sharpest
from kernels.optimizers.catalogue import AdamParameters
from kernels.optimizers.plain import (
    MomentumParameters,
    NesterovParameters,
    RpropParameters,
    SGDParameters,
)

RATE = 0.1
STABLE = [
    (SGDParameters(), "2 / learning rate"),
    (SGDParameters(weight_decay=3.0), "2 / learning rate - weight decay"),
    (MomentumParameters(momentum=0.8), "2(1+β) / learning rate"),
    (MomentumParameters(momentum=0.5, dampening=0.4), "2(1+β)/(1-dampening) / learning rate"),
    (NesterovParameters(momentum=0.9), "2(1+β)/(1+2β) / learning rate"),
]


def ends_at(spec, curvature):
    """How far off descent is after 400 steps from 1."""
    w = torch.ones((), dtype=torch.float64, requires_grad=True)
    optimizer = type(spec).optimizer([w], **{**spec.hyperparameters(), "lr": RATE})
    for _ in range(400):
        optimizer.zero_grad()
        (curvature * w.square() / 2).backward()
        optimizer.step()
    return w.abs().item()


@pytest.mark.parametrize(("spec", "told"), STABLE)
def test_just_below_it_descent_stays_and_just_above_it_leaves(spec, told):
    most = sharpest(spec, RATE)
    assert ends_at(spec, 0.97 * most) < 0.1
    assert ends_at(spec, 1.03 * most) > 10
    assert rule(spec) == told


@pytest.mark.parametrize(
    "spec", [AdamParameters(), RpropParameters(), SGDParameters(clip_norm=1.0)]
)
def test_where_there_is_no_rule_none_is_told(spec):
    assert sharpest(spec, RATE) is None
    assert rule(spec) == ""


def test_a_rate_of_zero_has_no_limit():
    assert sharpest(SGDParameters(), 0.0) is None
