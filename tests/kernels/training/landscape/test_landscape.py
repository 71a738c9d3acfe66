"""The landscape of a network in training against plain loops, evaluations and a whole Hessian."""

import copy
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.func import functional_call
from torch.nn.utils import vector_to_parameters

from kernels.editing import load
from kernels.landscape.path import walk_share
from kernels.landscape.plane import flat, unflattened
from kernels.simulation import advance, to_host
from kernels.training.experiments import simulation_class
from kernels.training.landscape.landscape import LandscapeRun
from kernels.training.learner import Learner
from kernels.training.parameters import Training
from kernels.training.tensors import tensors_of
from tests.kernels.experiments import check_contract
from tests.kernels.fake_device import run_on_meta

CPU = torch.device("cpu")
FULL = {"batch_size": 60_000, "optimizer": {"kind": "sgd", "learning_rate": 0.5}}
SMALL = {"resolution": 13, "evaluations": 40}
NORMALISED = {
    "kind": "2-4-2-1",
    "layers": [
        {"kind": "linear", "units": 3, "activation": "identity"},
        {"kind": "batch-norm"},
    ],
}
DROPPING = {"kind": "2-4-2-1", "layers": [{"kind": "linear"}, {"kind": "dropout"}]}


def parameters_of(experiment=None, **others):
    return load(Training, {"experiment": {"kind": "landscape", **(experiment or {})}, **others})


def landscape(experiment=None, **others):
    parameters = parameters_of(experiment, **others)
    run = simulation_class(parameters)(parameters, CPU)
    assert isinstance(run, LandscapeRun)
    return run


def plain_learners(run, steps):
    """The networks of `run` and their losses on its samples after each of so many updates."""
    train = tensors_of(run.dataset.train, CPU)
    seen = train.first(run.parameters.experiment.samples)
    found = []
    for index in range(run.parameters.experiment.runs):
        seed = run.parameters.seed + index
        parameters = run.parameters.model_copy(update={"seed": seed})
        learner = Learner(parameters, run.dataset, train)
        weights, losses = [flat(learner.model)], [learner.evaluate(seen)[0].item()]
        for step in range(steps):
            learner.learn(train, step)
            weights.append(flat(learner.model))
            losses.append(learner.evaluate(seen)[0].item())
        found.append((torch.stack(weights), losses))
    return found


def test_the_paths_are_those_of_plain_runs_at_their_true_loss():
    run = landscape({"runs": 2, **SMALL})
    advance(run, 25)
    frame = run.frame()
    assert frame.names == ("seed 0", "seed 1")
    assert frame.path_steps.tolist() == list(range(26))
    assert frame.losses.tolist() == [losses for _, losses in plain_learners(run, 25)]


@pytest.mark.parametrize("plane", ["random", "path"])
def test_paths_lie_where_their_weights_project(plane):
    run = landscape({"plane": plane, "runs": 2, **SMALL})
    advance(run, 37)
    frame = run.frame()
    shown = run._landscape[0].plane
    basis, origin = shown.directions.double().numpy().T, shown.origin.double().numpy()
    for index, (weights, _) in enumerate(plain_learners(run, 37)):
        away = weights.double().numpy() - origin
        expected, *_ = np.linalg.lstsq(basis, away.T, rcond=None)
        assert np.allclose(frame.paths[index], expected.T, atol=1e-6)
        distances = np.linalg.norm(away - (basis @ expected).T, axis=1)
        assert np.allclose(frame.distances[index], distances, atol=1e-6)


@pytest.mark.parametrize(
    ("plane", "network"), [("random", "2-4-2-1"), ("path", "2-4-2-1"), ("random", NORMALISED)]
)
def test_the_surface_is_the_loss_with_these_weights(plane, network):
    run = landscape({"plane": plane, **SMALL}, network=network)
    advance(run, 20)
    models = {0: copy.deepcopy(run.model)}
    plain = landscape({"plane": plane, **SMALL}, network=network)
    for step in range(1, 21):
        advance(plain, 1)
        models[step] = copy.deepcopy(plain.model)
    frame = run.frame()
    shown = frame.landscape
    side = len(shown.surface)
    refined = run._landscape[0]
    data = run._seen
    model = models[shown.step].eval()
    if plane == "random":
        assert torch.equal(refined.plane.origin, flat(model))
    for row, column in ((0, 0), (3, side - 1), (side - 1, 2)):
        x = np.linspace(*shown.x_range, side)[column]
        y = np.linspace(*shown.y_range, side)[row]
        at = torch.tensor([x, y], dtype=torch.float32)
        vector_to_parameters(refined.plane.at(at), model.parameters())
        with torch.no_grad():
            loss = run._learners[0].criterion(model(data.inputs), data.targets)
        assert shown.surface[row, column] == pytest.approx(loss.item(), rel=1e-5)
    assert shown.has_statistics == (network is NORMALISED)
    assert ("running statistics" in " ".join(shown.sentences())) == shown.has_statistics


