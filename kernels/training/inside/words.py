"""The words of the five phases of a step, each with its formula, true for the step at hand."""

from torch import nn

from kernels.optimizers.walk import tex
from kernels.training.inside.inside import Phase, StepInside
from kernels.training.learner import Learner
from kernels.training.objective import LOSS_LABELS

CHAIN_RULE = (
    r"\delta_l = \frac{\partial L}{\partial a_l} \sigma_l'(z_l), \quad "
    r"\frac{\partial L}{\partial a_{l-1}} = W_l^\top \delta_l, \quad "
    r"\frac{\partial L}{\partial W_l} = \sum_i \delta_l\, a_{l-1}^\top"
)
PER_OUTPUT = ("mse", "huber", "bce")  # losses that are a mean over the outputs, too


def phases(inside: StepInside, learner: Learner) -> tuple[Phase, ...]:
    """What happens in each phase of the step `inside` of `learner`, in their order."""
    return (
        _batch(inside, learner),
        _forward(inside, learner),
        _loss(inside, learner),
        _backward(inside, learner),
        _update(inside, learner),
    )


def _batch(inside: StepInside, learner: Learner) -> Phase:
    batches, step, size = learner.batches, inside.number - 1, len(inside.samples)
    part, epoch = step % batches.per_epoch + 1, batches.epoch_of(step) + 1
    if batches.per_epoch == 1:
        told = f"takes all {size:,} training samples: full-batch descent, an epoch a step."
    else:
        told = (
            f"takes {size:,} of {batches.samples:,} training samples: batch {part:,} of "
            f"{batches.per_epoch:,} in epoch {epoch:,}; each epoch shuffles them anew."
        )
    members = r"(x_1, y_1)" if size == 1 else r"(x_i, y_i)"
    which = "" if size == 1 else rf"_{{i = 1 \ldots {size}}}"
    formula = rf"B_{{{inside.number}}} = \{{ {members} \}}{which}"
    return Phase(name="Batch", sentence=f"Step {inside.number:,} {told}", formula=formula)


def _forward(inside: StepInside, learner: Learner) -> Phase:
    modules = list(learner.model.children())
    count = len(modules)
    told = [f"The batch goes through {count} module{'s' * (count > 1)}, as it does in training"]
    if any(isinstance(module, nn.Dropout) for module in modules):
        told.append("dropout sets numbers at random to 0")
    if any(isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) for module in modules):
        told.append("batch normalisation takes mean and variance of this batch")
    linear = sum(isinstance(module, nn.Linear) for module in modules)
    if _is_plain(inside, learner):
        formula = (
            r"a_0 = x, \quad z_l = W_l\, a_{l-1} + b_l, \quad a_l = \sigma_l(z_l), \quad "
            rf"\hat{{y}} = a_{{{linear}}}"
        )
    else:
        inner = r"f_2(f_1(x))" if count > 1 else "f_1(x)"
        outer = inner if count <= 2 else rf"f_{{{count}}}(\cdots {inner})"
        formula = rf"\hat{{y}} = {outer}"
    return Phase(name="Forward", sentence="; ".join(told) + ".", formula=formula)


