"""The script of a run, executed: it comes to the weights of the run, bit for bit."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kernels.editing import load
from kernels.networks.weights import load_weights_, read_weights
from kernels.optimizers.catalogue import OPTIMIZERS
from kernels.optimizers.schedules import (
    CosineSchedule,
    ExponentialSchedule,
    OneCycleSchedule,
    StepSchedule,
    WarmupSchedule,
)
from kernels.simulation import advance
from kernels.training.actions import EditWeight
from kernels.training.code.documents import DOCUMENTS
from kernels.training.code.parts import rate
from kernels.training.experiments import simulation_class
from kernels.training.parameters import Training
from kernels.training.training import TrainingRun

CPU = torch.device("cpu")
DIGITS = {"kind": "mnist", "training_digits": 150}


@pytest.fixture(autouse=True)
def same_generators_and_threads() -> Iterator[None]:
    """What a script sets for its process is set back."""
    threads = torch.get_num_threads()
    with torch.random.fork_rng():
        yield
    torch.set_num_threads(threads)


def made(**given: Any) -> TrainingRun:
    parameters = load(Training, given)
    return simulation_class(parameters)(parameters, CPU)


def written(run: TrainingRun, folder: Path, name: str = "model") -> Path:
    for ending, data in run.document(".py").items():
        (folder / f"{name}{ending}").write_bytes(data)
    return folder / f"{name}.py"


def execute(script: Path) -> None:
    exec(compile(script.read_text(), script, "exec"), {"__file__": str(script)})


def trained(script: Path) -> dict[str, torch.Tensor]:
    return read_weights(str(script.with_name(f"{script.stem}-trained.pt")))


def assert_same(run: TrainingRun, found: dict[str, torch.Tensor]) -> None:
    wanted = run.model.state_dict()
    assert list(found) == list(wanted)
    for name, tensor in wanted.items():
        assert torch.equal(found[name], tensor), name


CLIPPED = {"kind": "adamw", "clip_norm": 0.5, "clip_value": 0.1, "schedule": "cosine"}
UNEVEN = {
    "kind": "points",
    "oversample": True,
    "points": [{"x1": i / 8, "x2": i % 3, "label": int(i < 8)} for i in range(48)],
}
LAYERS = [
    {"kind": "linear", "units": 8, "activation": "gelu"},
    {"kind": "batch-norm"},
    {"kind": "dropout", "rate": 0.3},
]
RUNS: list[dict[str, Any]] = [
    {},
    {"dataset": "spiral", "loss": "mse", "l1": 0.01, "seed": 3},
    {"dataset": {"kind": "spiral", "arms": 3}, "loss": "mse", "label_smoothing": 0.1},
    {"dataset": {"kind": "spiral", "arms": 3}, "label_smoothing": 0.2, "optimizer": CLIPPED},
    {"dataset": "plane", "loss": "huber", "l2": 0.01, "batch_size": 7},
    {"dataset": "sine", "l1": 0.01, "l2": 0.1, "initialization": "xavier"},
    {"loss": "cross-entropy", "label_smoothing": 0.1, "network": "linear"},
    {"label_smoothing": 0.3, "optimizer": {"kind": "sgd", "clip_norm": 0.1}},
    {"network": {"kind": "wide", "layers": LAYERS}, "seed": 5},
    {"dataset": DIGITS, "network": "cnn-25k", "optimizer": {"kind": "sgd", "schedule": "step"}},
    {"dataset": {"kind": "csv"}},
    {"dataset": UNEVEN},
    *({"optimizer": kind} for kind in OPTIMIZERS),
    *(
        {"optimizer": {"kind": "adam", "schedule": {"kind": kind}}}
        for kind in ("step", "exponential", "linear-warmup", "one-cycle")
    ),
]


@pytest.mark.parametrize("given", RUNS, ids=str)
def test_the_script_comes_to_the_weights_of_the_run(
    tmp_path: Path, given: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    run = made(**given)
    advance(run, 4 if "dataset" in given and given["dataset"] is DIGITS else 73)
    assert run.step_count > 3
    script = written(run, tmp_path)
    execute(script)
    assert_same(run, trained(script))
    told = capsys.readouterr().out.splitlines()
    loss = run.frame().row()["validation_loss"]
    run.observe()
    assert told[-1].startswith(f"validation loss after {run.step_count} steps: ") or loss is None
    assert float(told[-1].split()[-1]) == pytest.approx(run.frame().validation_loss[-1], rel=1e-4)


def test_it_is_a_program_of_its_own(tmp_path: Path) -> None:
    run = made(seed=2)
    advance(run, 30)
    script = written(run, tmp_path, "a net")
    made_before = {path.name for path in tmp_path.iterdir()}
    program = [sys.executable, "-I", "-W", "error", script.name]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "kernels" not in script.read_text()
    assert {path.name for path in tmp_path.iterdir()} - made_before == {"a net-trained.pt"}
    assert_same(run, trained(script))


def test_before_the_first_step_it_trains_to_the_end(tmp_path: Path) -> None:
    run = made(epochs=2)
    script = written(run, tmp_path)
    execute(script)
    advance(run, 10_000)
    assert run.step_count == run.length
    assert_same(run, trained(script))


def test_it_goes_on_from_weights_in_a_file(tmp_path: Path) -> None:
    first = made()
    advance(first, 20)
    for ending, data in first.document(".safetensors").items():
        (tmp_path / f"first{ending}").write_bytes(data)
    again = made(weights=f"file:{tmp_path / 'first.safetensors'}", seed=9)
    assert_same(again, first.model.state_dict())
    advance(again, 10)
    script = written(again, tmp_path)
    execute(script)
    assert_same(again, trained(script))
    run = made(weights=f"file:{script.with_name('model-trained.pt')}")  # and back
    assert_same(run, again.model.state_dict())


def test_documents_are_the_same_bytes_each_time_and_change_nothing(tmp_path: Path) -> None:
    looked, other = made(), made()
    for run in (looked, other):
        advance(run, 11)
    for document in DOCUMENTS:
        assert looked.document(document.suffix) == other.document(document.suffix)
        assert document.suffix in looked.document(document.suffix)
    for run in (looked, other):
        advance(run, 11)
    assert_same(looked, other.model.state_dict())


def test_pictures_are_kept_as_pixels(tmp_path: Path) -> None:
    run = made(dataset=DIGITS, network="784-256-10")
    with np.load(written(run, tmp_path).with_name("model-data.npz")) as file:
        data = dict(file)
    assert data["train_pixels"].dtype == np.uint8
    assert data["train_pixels"].shape == (150, 1, 28, 28)
    assert "train_inputs" not in data


@pytest.mark.parametrize(
    "schedule",
    [
        StepSchedule(step_size=3, gamma=0.7),
        ExponentialSchedule(gamma=0.93),
        CosineSchedule(total_steps=17, end_factor=0.03),
        WarmupSchedule(total_iters=7, start_factor=0.3),
        OneCycleSchedule(total_steps=20, pct_start=0.3),
        OneCycleSchedule(total_steps=2, pct_start=0.1),
    ],
    ids=str,
)
@given(learning_rate=st.floats(1e-4, 10))
def test_the_rate_is_that_of_the_schedule(schedule: Any, learning_rate: float) -> None:
    import math

    room: dict[str, Any] = {"math": math, "LEARNING_RATE": learning_rate}
    exec(rate(schedule), room)
    for step in range(40):
        assert room["rate"](step) == learning_rate * schedule.factor(step)


def test_the_script_is_fit_to_be_read(tmp_path: Path) -> None:
    run = made(optimizer="sgd", network="linear", l2=0.01)
    advance(run, 5)
    assert (
        run.document(".py")[".py"]
        .decode()
        .startswith('"""Trains a network on Circle with PyTorch, as Layerscope does: 5 of')
    )