def test_it_begins_coarse_and_a_finer_one_is_never_replaced_by_a_coarse_one():
    run = landscape({"resolution": 31, "evaluations": 50})
    assert run.frame().landscape is None
    seen = []
    for _ in range(120):
        advance(run, 1)
        shown = run.frame().landscape
        if shown is not None and (not seen or seen[-1] != (shown.step, len(shown.surface))):
            seen.append((shown.step, len(shown.surface)))
    assert [side for step, side in seen if step == 0] == [7, 13, 25, 31]
    assert [side for step, side in seen[4:6]] == [25, 31]
    assert seen[4][0] == 40  # 1 + 4 + 13 + 20 steps, and then the next time that it observes


def test_a_last_surface_goes_through_the_last_weights():
    for plane in ("random", "path"):
        run = landscape({"plane": plane, **SMALL}, epochs=1, batch_size=9)
        done = advance(run, 10**6)
        assert done <= run.length
        assert run.finished.reason == "complete"
        frame = run.frame()
        assert frame.trained == run.updates == frame.landscape.step
        assert len(frame.landscape.surface) == 13
        if plane == "random":
            assert frame.distances[0, -1] == pytest.approx(0, abs=1e-6)
            assert frame.paths[0, -1] == pytest.approx([0, 0], abs=1e-6)
            middle = frame.landscape.surface[6, 6]
            assert middle == pytest.approx(frame.losses[0, -1], rel=1e-5)


def test_more_epochs_go_on_where_the_updates_ended():
    few = parameters_of(SMALL, epochs=1)
    many = few.model_copy(update={"epochs": 3})
    run = LandscapeRun(few, CPU)
    advance(run, 10**6)
    assert run.frame().trained == run.updates
    run.adjust(many)
    assert run.length > run.step_count
    advance(run, 10**6)
    whole = LandscapeRun(many, CPU)
    advance(whole, 10**6)
    assert torch.equal(flat(run.model), flat(whole.model))
    assert run.frame().path_steps.tolist() == whole.frame().path_steps.tolist()
    assert run.finished is not None


def test_the_sentences_say_that_it_is_a_slice_and_what_chance_gives():
    run = landscape({"plane": "path", **SMALL})
    assert "three points" in run.frame().sentences()[0]
    advance(run, 60)
    shown = run.frame().landscape
    told = " ".join(run.frame().sentences())
    assert told.startswith("A slice along the first two principal components of the path until")
    ((weights, _),) = plain_learners(run, shown.step)
    centred = (weights - weights.mean(0)).double().numpy()
    lengths = np.linalg.svd(centred, compute_uv=False) ** 2
    assert shown.explained == pytest.approx(lengths[:2].sum() / lengths.sum(), abs=1e-6)
    assert f"{shown.explained:.1%} of the path's variance" in told
    assert f"random walk of {shown.step + 1} points in many dimensions it is 76." in told
    random = landscape(SMALL)
    advance(random, 60)
    told = " ".join(random.frame().sentences())
    assert "in two random directions, scaled filter by filter (Li et al. 2018)" in told
    assert "two directions drawn uniformly hold 8.0% of any on average" in told


def test_several_paths_are_beside_walks_from_where_they_began():
    run = landscape({"plane": "path", "runs": 2, **SMALL})
    advance(run, 60)
    shown = run.frame().landscape
    paths = torch.stack([weights for weights, _ in plain_learners(run, shown.step)])
    assert shown.chance == pytest.approx(walk_share(paths), abs=1e-6)
    assert (
        f"of the paths' variance; of pure random walks of {shown.step + 1} points, as far apart "
        f"and as fast, in many dimensions it is {shown.chance:.1%}."
    ) in shown.sentences()[0]


