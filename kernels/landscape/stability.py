"""How sharply a loss may be curved before full-batch descent leaves it: where that is known."""

from kernels.optimizers.base import OptimizerParameters
from kernels.optimizers.plain import MomentumParameters, NesterovParameters, SGDParameters


def sharpest(optimizer: OptimizerParameters, learning_rate: float) -> float | None:
    """The largest curvature at which descent with `learning_rate` is stable, or None.

    From the limits that the optimizers state: c / (curvature + weight decay), where c is 2 for
    plain descent, 2(1+β) with momentum and 2(1+β)/(1+2β) with Nesterov's. None for those that
    rescale each coordinate, such as Adam, and with clipping: the curvature alone decides nothing
    there.
    """
    has_rule = isinstance(optimizer, SGDParameters | MomentumParameters | NesterovParameters)
    if not has_rule or optimizer.clip_norm or optimizer.clip_value or learning_rate <= 0:
        return None
    limit = optimizer.limit(1.0)
    assert limit is not None
    decay = optimizer.weight_decay
    return limit * (1.0 + decay) / learning_rate - decay


def rule(optimizer: OptimizerParameters) -> str:
    """`sharpest` in symbols; empty where there is none."""
    if sharpest(optimizer, 1.0) is None:
        return ""
    above = "2"
    if isinstance(optimizer, MomentumParameters) and optimizer.momentum:
        above = "2(1+β)/(1-dampening)" if optimizer.dampening else "2(1+β)"
    elif isinstance(optimizer, NesterovParameters):
        above = "2(1+β)/(1+2β)"
    decay = " - weight decay" if optimizer.weight_decay else ""
    return f"{above} / learning rate{decay}"
