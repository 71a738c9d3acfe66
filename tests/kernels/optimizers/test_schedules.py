"""Schedules against torch.optim.lr_scheduler."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.optimizers.schedules import (
    ConstantSchedule,
    CosineSchedule,
    ExponentialSchedule,
    OneCycleSchedule,
    StepSchedule,
    WarmupSchedule,
)

RATE = 0.3


def torch_rates(make, steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def check(schedule, make, steps):
    ours = [RATE * schedule.factor(step) for step in range(steps)]
    assert ours == pytest.approx(torch_rates(make, steps), rel=1e-12, abs=1e-15)


S = torch.optim.lr_scheduler


@given(st.integers(1, 30), st.floats(0.05, 1.0))
@settings(deadline=None, max_examples=12)
def test_step(step_size, gamma):
    check(
        StepSchedule(step_size=step_size, gamma=gamma), lambda o: S.StepLR(o, step_size, gamma), 60
    )


@given(st.floats(0.5, 1.0))
@settings(deadline=None, max_examples=12)
def test_exponential(gamma):
    check(ExponentialSchedule(gamma=gamma), lambda o: S.ExponentialLR(o, gamma), 60)


@given(st.integers(1, 60), st.floats(0.0, 1.0))
@settings(deadline=None, max_examples=12)
def test_cosine_until_its_end(steps, end):
    schedule = CosineSchedule(total_steps=steps, end_factor=end)
    check(schedule, lambda o: S.CosineAnnealingLR(o, steps, eta_min=end * RATE), steps + 1)


def test_cosine_stays_level_after_its_end():
    schedule = CosineSchedule(total_steps=10, end_factor=0.25)
    assert [schedule.factor(step) for step in (10, 11, 500)] == [0.25] * 3


@given(st.integers(1, 60), st.floats(0.01, 1.0))
@settings(deadline=None, max_examples=12)
def test_linear_warm_up(steps, start):
    schedule = WarmupSchedule(total_iters=steps, start_factor=start)
    check(schedule, lambda o: S.LinearLR(o, start, 1.0, steps), 70)


@given(st.integers(2, 60), st.floats(0.05, 0.95), st.floats(1, 100), st.floats(1, 1e5))
@settings(deadline=None, max_examples=25)
def test_one_cycle_until_its_end(steps, share, first, last):
    if abs(share * steps - 1) < 1e-9:  # torch divides by zero where the rise has no length
        return
    schedule = OneCycleSchedule(
        total_steps=steps, pct_start=share, div_factor=first, final_div_factor=last
    )

    def make(optimizer):
        return S.OneCycleLR(
            optimizer,
            max_lr=RATE,
            total_steps=steps,
            pct_start=share,
            div_factor=first,
            final_div_factor=last,
            cycle_momentum=False,
        )

    ours = [RATE * schedule.factor(step) for step in range(steps)]
    assert ours == pytest.approx([*torch_rates(make, steps - 1), ours[-1]], rel=1e-10)
    assert ours[-1] == pytest.approx(RATE / first / last, rel=1e-9)
    assert schedule.factor(10 * steps) == schedule.factor(steps - 1)


def test_one_cycle_whose_rise_has_no_length():
    schedule = OneCycleSchedule(total_steps=10, pct_start=0.1)
    assert schedule.factor(0) == 1.0


def test_constant():
    assert ConstantSchedule().factor(12345) == 1.0
