"""What the pictures of answers need of a frame."""

from typing import Protocol

from kernels.simulation import Array
from kernels.training.frame import Plan


class Answered(Protocol):
    """A frame with the answers of one network, as `TrainingFrame` has them."""

    @property
    def step(self) -> int: ...
    @property
    def plan(self) -> Plan: ...
    @property
    def batch(self) -> Array: ...
    @property
    def response(self) -> Array: ...
    @property
    def train_answers(self) -> Array: ...
    @property
    def validation_answers(self) -> Array: ...
