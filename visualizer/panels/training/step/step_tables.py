"""The tables of the phases of a step: headings and rows, of the numbers that a frame has."""

from collections.abc import Sequence

from kernels.samples.samples import Dataset
from kernels.training.inside.inside import StepInside
from widgets.plots.table_rows import Row

Table = tuple[tuple[str, ...], list[Row]]  # headings of the columns of numbers, and rows
CHOSEN = "accent"  # the line beside the chosen sample


def table_of(phase: str, inside: StepInside, dataset: Dataset, chosen: int) -> Table:
    """What is told of `phase`; row `chosen` of the samples is marked."""
    match phase:
        case "batch":
            return _batch(inside, dataset, chosen)
        case "forward":
            return _layers(inside)
        case "loss":
            return _losses(inside, dataset, chosen)
        case "backward":
            return _gradients(inside)
        case _:
            return _updates(inside)


def sample_name(inside: StepInside, dataset: Dataset, index: int) -> str:
    """What sample `index` of the batch is called."""
    kind = "Picture" if dataset.is_picture else "Sample"
    return f"{kind} {int(inside.samples[index]):,}"


def _samples(
    inside: StepInside, dataset: Dataset, chosen: int, values: Sequence[tuple[float | str, ...]]
) -> list[Row]:
    rows = []
    for index, line in enumerate(values):
        color = CHOSEN if index == chosen else None
        rows.append(Row(sample_name(inside, dataset, index), line, color))
    return rows


def _targets(inside: StepInside, dataset: Dataset) -> list[tuple[float | str, ...]]:
    """The target of each sample that is shown: a class, or numbers."""
    targets = dataset.train.targets[inside.samples[: len(inside.losses)]]
    if dataset.classes:
        return [(dataset.classes[label],) for label in targets]
    return [tuple(float(number) for number in target) for target in targets]


def _batch(inside: StepInside, dataset: Dataset, chosen: int) -> Table:
    targets = _targets(inside, dataset)
    inputs = dataset.train.inputs[inside.samples[: len(targets)]]
    names = dataset.features if inputs.ndim == 2 else ()
    lines = [
        (*target, *(float(number) for number in numbers.ravel()[: len(names)]))
        for target, numbers in zip(targets, inputs, strict=True)
    ]
    return (*_named("target", len(targets[0])), *names), _samples(inside, dataset, chosen, lines)


def _layers(inside: StepInside) -> Table:
    rows = [
        Row(layer.name, (_size(layer.shape), layer.mean, layer.std, f"{layer.zeros:.0%}"))
        for layer in inside.layers
    ]
    return ("output", "mean", "std", "zeros"), rows


def _losses(inside: StepInside, dataset: Dataset, chosen: int) -> Table:
    targets = _targets(inside, dataset)
    lines: list[tuple[float | str, ...]] = []
    for index, target in enumerate(targets):
        loss = float(inside.losses[index])
        if dataset.classes:
            shares = inside.probabilities[index]
            label = int(dataset.train.targets[inside.samples[index]])
            lines.append(
                (loss, *target, dataset.classes[int(shares.argmax())], float(shares[label]))
            )
        else:
            lines.append((loss, *target, *map(float, inside.outputs[index])))
    rows = _samples(inside, dataset, chosen, lines)
    rows.append(Row(f"Mean of all {len(inside.samples):,}", (inside.loss,)))
    if dataset.classes:
        return ("loss", "target", "says", "for target"), rows
    width = inside.outputs.shape[1]
    return ("loss", *_named("target", width), *_named("output", width)), rows


def _gradients(inside: StepInside) -> Table:
    pulls = [name for name in ("l1", "l2") if any(getattr(t, name) for t in inside.tensors)]
    is_other = bool(pulls) or inside.received_norm != inside.gradient_norm
    names = ["gradient", *pulls, *(["received"] if is_other else [])]
    rows = [
        Row(t.name, (_size(t.shape), t.gradient, *(getattr(t, name) or None for name in names[1:])))
        for t in inside.tensors
    ]
    blank = [None] * (len(names) - 1)
    rows.append(Row("All together", ("", *blank, inside.received_norm)))
    words = {"gradient": "‖∇L‖", "l1": "L1", "l2": "L2", "received": "optimizer gets"}
    return ("shape", *(words[name] for name in names)), rows


def _updates(inside: StepInside) -> Table:
    rows = [Row(t.name, (t.norm, t.update, t.ratio)) for t in inside.tensors]
    return ("‖θ‖", "‖Δθ‖", "ratio"), rows


def _named(name: str, count: int) -> tuple[str, ...]:
    return (name,) if count == 1 else tuple(f"{name} {index + 1}" for index in range(count))


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
