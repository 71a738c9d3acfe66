"""Random directions whose every filter is as long as that of the network.

Source: Li, Xu, Taylor, Studer and Goldstein, Visualizing the Loss Landscape of Neural Nets
(NeurIPS 2018), section 4. Without that scaling a network with larger weights looks flatter than it
is. Biases and the weights of normalisation stay where they are, as in the authors' program.
"""

import torch
from torch import Tensor, nn

from kernels.device import make_generator


def gaussian_directions(model: nn.Module, seed: int) -> Tensor:
    """Two random directions, (2, D), drawn from `seed` alone; 0 for biases and normalisation."""
    first = next(model.parameters())
    generator = make_generator(first.device, seed)
    parts = []
    for parameter in model.parameters():
        drawn = parameter.new_zeros((2, *parameter.shape))
        if parameter.ndim > 1:
            drawn.normal_(generator=generator)
        parts.append(drawn.flatten(1))
    return torch.cat(parts, dim=1).detach()


def filter_normalized(directions: Tensor, model: nn.Module) -> Tensor:
    """`directions`, (K, D), with every filter scaled to the norm of that in `model`.

    A filter is what one output sees: a row of a Linear, the weights of an output channel of a
    convolution. A filter of zeros makes its part of the directions zero.
    """
    parts = []
    start = 0
    for parameter in model.parameters():
        part = directions[:, start : start + parameter.numel()]
        start += parameter.numel()
        if parameter.ndim > 1:
            rows = part.reshape(len(part), len(parameter), -1)  # (K, filters, ...)
            wanted = parameter.detach().flatten(1).norm(dim=1, keepdim=True)  # (filters, 1)
            drawn = rows.norm(dim=2, keepdim=True)
            part = (rows / drawn.clamp(min=torch.finfo(drawn.dtype).tiny) * wanted).flatten(1)
        parts.append(part)
    return torch.cat(parts, dim=1)
