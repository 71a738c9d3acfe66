"""What the neurons of a network are called."""

from kernels.training.frame import Plan


def neuron_names(plan: Plan) -> list[list[str]]:
    """The names of the neurons of each column, inputs first."""
    inputs, *hidden, output = plan.neurons
    dataset = plan.dataset
    first = list(dataset.features) if len(dataset.features) == inputs else _numbered("x", inputs)
    last = list(dataset.classes) or [dataset.target]
    if len(last) == 2 and output == 1:  # one score, that of the second of two classes
        last = last[1:]
    last = last if len(last) == output else _numbered("y", output)
    return [first, *(_numbered("h", count) for count in hidden), last]


def _numbered(letter: str, count: int) -> list[str]:
    return [f"{letter}{index + 1}" for index in range(count)]
