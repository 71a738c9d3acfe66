"""A surface gets the losses of the right points, however many come at a time."""

import pytest
import torch

from kernels.landscape.plane import Plane
from kernels.landscape.refinement import Refinement, grids, steps_of

PLANE = Plane(torch.zeros(3), torch.zeros(2, 3))


def test_the_grids_become_finer_to_the_one_that_is_wanted():
    assert grids(51) == (7, 13, 25, 51)
    assert grids(25) == (7, 13, 25)
    assert grids(20) == (7, 13, 20)
    assert grids(7) == (7,)


@pytest.mark.parametrize("points", [1, 4, 30, 49, 1000])
def test_every_grid_is_filled_in_so_many_steps(points):
    refined = Refinement(PLANE, (-1.0, 2.0), (3.0, 5.0), 15, step=4)
    sides = []
    for _ in range(steps_of(15, points)):
        assert not refined.is_complete
        at = refined.coming(points)
        assert len(at) <= points
        refined.put(10 * at[:, 0] + at[:, 1])
        if refined.surface is not None and (not sides or len(refined.surface) != sides[-1]):
            side = len(refined.surface)
            sides.append(side)
            x, y = torch.linspace(-1, 2, side), torch.linspace(3, 5, side)
            torch.testing.assert_close(refined.surface, 10 * x[None] + y[:, None])
    assert refined.is_complete
    assert sides == [7, 13, 15]
