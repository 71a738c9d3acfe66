"""Samplers: which samples a step uses, that all do as many updates, and what is said of them."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.editing import load
from kernels.simulation import advance
from kernels.training.experiments import simulation_class
from kernels.training.parameters import Training
from kernels.training.sampling.samplers import features_of, k_centres, losses_of
from kernels.training.sampling.sampling import SamplingComparison
from tests.kernels.experiments import check_contract
from tests.kernels.fake_device import run_on_meta

CPU = torch.device("cpu")
EASY = {"kind": "curriculum", "start": 0.2, "until": 4.0}


def comparison(*samplers: dict[str, object], repeats: int = 1, **fields: object):
    experiment = {"kind": "sampling", "samplers": samplers, "repeats": repeats}
    parameters = load(Training, {"experiment": experiment, "dataset": "moons", **fields})
    run = simulation_class(parameters)(parameters, CPU)
    assert isinstance(run, SamplingComparison)
    return run


def learner_of(run: SamplingComparison, sampler: int):
    return run._learners[sampler][0]


def picked_before(run: SamplingComparison, sampler: int, step: int) -> torch.Tensor:
    """The samples of step number `step`, which is the next."""
    own = run._samplers[sampler][0]
    return own.picked(step, learner_of(run, sampler), run._train)


def test_random_order_is_the_plain_run_to_the_last_bit():
    run = comparison(EASY, repeats=2, epochs=4)
    advance(run, 60)
    for repeat in range(2):
        parameters = load(Training, {"dataset": "moons", "epochs": 4})
        plain = simulation_class(parameters)(parameters, CPU)
        # the data are those of the first seed, and weights and order those of its own
        plain._learner = type(plain._learner)(
            parameters.model_copy(update={"seed": repeat}), plain.dataset, plain._train
        )
        advance(plain, 60)
        ours = run._learners[0][repeat].model.parameters()
        assert all(torch.equal(a, b) for a, b in zip(ours, plain.model.parameters(), strict=True))


def test_all_begin_with_the_same_weights():
    run = comparison(EASY, {"kind": "coreset"}, repeats=2)
    for repeat in range(2):
        first, *others = (list(row[repeat].model.parameters()) for row in run._learners)
        for other in others:
            assert all(torch.equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("loss", ["cross-entropy", "bce", "mse", "huber"])
def test_the_loss_of_each_sample_is_that_of_a_batch_of_it_alone(loss):
    run = comparison(EASY, loss=loss, label_smoothing=0.1)
    learner, data = learner_of(run, 0), run._train
    each = losses_of(learner, data)
    outputs = learner.outputs(data.inputs)
    alone = [learner.criterion(outputs[i : i + 1], data.targets[i : i + 1]) for i in range(9)]
    assert torch.allclose(each[:9], torch.stack(alone), atol=1e-6)
    assert torch.allclose(each.mean(), learner.criterion(outputs, data.targets))


@pytest.mark.parametrize(("order", "is_hard"), [("easy", False), ("hard", True)])
def test_a_curriculum_takes_the_easiest_and_grows_to_all(order, is_hard):
    run = comparison({**EASY, "order": order}, epochs=8)
    count, per_epoch = len(run._train), run._plan.steps_per_epoch
    for epoch in range(8):
        losses = losses_of(learner_of(run, 1), run._train).numpy()
        advance(run, 1)
        pool = run.frame(frozenset({"pool.1"})).pool
        assert len(pool) == min(count, round((0.2 + 0.8 * epoch / 4) * count))
        rest = np.setdiff1d(np.arange(count), pool)
        if len(rest):
            inside, outside = losses[pool], losses[rest]
            fits = inside.min() >= outside.max() if is_hard else inside.max() <= outside.min()
            assert fits
        advance(run, per_epoch - 1)


def test_batches_are_as_large_as_those_of_random_order_and_come_from_the_pool():
    coreset = {"kind": "coreset", "choice": "k-centre", "size": 7, "after": 1, "every": 2}
    run = comparison(coreset, EASY, epochs=6)
    per_epoch = run._plan.steps_per_epoch
    for step in range(5 * per_epoch):
        sizes = []
        for index in range(3):
            picked = picked_before(run, index, step)
            pool = run._samplers[index][0].pool
            assert torch.isin(picked, pool).all()
            sizes.append(len(picked))
        assert len(set(sizes)) == 1
    assert len(run._samplers[1][0].pool) == 7


def test_a_small_pool_is_gone_through_before_a_sample_comes_again():
    run = comparison({"kind": "coreset", "choice": "random", "size": 30, "after": 0}, batch_size=10)
    batches = torch.cat([picked_before(run, 1, step) for step in range(6)])
    assert len(batches[:30].unique()) == len(batches[30:60].unique()) == 30
    assert not torch.equal(batches[:30], batches[30:60])


def test_a_coreset_is_chosen_when_it_is_due():
    coreset = {"kind": "coreset", "choice": "highest loss", "size": 20, "after": 1, "every": 2}
    run = comparison(coreset, epochs=8)
    per_epoch, count = run._plan.steps_per_epoch, len(run._train)
    pools = []
    for _ in range(6):
        advance(run, 1)
        pools.append(set(run.frame(frozenset({"pool.1"})).pool.tolist()))
        advance(run, per_epoch - 1)
    assert [len(pool) for pool in pools] == [count, 20, 20, 20, 20, 20]
    assert pools[1] == pools[2] != pools[3] == pools[4]


def test_the_highest_losses_are_the_coreset():
    coreset = {"kind": "coreset", "choice": "highest loss", "size": 20, "after": 0, "every": 0}
    run = comparison(coreset)
    losses = losses_of(learner_of(run, 1), run._train)
    advance(run, 1)
    pool = torch.tensor(run.frame(frozenset({"pool.1"})).pool)
    rest = torch.ones(len(losses), dtype=torch.bool)
    rest[pool] = False
    assert losses[pool].min() >= losses[rest].max()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**31), st.integers(3, 9), st.integers(1, 3))
def test_k_centres_are_within_twice_of_the_best_cover(seed, rows, count):
    points = np.random.default_rng(seed).normal(size=(rows, 2))
    distances = np.linalg.norm(points[:, None] - points[None], axis=-1)
    centres = k_centres(torch.tensor(points), count).tolist()
    assert len(set(centres)) == count
    cover = distances[:, centres].min(1).max()
    best = min(
        distances[:, list(some)].min(1).max() for some in itertools.combinations(range(rows), count)
    )
    assert cover <= 2 * best + 1e-12


def test_equal_points_are_not_chosen_twice():
    assert sorted(k_centres(torch.zeros(5, 2), 5).tolist()) == [0, 1, 2, 3, 4]


def test_features_are_what_goes_into_the_output_layer():
    run = comparison(EASY)
    learner = learner_of(run, 0)
    found = []
    hook = learner.model[-1].register_forward_pre_hook(lambda _, given: found.append(given[0]))
    learner.outputs(run._train.inputs)
    hook.remove()
    assert torch.equal(torch.cat(found), features_of(learner, run._train))


def test_what_has_been_met_is_counted():
    run = comparison({"kind": "coreset", "size": 5, "choice": "random", "after": 0, "every": 0})
    advance(run, 3 * run._plan.steps_per_epoch)
    seen = run.frame().seen
    assert seen[:, 0].tolist() == [len(run._train), 5]


def test_a_difference_is_told_only_beyond_the_spread_of_the_seeds():
    one = comparison(EASY)
    assert "One seed tells nothing" in one.frame().told
    two = comparison(EASY, {"kind": "coreset"}, repeats=2)
    two._measured = torch.tensor([[1.0, 3.0], [2.0, 4.0], [0.5, 3.5]]), torch.ones(3, 2)
    assert two.frame().told.startswith("No validation loss differs")
    two._measured = torch.tensor([[1.0, 3.0], [4.0, 5.0], [0.1, 0.5]]), torch.ones(3, 2)
    told = two.frame().told
    assert "below that of random order from every seed: 50 by k-centre." in told
    assert "above that of random order from every seed: Easy first." in told


def test_what_diverged_is_told_and_not_compared():
    two, shares = comparison(EASY, {"kind": "coreset"}, repeats=2), torch.ones(3, 2)
    two._measured = torch.tensor([[1.0, 3.0], [torch.nan, 5.0], [2.0, 4.0]]), shares
    assert two.frame().told == (
        "No validation loss of the others differs from that of random order by more than the seeds "
        "do. Diverged from one seed or more: Easy first."
    )
    two._measured = torch.tensor([[1.0, 3.0], [torch.inf, 5.0], [4.0, 5.0]]), shares
    assert two.frame().told == (
        "The validation loss is above that of random order from every seed: 50 by k-centre. "
        "Diverged from one seed or more: Easy first."
    )
    two._measured = torch.tensor([[1.0, 3.0], [torch.inf, 5.0], [torch.nan, 5.0]]), shares
    assert two.frame().told == "Diverged from one seed or more: Easy first, 50 by k-centre."
    two._measured = torch.tensor([[torch.nan, 3.0], [1.0, 5.0], [4.0, 5.0]]), shares
    told = two.frame().told
    assert told == "Diverged from one seed or more: Random order. There is nothing to compare with."


def test_without_validation_data_nothing_is_compared():
    points = [{"x1": -1.0, "x2": 0.0, "label": 0}, {"x1": 1.0, "x2": 0.0, "label": 1}]
    run = comparison(EASY, repeats=2, dataset={"kind": "points", "points": points})
    assert not len(run.dataset.validation)
    assert run.frame().told == "There are no validation data to compare by."


def test_alike_samplers_have_names_of_their_own():
    run = comparison(EASY, EASY, {"kind": "coreset"}, EASY)
    names = run.frame().plan.names
    assert names == ("Random order", "Easy first", "Easy first (2)", "50 by k-centre", names[-1])
    assert names[-1] == "Easy first (3)"


def test_the_contract():
    samplers = EASY, {"kind": "coreset", "after": 0, "every": 1, "size": 20}
    check_contract(lambda: comparison(*samplers, repeats=2, epochs=3), 60)


def test_it_waits_for_nothing():
    experiment = {"kind": "sampling", "repeats": 1}
    parameters = load(Training, {"experiment": experiment, "dataset": "moons"})
    run_on_meta(lambda device: SamplingComparison(parameters, device), 30)