def _loss(inside: StepInside, learner: Learner) -> Phase:
    criterion, count = learner.criterion, len(inside.samples)
    told = f"{LOSS_LABELS[criterion.name]}, the mean over the batch: {_number(inside.loss)}."
    if criterion.label_smoothing:
        told += (
            f" The labels y are smoothed: {criterion.label_smoothing:.0%} of each is spread "
            "evenly over all classes."
        )
    penalties = [
        f"{name} adds {_number(value)}"
        for name, value, is_on in (
            ("L1", inside.l1, learner.parameters.l1),
            ("L2", inside.l2, learner.parameters.l2),
        )
        if is_on
    ]
    if penalties:
        told += f" What is made small has penalties, too: {' and '.join(penalties)}."
    outputs = inside.outputs.shape[1]
    is_wide = outputs > 1
    at = "{ik}" if is_wide else "{i}"
    numbers = rf"{count} \cdot {outputs}" if is_wide and criterion.name in PER_OUTPUT else count
    total = r"\sum_{i,k}" if is_wide else r"\sum_i"
    term = {
        "mse": rf"(\hat{{y}}_{at} - y_{at})^2",
        "huber": rf"h(\hat{{y}}_{at} - y_{at})",
        "bce": rf"\left(-y_{at} \ln p_{at} - (1 - y_{at}) \ln (1 - p_{at})\right)",
        "cross-entropy": rf"-y_{at} \ln p_{at}",
    }[criterion.name]
    meaning = {
        "mse": "",
        "huber": r", \quad h(r) = r^2 / 2 \text{ if } |r| \le 1, \text{ else } |r| - 1/2",
        "bce": rf", \quad p_{at} = 1 / (1 + e^{{-\hat{{y}}_{at}}})",
        "cross-entropy": r", \quad p_i = \operatorname{softmax}(\hat{y}_i)",
    }[criterion.name]
    formula = rf"L = \frac{{1}}{{{numbers}}} {total} {term} = {tex(inside.loss)}{meaning}"
    return Phase(name="Loss", sentence=told, formula=formula)


def _backward(inside: StepInside, learner: Learner) -> Phase:
    spec, parameters = learner.spec, learner.parameters
    told = (
        "The chain rule leads from the loss back to every weight: the gradient has length "
        f"{_number(inside.gradient_norm)}"
    )
    formula = r"g = \nabla_\theta L"
    if _is_plain(inside, learner):
        formula = rf"{CHAIN_RULE}, \quad {formula}"
    penalties = []
    if parameters.l1:
        penalties.append("L1")
        formula += rf" + {tex(parameters.l1)}\, \operatorname{{sign}}(W)"
    if parameters.l2:
        penalties.append("L2")
        formula += rf" + {tex(parameters.l2)}\, W"
    if penalties:
        told += f", with {' and '.join(penalties)} of the weights W (biases have none)"
    if spec.clip_norm:
        formula += rf", \quad g \leftarrow g \cdot \min(1, {tex(spec.clip_norm)} / \|g\|)"
    if spec.clip_value:
        bound = tex(spec.clip_value)
        formula += rf", \quad g \leftarrow \max(-{bound}, \min({bound}, g))"
    if spec.clip_norm or spec.clip_value:
        told += f", and {_number(inside.received_norm)} after clipping"
    return Phase(name="Backward", sentence=f"{told}.", formula=formula)


def _update(inside: StepInside, learner: Learner) -> Phase:
    spec = learner.spec
    count = sum(p.numel() for p in learner.model.parameters())
    before, after = inside.loss, inside.loss_after
    falls = "falls" if after < before else "rises" if after > before else "stays"
    if not (before < float("inf") and after < float("inf")):
        falls = "goes"
    told = (
        f"{spec.title} updates {count:,} parameters at the learning rate "
        f"{inside.learning_rate:.4g}. The loss of this batch {falls} from {_number(before)} to "
        f"{_number(after)}."
    )
    formula = r"\theta_t = \theta_{t-1} + \Delta_t"
    if learner.parameters.l1 or learner.parameters.l2:
        told += " Penalties are not in these."
    if inside.rule is not None:
        step = next(term for term in inside.rule.terms if term.symbol == r"\Delta_t")
        formula += rf", \quad \Delta_t = {step.formula}"
    return Phase(name="Update", sentence=told, formula=formula)


def _is_plain(inside: StepInside, learner: Learner) -> bool:
    """Whether it is a row of linear layers and activation functions, and nothing else."""
    has_dropout = any(isinstance(module, nn.Dropout) for module in learner.model.children())
    return inside.row is not None and not has_dropout


def _number(value: float) -> str:
    return f"{value:#.4g}"
