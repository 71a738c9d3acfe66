"""A network as text that PyTorch runs."""

from collections.abc import Sequence

from kernels.networks.layers import LayerParameters
from kernels.networks.network import stages
from kernels.networks.parts import Shape

_HEAD = """\
# {given} -> {made}; {count:,} parameters
network = nn.Sequential(
    OrderedDict(
        [
"""
_TAIL = """\
        ]
    )
)
"""


def network_code(layers: Sequence[LayerParameters], input_shape: Shape, outputs: int) -> str:
    """The network as Python text that makes `network`, a torch.nn.Sequential on the CPU.

    It needs `OrderedDict`, and `nn` of torch. Its modules are named as those of
    `kernels.networks.network.build`, so that the one loads the weights of the other; its first
    values are PyTorch's own. Raises `ParameterError` where shapes do not fit.
    """
    found = list(stages(layers, input_shape, outputs))
    lines = []
    for stage in found:
        calls = [f'            ("{name}", nn.{part}),' for name, part in stage.parts.items()]
        lines += [*calls[:-1], f"{calls[-1]}  # {_batch(stage.shape)}"]
    count = sum(stage.parameters for stage in found)
    head = _HEAD.format(given=_batch(input_shape), made=_batch((outputs,)), count=count)
    return head + "\n".join(lines) + "\n" + _TAIL


def _batch(shape: Shape) -> str:
    return f"(N, {', '.join(map(str, shape))})"
