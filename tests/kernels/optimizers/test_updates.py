"""The worked update against the step that torch.optim then really does."""

import re
import warnings

import numpy as np
import pytest

from kernels.optimizers.catalogue import OPTIMIZERS
from kernels.optimizers.updates import RULES
from kernels.simulation import advance
from tests.kernels.races import BATCHES, HIMMELBLAU, LINE, ROW_NAMES, ROWS, curve, race

SETTINGS = {
    "plain": {},
    "decay": {"weight_decay": 0.1},
    "clipped": {"clip_norm": 0.9, "clip_value": 0.6, "schedule": {"kind": "cosine"}},
}


def value_of(trace, name):
    return next(term.value for term in trace.terms if term.name == name)


def test_there_is_a_rule_for_every_optimizer():
    assert set(RULES) == set(OPTIMIZERS)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(("kind", "fields", "_", "__"), ROWS, ids=ROW_NAMES)
def test_the_last_term_is_the_point_that_torch_reaches(kind, fields, _, __, setting):
    if kind == "rprop" and setting != "plain":
        return
    row = {"kind": kind, "learning_rate": 0.03, **fields, **SETTINGS[setting]}
    simulation = race(row, objective=LINE, tolerance=1e-12)
    for step in range(8):
        before = simulation.frame().positions[0]
        trace = simulation.explain()
        advance(simulation, 1)
        after = simulation.frame()
        assert trace.title == f"{simulation.names[0]}: step {step + 1}"
        assert trace.terms[0].name == "gradient"
        assert value_of(trace, "new point") == pytest.approx(
            tuple(after.positions[0]), rel=1e-12, abs=1e-12
        )
        if "weight decay" not in {term.name for term in trace.terms}:
            assert value_of(trace, "step") == pytest.approx(
                tuple(after.positions[0] - before), rel=1e-9, abs=1e-12
            )


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("adam", "first moment", "second moment"),
        ("adamw", "first moment", "second moment"),
        ("rmsprop", None, "mean square"),
        ("adagrad", None, "sum of squares"),
        ("momentum", "velocity", None),
        ("nesterov", "velocity", None),
        ("adadelta", None, "mean square"),
    ],
)
def test_the_moments_are_those_that_torch_then_keeps(kind, first, second):
    simulation = race({"kind": kind, "learning_rate": 0.01}, objective=HIMMELBLAU)
    for _ in range(5):
        trace = simulation.explain()
        advance(simulation, 1)
        frame = simulation.frame()
        if first:
            assert value_of(trace, first) == pytest.approx(tuple(frame.velocities[0]), rel=1e-12)
        else:
            assert np.isnan(frame.velocities).all()
        if second:
            expected = tuple(frame.second_moments[0])
            assert value_of(trace, second) == pytest.approx(expected, rel=1e-12)
        else:
            assert np.isnan(frame.second_moments).all()


def test_the_terms_of_adam_by_hand():
    """F(w) = 3 w^2 - 4 w + 5 from w = 3: slope 14."""
    simulation = race({"kind": "adam", "learning_rate": 0.1}, objective=curve(), start=(3.0,))
    trace = simulation.explain()
    assert [term.name for term in trace.terms] == [
        "gradient",
        "first moment",
        "second moment",
        "first moment, bias corrected",
        "second moment, bias corrected",
        "step",
        "new point",
    ]
    values = [term.value[0] for term in trace.terms]
    assert values == pytest.approx([14, 1.4, 0.196, 14, 196, -0.1, 2.9])
    assert trace.terms[1].numbers == r"0.9 \cdot 0 + 0.1 \cdot 14"
    assert trace.terms[1].formula == r"\beta_1 m_{t-1} + (1 - \beta_1)\, g_t"


def test_noise_and_batch_are_those_of_the_step_to_come_and_are_not_used_up():
    row = {"kind": "momentum", "learning_rate": 0.02, "weight_decay": 0.1}
    simulation = race(row, objective=BATCHES, noise=0.5, seed=7)
    for _ in range(9):
        trace = simulation.explain()
        assert simulation.explain() == trace
        advance(simulation, 1)
        assert value_of(trace, "new point") == pytest.approx(
            tuple(simulation.frame().positions[0]), rel=1e-12
        )
    assert "with noise" in {term.name for term in trace.terms}