def test_of_a_run_that_was_changed_on_the_way_it_says_what_is_not_in_it() -> None:
    def said(run: TrainingRun) -> str:
        return " ".join(run.document(".py")[".py"].decode().split('"""')[1].split())

    run = made(epochs=2)
    run.adjust(run.parameters.model_copy(update={"epochs": 3}))  # before the first step
    assert "they are those of the run bit for bit." in said(run)
    advance(run, 20)
    state = run.state()
    run.adjust(run.parameters.model_copy(update={"epochs": 4}))
    run.act(EditWeight(layer=0, target=0, source=0, value=1.0))
    advance(run, 5)
    assert (
        "those of a run that is left alone, bit for bit. This one was not, first after step 20"
        in (said(run))
    )
    run.restore(state)
    assert "they are those of the run bit for bit." in said(run)
    edited = made()
    edited.act(EditWeight(layer=0, target=0, source=0, value=1.0))
    assert "first after step 0" in said(edited)


def test_of_compiled_steps_it_says_that_their_rounding_is_another(tmp_path: Path) -> None:
    torch_run, compiled = made(), made(engine="compiled")
    for run in (torch_run, compiled):
        advance(run, 20)
    assert "they are those of the run bit for bit." in torch_run.document(".py")[".py"].decode()
    script = written(compiled, tmp_path)
    assert "they are those of the run but for rounding, since its" in script.read_text()
    execute(script)
    assert_same(torch_run, trained(script))
    for name, tensor in read_weights(str(script.with_name("model-trained.pt"))).items():
        assert torch.allclose(compiled.model.state_dict()[name], tensor, atol=1e-5)


def test_weights_that_do_not_fit_are_refused_when_the_run_is_built(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(made().document(".safetensors")[".safetensors"])
    with pytest.raises(ValueError, match=r"w\.safetensors holds the weights of another network"):
        made(weights=str(path), network="2-8-8-8-1")
    model = made(network="linear").model
    with pytest.raises(ValueError, match=r"'linear1.bias' has no place in it"):
        load_weights_(model, str(path))
