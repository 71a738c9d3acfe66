"""The largest eigenvalue of the Hessian of a loss: how sharply it is curved.

Full-batch gradient descent goes on until this reaches about 2 / learning rate, and then stays
there (Cohen, Kaur, Li, Kolter and Talwalkar, Gradient Descent on Neural Networks Typically Occurs
at the Edge of Stability, ICLR 2021).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

ROUNDING = 100  # of an image of a vector: what is left of it by chance, in its last bits
STEPS = 20  # Hessian-vector products, or as many as there are weights


def largest_curvature(
    loss: Tensor, parameters: Sequence[Tensor], start: Tensor, steps: int = STEPS
) -> tuple[Tensor, Tensor]:
    """The largest eigenvalue of the Hessian of `loss` by `parameters`, and its eigenvector, (D,).

    Lanczos' method with full reorthogonalisation (Golub and Van Loan, Matrix Computations, 10.1),
    from `start`, (D,): the eigenvector of a while ago brings it there in few steps. It is never
    too large but for rounding. `loss` has its graph; it is used up. Not finite where the loss is
    not. Nothing is waited for.
    """
    gradients = torch.autograd.grad(loss, parameters, create_graph=True)
    gradient = torch.cat([part.flatten() for part in gradients])
    basis = [start / torch.linalg.vector_norm(start)]
    rows, is_known = [], [torch.zeros((), dtype=torch.bool, device=start.device)]
    steps = min(steps, gradient.numel())
    for step in range(steps):
        keep = step < steps - 1
        product = torch.autograd.grad(gradient, parameters, basis[-1], retain_graph=keep)
        image = torch.cat([part.flatten() for part in product]).detach()
        known = torch.stack(basis)  # (step + 1, D)
        rows.append(known @ image)
        least = ROUNDING * torch.finfo(image.dtype).eps * torch.linalg.vector_norm(image)
        for _ in range(2):  # once is not enough for float32
            image = image - (known @ image) @ known
        length = torch.linalg.vector_norm(image)
        is_new = length > least  # else all that can be reached from the start is known
        basis.append(torch.where(is_new, image / length, torch.zeros_like(image)))
        is_known.append(~is_new)
    found = torch.stack(basis[:steps])  # (steps, D)
    small = found.new_zeros((steps, steps))
    for step, row in enumerate(rows):
        small[: step + 1, step] = row
        small[step, : step + 1] = row
    below = small[0, 0] - small[0, 0].abs() - 1  # no eigenvalue that counts is so low
    small = small + torch.diag(torch.where(torch.stack(is_known[:steps]), below, 0.0))
    is_finite = small.isfinite().all()
    values, vectors = torch.linalg.eigh(torch.where(is_finite, small, 0.0).double())
    value = torch.where(is_finite, values[-1].to(found.dtype), torch.nan)
    vector = vectors[:, -1].to(found.dtype) @ found
    return value, torch.where(is_finite, vector, start)
