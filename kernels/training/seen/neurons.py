"""A row of small linear layers, seen as columns of neurons with links between them."""

import torch
from torch import Tensor, nn

from kernels.errors import ParameterError
from kernels.networks.layers import ACTIVATIONS
from kernels.samples.samples import Dataset
from kernels.simulation import Array, to_host

MOST_LINKS = 64 * 64  # between two columns, that somebody could still tell apart
MOST_COLUMNS = 8  # that have room beside each other
_PASSED = (nn.Dropout, nn.Flatten, nn.Identity)
_ACTIVATIONS = tuple(ACTIVATIONS.values())


def neuron_columns(
    model: nn.Sequential, dataset: Dataset
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """How many neurons each column has, inputs first, and what to write over it.

    Both are empty where it is no row of small linear layers on a row of numbers.
    """
    linear = linear_layers(model)
    is_plain = all(isinstance(m, (nn.Linear, *_PASSED, *_ACTIVATIONS)) for m in model.children())
    is_small = len(linear) < MOST_COLUMNS and all(m.weight.numel() <= MOST_LINKS for m in linear)
    if dataset.is_picture or not is_plain or not is_small:
        return (), ()
    counts = (linear[0].in_features, *(layer.out_features for layer in linear))
    captions = ["Inputs", *_names(model), "Output"]
    return counts, tuple(captions)


def neuron_weights(model: nn.Sequential) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """The weights, (n, m), and biases, (n,), of each linear layer."""
    linear = linear_layers(model)
    biases = (m.weight.new_zeros(m.out_features) if m.bias is None else m.bias for m in linear)
    return tuple(to_host(m.weight) for m in linear), tuple(map(to_host, biases))


def set_weight_(
    model: nn.Sequential, layer: int, target: int, source: int | None, value: float
) -> None:
    """Set the weight from neuron `source` to neuron `target` of a linear layer, or a bias.

    All are counted from 0; the bias where `source` is None. Raises `ParameterError` if there is no
    such weight.
    """
    try:
        chosen = linear_layers(model)[layer]
        with torch.no_grad():
            if source is None:
                chosen.bias[target] = value
            else:
                chosen.weight[target, source] = value
    except (IndexError, TypeError) as error:
        raise ParameterError(
            f"There is no weight from neuron {source} to neuron {target} of linear layer {layer}, "
            "all counted from 0. Choose one that is there."
        ) from error


def activated(model: nn.Sequential, inputs: Tensor) -> list[Tensor]:
    """What each column of neurons after the inputs gives, (N, n) each: behind its activation."""
    columns: list[Tensor] = []
    values = inputs
    for module in model.children():
        values = module(values)
        if isinstance(module, nn.Linear):
            columns.append(values)
        elif columns:
            columns[-1] = values
    return columns


def linear_layers(model: nn.Sequential) -> list[nn.Linear]:
    """The linear layers of `model`, first to last."""
    return [module for module in model.children() if isinstance(module, nn.Linear)]


def _names(model: nn.Sequential) -> list[str]:
    """What to write over each hidden column: the name of its activation."""
    by_class = {kind: name for name, kind in ACTIVATIONS.items()}
    names: list[str] = []
    for module in model.children():
        if isinstance(module, nn.Linear):
            names.append("linear")
        elif names and type(module) in by_class:
            names[-1] = by_class[type(module)]
    return names[:-1]