def test_each_racer_is_explained_by_itself():
    simulation = race({"kind": "sgd"}, {"kind": "adam"}, objective=HIMMELBLAU)
    titles = [simulation.explain(i).title for i in range(2)]
    assert titles == ["SGD 0.01: step 1", "Adam 0.001: step 1"]


@pytest.fixture(scope="module")
def typesetter():
    """The typesetter of the panel; importing it warns of something of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return pytest.importorskip("ziamath").Latex


def test_every_term_can_be_set(typesetter):
    rows = [{"kind": k, "learning_rate": 0.03, **f} for k, f, *_ in ROWS]
    rows[1] |= {"weight_decay": 0.1, "clip_norm": 1.0, "clip_value": 0.5}
    rows[9] |= {"weight_decay": 0.1}
    terms = {}
    for few, objective in ((rows[:10], LINE), (rows[10:], curve())):
        simulation = race(*few, objective=objective, noise=0.1)
        advance(simulation, 7)
        for i in range(len(few)):
            terms |= {term.formula: term for term in simulation.explain(i).terms}
    assert len(terms) > 30
    for term in terms.values():
        line = f"{term.symbol} = {term.formula} = {term.numbers}"
        assert "<svg" in typesetter(line).svg()


LETTERS = {"alpha": "α", "beta": "β", "delta": "δ", "epsilon": "ε", "eta": "η", "mu": "μ"}
LETTERS |= {"rho": "ρ", "tau": "τ", "theta": "θ", "xi": "ξ"}
BELOW = {"1": "₁", "2": "₂", r"\infty": "∞", r"\pm": "±", "": ""}
WRITTEN = re.compile(rf"\\({'|'.join(LETTERS)})(?![a-z])(?:_(1|2|\\infty|\\pm))?")
BUSY = {"clip_norm": 0.9, "clip_value": 0.6, "weight_decay": 0.1}


@pytest.mark.parametrize(("kind", "fields", "_", "__"), ROWS, ids=ROW_NAMES)
def test_no_symbol_has_two_meanings_and_each_is_told_once(kind, fields, _, __):
    busy = {} if kind == "rprop" else BUSY
    row = {"kind": kind, "learning_rate": 0.03, **fields, **busy}
    simulation = race(row, objective=LINE, noise=0.1)
    advance(simulation, 7)
    trace = simulation.explain()
    symbols = [term.symbol for term in trace.terms]
    assert len(set(symbols)) == len(symbols)
    assert symbols.count("g_t") == 1
    explained = [told.partition(": ")[0] for told in trace.key.split(", ")]
    assert len(set(explained)) == len(explained)
    formulas = " ".join(term.formula for term in trace.terms)
    assert r"\lambda" not in formulas  # that is the curvature, everywhere else on the screen
    used = {LETTERS[letter] + BELOW[below] for letter, below in WRITTEN.findall(formulas)}
    own = {LETTERS[letter] for letter in LETTERS for s in symbols if s.startswith(f"\\{letter}_")}
    assert used - own <= {told.removesuffix("ₜ") for told in explained}
    assert {told for told in explained if told[0] in LETTERS.values()} - {"βₜ"} <= used


def test_the_decay_of_the_point_has_a_point_of_its_own():
    row = {"kind": "adamw", "learning_rate": 0.1, "weight_decay": 0.5}
    trace = race(row, objective=LINE).explain()
    decayed = next(term for term in trace.terms if term.name == "weight decay")
    assert decayed.value == pytest.approx((-0.95, 4.75))  # (1 - 0.1 * 0.5) (-1, 5)
    assert decayed.symbol in trace.terms[-1].formula
    assert "α: weight decay" in trace.key


def test_a_rate_that_shrinks_by_itself_has_a_symbol_of_its_own():
    row = {"kind": "adagrad", "learning_rate": 0.1, "lr_decay": 0.5}
    simulation = race(row, objective=LINE)
    advance(simulation, 2)
    terms = {term.name: term for term in simulation.explain().terms}
    assert terms["rate"].value == pytest.approx((0.1 / (1 + 2 * 0.5),))
    assert terms["step"].formula.startswith(rf"-{terms['rate'].symbol} ")
