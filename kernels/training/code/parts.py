"""The parts of a training script that depend on what is set, as text.

Each does the arithmetic of its model here, in the same order, so that not a bit differs.
"""

from kernels.optimizers.base import NORM_EPSILON, OptimizerParameters
from kernels.optimizers.schedules import (
    ConstantSchedule,
    CosineSchedule,
    ExponentialSchedule,
    OneCycleSchedule,
    ScheduleParameters,
    StepSchedule,
    WarmupSchedule,
)
from kernels.training.objective import Criterion

_FUNCTIONS = {"bce": "binary_cross_entropy_with_logits", "huber": "huber_loss", "mse": "mse_loss"}


def optimizer_call(spec: OptimizerParameters, *, fused: bool) -> str:
    """What follows ``torch.optim.``, with the learning rate of the first step."""
    given = spec.options(fused=fused)
    lines = "".join(f"    {name}={value!r},\n" for name, value in given.items())
    return f"{spec.optimizer.__name__}(\n    network.parameters(),\n{lines})"


def loss_of(criterion: Criterion) -> str:
    """The function ``loss_of(outputs, targets)``."""
    smoothing = criterion.label_smoothing
    lines = []
    if criterion.name == "cross-entropy":
        smoothed = f", label_smoothing={smoothing!r}" if smoothing else ""
        lines.append(f"    return functional.cross_entropy(outputs, targets{smoothed})")
    else:
        if criterion.is_single:
            lines.append("    targets = targets.float().unsqueeze(-1)  # 1 for the second class")
        elif criterion.classes:
            lines.append(f"    targets = functional.one_hot(targets, {criterion.classes}).float()")
        if criterion.classes and smoothing:
            shared = f"{smoothing!r} / {2 if criterion.is_single else criterion.classes}"
            lines.append(f"    targets = targets * (1 - {smoothing!r}) + {shared}")
        lines.append(f"    return functional.{_FUNCTIONS[criterion.name]}(outputs, targets)")
    return "\n".join(["def loss_of(outputs, targets):", *lines])


def penalty(l1: float, l2: float) -> str:
    """The function ``penalized(loss)``; empty where large weights cost nothing."""
    terms = [f"{l1!r} * weight.abs().sum()"] if l1 else []
    terms += [f"{l2!r} / 2 * weight.square().sum()"] if l2 else []
    if not terms:
        return ""
    return "\n".join(
        [
            "def penalized(loss):",
            "    for weight in network.parameters():",
            "        if weight.ndim > 1:  # neither biases nor batch normalisation",
            f"            loss = loss + {' + '.join(terms)}",
            "    return loss",
        ]
    )


def clipping(spec: OptimizerParameters) -> str:
    """The function ``clip()``; empty where nothing is clipped."""
    if not (spec.clip_norm or spec.clip_value):
        return ""
    lines = [
        "def clip():",
        "    gradients = [weight.grad for weight in network.parameters()]",
        "    flat = torch.cat([gradient.flatten() for gradient in gradients])",
    ]
    if spec.clip_norm:
        lines += [
            "    norm = torch.linalg.vector_norm(flat, dim=-1, keepdim=True)",
            f"    flat *= ({spec.clip_norm!r} / (norm + {NORM_EPSILON!r})).clamp(max=1.0)",
        ]
    if spec.clip_value:
        lines.append(f"    flat.clamp_(-{spec.clip_value!r}, {spec.clip_value!r})")
    lines += [
        "    parts = flat.split([gradient.numel() for gradient in gradients])",
        "    for gradient, part in zip(gradients, parts):",
        "        gradient.copy_(part.view_as(gradient))",
    ]
    return "\n".join(lines)


def rate(schedule: ScheduleParameters) -> str:
    """The function ``rate(step)``, the learning rate; empty where it stays as it is."""
    match schedule:
        case ConstantSchedule():
            return ""
        case StepSchedule():
            lines = [f"factor = {schedule.gamma!r} ** (step // {schedule.step_size})"]
        case ExponentialSchedule():
            lines = [f"factor = {schedule.gamma!r} ** step"]
        case CosineSchedule():
            total, end = schedule.total_steps, schedule.end_factor
            lines = [
                f"share = min(step, {total}) / {total}",
                f"factor = {end!r} + (1.0 - {end!r}) * 0.5 * (1.0 + math.cos(math.pi * share))",
            ]
        case WarmupSchedule():
            total, start = schedule.total_iters, schedule.start_factor
            lines = [
                f"share = min(step, {total}) / {total}",
                f"factor = {start!r} + (1.0 - {start!r}) * share",
            ]
        case OneCycleSchedule():
            lines = _one_cycle(schedule)
    indented = "".join(f"    {line}\n" for line in lines)
    return f"def rate(step):\n{indented}    return LEARNING_RATE * factor"


def _one_cycle(schedule: OneCycleSchedule) -> list[str]:
    return [
        f"first = 1.0 / {schedule.div_factor!r}",
        f"last = first / {schedule.final_div_factor!r}",
        f"end = {schedule.total_steps - 1}",
        f"peak = {schedule.pct_start!r} * {schedule.total_steps} - 1.0",
        "step = min(step, end)",
        "if step <= peak:",
        "    start, to, share = first, 1.0, step / peak if peak > 0 else 1.0",
        "else:",
        "    start, to, share = 1.0, last, (step - peak) / (end - peak)",
        "factor = to + (start - to) * 0.5 * (1.0 + math.cos(math.pi * share))",
    ]
