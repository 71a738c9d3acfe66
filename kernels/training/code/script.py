"""A run as a Python script that trains the same network with PyTorch and NumPy alone."""

import torch
from torch import nn

from kernels.networks.code import network_code
from kernels.samples.samples import Dataset
from kernels.training.code.parts import clipping, loss_of, optimizer_call, penalty, rate
from kernels.training.learner import Learner

DATA = "-data.npz"  # what the file beside the script is called, after the script's own name
FIRST = "first."  # before the names of the first weights in it

_SCRIPT = '''\
"""Trains a network on {data} with PyTorch, as Layerscope does: {steps:,} of {length:,} steps.

The data and the first weights are in the file NAME{file} beside this one, NAME.py; the weights
that it comes to are written to NAME-trained.pt. On the CPU of the same machine, with the same
versions of PyTorch and NumPy, they are those of {equal}.
All settings are as they were last; a rule that would stop it early is not in it.
"""

{imports}

HERE = Path(__file__)
STEPS = {steps}
BATCH_SIZE = {batch_size}
SEED = {seed}  # of the order of the samples{and_dropout}
LEARNING_RATE = {learning_rate!r}

torch.set_num_threads({threads})  # the last bits depend on it

# {training:,} samples to train on, {validation:,} to validate with
with np.load(HERE.with_name(HERE.stem + "{file}")) as file:
    data = dict(file)
{reading}

{network}
first = {{name: torch.from_numpy(data[f"{first}{{name}}"]) for name in network.state_dict()}}
network.load_state_dict(first)
optimizer = torch.optim.{optimizer}


{functions}


network.train()
batches = -(-len(inputs) // BATCH_SIZE)  # in an epoch; the last may be smaller
{dropout}for step in range(STEPS):
    epoch, batch = divmod(step, batches)
    if batch == 0:
        order = torch.from_numpy(np.random.default_rng([SEED, epoch]).permutation(len(inputs)))
    picked = order[batch * BATCH_SIZE : (batch + 1) * BATCH_SIZE]
    optimizer.zero_grad()
    loss = loss_of(network(inputs[picked]), targets[picked])
{update}

torch.save(network.state_dict(), HERE.with_name(HERE.stem + "-trained.pt"))
network.eval()
with torch.no_grad():
    for name, x, y in (("training", inputs, targets), ("validation", *validation)):
        if len(x):
            print(f"{{name}} loss after {{STEPS}} steps: {{loss_of(network(x), y).item():.6g}}")
'''

_ARRAYS = """\
inputs = torch.from_numpy(data["train_inputs"])
targets = torch.from_numpy(data["train_targets"])
validation = [torch.from_numpy(data[f"validation_{name}"]) for name in ("inputs", "targets")]"""

_PIXELS = """\
def scaled(pixels):
    values = pixels.astype(np.float32) / np.float32(255)
    return torch.from_numpy((values - np.float32({mean!r})) / np.float32({std!r}))


inputs = scaled(data["train_pixels"])
targets = torch.from_numpy(data["train_targets"])
validation = [scaled(data["validation_pixels"]), torch.from_numpy(data["validation_targets"])]"""


def training_code(
    learner: Learner,
    dataset: Dataset,
    steps: int,
    length: int,
    pixels: bool,
    changed: int | None = None,
) -> str:
    """The script that trains what `learner` does for `steps` of its `length` steps.

    With `pixels` the file beside it holds pixels, uint8, in the place of the inputs. `changed` is
    after how many steps something was set or written over first; None if nothing was.
    """
    parameters, spec = learner.parameters, learner.spec
    schedule, clip = rate(spec.schedule), clipping(spec)
    added = penalty(parameters.l1, parameters.l2)
    update = [f"    {'penalized(loss)' if added else 'loss'}.backward()"]
    if clip:
        update.append("    clip()")
    if schedule:
        update.append('    optimizer.param_groups[0]["lr"] = rate(step)')
    functions = [loss_of(learner.criterion), added, clip, schedule]
    has_dropout = any(isinstance(module, nn.Dropout) for module in learner.model.modules())
    arrays = _PIXELS.format(mean=dataset.mean, std=dataset.std) if pixels else _ARRAYS
    return _SCRIPT.format(
        data=" ".join(dataset.title.replace("\\", "/").replace('"', "'").split()),
        steps=steps,
        length=length,
        equal=_equality(learner, changed),
        file=DATA,
        imports=_imports("math." in schedule),
        batch_size=learner.batches.size,
        seed=learner.batches.seed,
        learning_rate=spec.learning_rate,
        threads=torch.get_num_threads(),
        training=len(dataset.train),
        validation=len(dataset.validation),
        reading=arrays,
        network=network_code(parameters.network.layers, dataset.shape, learner.criterion.outputs),
        first=FIRST,
        optimizer=optimizer_call(spec, fused=learner.is_fused),
        functions="\n\n\n".join(function for function in functions if function),
        and_dropout=", and of what dropout draws" if has_dropout else "",
        dropout="torch.manual_seed(SEED)\n" if has_dropout else "",
        update="\n".join([*update, "    optimizer.step()"]),
    )


def _equality(learner: Learner, changed: int | None) -> str:
    """What run comes to the weights that the script comes to, and how far they are the same."""
    if changed is not None:
        return (
            f"a run that is left alone, {_exactly(learner)}.\nThis one was not, first after step "
            f"{changed:,}: what was set or written over on the way is not in the\nscript, so that "
            "its weights may be others"
        )
    return f"the run {_exactly(learner)}"


def _exactly(learner: Learner) -> str:
    """How far the weights of the script are those of a run that does the same."""
    if any(weight.device.type != "cpu" for weight in learner.model.parameters()):
        return "but for rounding and what dropout draws, since it ran on another device"
    is_torch = learner.parameters.engine == "torch"
    return "bit for bit" if is_torch else "but for rounding, since its steps were compiled"


def _imports(needs_math: bool) -> str:
    standard = ["import math"] if needs_math else []
    standard += ["from collections import OrderedDict", "from pathlib import Path"]
    others = ["import numpy as np", "import torch"]
    others += ["from torch import nn", "from torch.nn import functional"]
    return "\n".join([*standard, "", *others])