def test_a_tiny_share_of_the_variance_is_no_zero():
    run = landscape(SMALL)
    advance(run, 60)
    shown = run.frame().landscape
    (told,) = replace(shown, explained=0.000123).sentences()
    assert "It holds 0.012% of the path's variance" in told


def test_full_batch_descent_tells_its_largest_curvature():
    run = landscape(SMALL, l2=0.01, **FULL)
    advance(run, 30)
    frame = run.frame()
    assert frame.curvature_steps.tolist() == [0, 10, 20, 30]
    assert frame.stable.tolist() == [4.0] * 4
    assert frame.rule == "2 / learning rate"
    assert "The limit: exact for a quadratic loss." in frame.sentences()
    assert frame.uncurved == ""
    learner = run._learners[0]
    train = tensors_of(run.dataset.train, CPU)
    inputs, targets = train.inputs.double(), train.targets
    model = copy.deepcopy(run.model).double()

    def loss(vector):
        weights = unflattened(vector, model)
        matrices = [w for w in weights.values() if w.ndim > 1]
        penalty = 0.01 / 2 * sum(w.square().sum() for w in matrices)
        return learner.criterion(functional_call(model, weights, (inputs,)), targets) + penalty

    hessian = torch.autograd.functional.hessian(loss, flat(model))
    expected = torch.linalg.eigvalsh(hessian)[-1].item()
    assert frame.curvature[-1] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"batch_size": 10}, "all samples"),
        ({**FULL, "network": NORMALISED}, "dropout or batch normalisation"),
        ({**FULL, "network": DROPPING}, "dropout or batch normalisation"),
    ],
)
def test_no_curvature_is_told_where_it_would_mean_nothing(changed, told):
    run = landscape(SMALL, **changed)
    advance(run, 20)
    frame = run.frame()
    assert told in frame.uncurved
    assert not len(frame.curvature)
    assert not frame.rule


def test_adam_has_a_curvature_and_no_rule():
    run = landscape(SMALL, batch_size=60_000)
    advance(run, 20)
    frame = run.frame()
    assert np.isfinite(frame.curvature).all()
    assert np.isnan(frame.stable).all()
    assert frame.rule == ""
    assert "No limit: here the curvature alone decides nothing." in frame.sentences()


def test_what_diverges_is_told():
    run = landscape(
        SMALL,
        loss="mse",
        network="linear",
        dataset="plane",
        optimizer={"kind": "sgd", "learning_rate": 1000.0},
    )
    advance(run, 2000)
    assert run.finished.reason == "diverged"
    assert "lower the learning rate" in run.finished.sentence
    frame = run.frame()
    assert frame.row()["loss_1"] is None


def test_zeros_as_first_weights_give_a_flat_surface():
    run = landscape(SMALL, initialization="zeros")
    advance(run, 2)
    surface = run.frame().landscape.surface
    assert surface.min() == surface.max() == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    "given",
    [
        ({"runs": 2, **SMALL}, {}),
        ({"plane": "path", **SMALL}, FULL),
        (SMALL, {"network": NORMALISED}),
    ],
)
def test_contract(given):
    experiment, others = given
    check_contract(lambda: landscape(experiment, **others), 60)


@pytest.mark.parametrize("plane", ["random", "path"])
@pytest.mark.parametrize("others", [{}, FULL, {"network": NORMALISED}])
def test_it_runs_on_a_fake_device(plane, others):
    parameters = parameters_of({"plane": plane, "runs": 2}, **others)
    run_on_meta(lambda device: simulation_class(parameters)(parameters, device))


def test_pictures_have_a_landscape_too():
    run = landscape({"samples": 20, "resolution": 7, "evaluations": 49}, dataset="mnist",
                    network="cnn-25k")  # fmt: skip
    advance(run, 1)
    frame = run.frame()
    assert frame.landscape.surface.shape == (7, 7)
    assert frame.landscape.surface[3, 3] == pytest.approx(frame.losses[0, 0], rel=1e-5)
    assert to_host(run._path.kept(0)).nbytes <= 2**25
