"""Planes: what is projected on them, random ones, and those of a path."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from kernels.landscape.directions import filter_normalized, gaussian_directions
from kernels.landscape.path import explained_share, path_plane, walk_share
from kernels.landscape.plane import Plane, flat, unflattened

NETWORK = nn.Sequential(
    nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.Linear(12, 4)
)


def walk(steps, dimensions, seed=0):
    noise = np.random.default_rng(seed).standard_normal((steps, dimensions))
    return torch.from_numpy(np.cumsum(noise, axis=0))


def test_weights_are_projected_on_the_nearest_point():
    drawn = torch.randn((4, 9), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    plane = Plane(drawn[0], drawn[1:3])
    coordinates, distance = plane.project(drawn[3])
    expected = np.linalg.lstsq(drawn[1:3].numpy().T, (drawn[3] - drawn[0]).numpy(), rcond=None)
    assert np.allclose(coordinates, expected[0])
    assert math.isclose(distance.item() ** 2, expected[1].item())
    there, none = plane.project(plane.at(torch.tensor([[1.5, -2.0]], dtype=torch.float64)))
    assert np.allclose(there, [[1.5, -2.0]])
    assert none.item() < 1e-12


def test_parallel_directions_have_a_projection():
    plane = Plane(torch.zeros(3), torch.tensor([[1.0, 0, 0], [1.0, 0, 0]]))
    coordinates, distance = plane.project(torch.tensor([2.0, 3.0, 0.0]))
    assert coordinates.tolist() == pytest.approx([1.0, 1.0])
    assert distance.item() == pytest.approx(3.0)


def test_a_flat_vector_comes_apart_into_the_parameters():
    parts = unflattened(flat(NETWORK), NETWORK)
    assert list(parts) == [name for name, _ in NETWORK.named_parameters()]
    assert all(torch.equal(parts[name], p) for name, p in NETWORK.named_parameters())


def test_every_filter_is_as_long_as_that_of_the_network():
    drawn = gaussian_directions(NETWORK, seed=5)
    scaled = filter_normalized(drawn, NETWORK)
    assert scaled.shape == (2, len(flat(NETWORK)))
    for direction, unscaled in zip(scaled, drawn, strict=True):
        random = unflattened(unscaled, NETWORK)
        for name, part in unflattened(direction, NETWORK).items():
            parameter = dict(NETWORK.named_parameters())[name]
            if parameter.ndim == 1:
                assert not part.any()
                continue
            for i in range(len(parameter)):  # one filter after the other
                assert part[i].norm().item() == pytest.approx(parameter[i].norm().item(), rel=1e-5)
                ratio = part[i] / random[name][i]
                assert ratio.std().item() < 1e-5 * ratio.mean().item()


def test_the_directions_come_from_the_seed_alone():
    state = torch.get_rng_state()
    one = gaussian_directions(NETWORK, 1)
    assert torch.equal(one, gaussian_directions(NETWORK, 1))
    assert not torch.equal(one, gaussian_directions(NETWORK, 2))
    assert torch.equal(torch.get_rng_state(), state)


def test_filters_of_zeros_have_no_direction():
    model = nn.Sequential(nn.Linear(3, 2))
    nn.init.zeros_(model[0].weight)
    assert not filter_normalized(gaussian_directions(model, 0), model).any()


def test_the_plane_of_a_path_is_that_of_its_principal_components():
    path = walk(12, 40)
    plane = path_plane(path)
    centred = (path - path.mean(0)).numpy()
    _, lengths, rows = np.linalg.svd(centred, full_matrices=False)
    for direction, row in zip(plane.directions.numpy(), rows[:2], strict=True):
        assert min(np.abs(direction - row).max(), np.abs(direction + row).max()) < 1e-8
    assert np.allclose(plane.origin, path.mean(0))
    expected = (lengths[:2] ** 2).sum() / (lengths**2).sum()
    assert explained_share(plane, path) == pytest.approx(expected)
    last, _ = plane.project(path[-1])
    assert (last > 0).all()


def test_the_plane_does_not_flip_from_frame_to_frame():
    path = walk(30, 40)
    plane = path_plane(path[:15])
    flipped = Plane(plane.origin, -plane.directions)
    for last in (plane, flipped):
        sides = (path_plane(path[:16], last).directions * last.directions).sum(1)
        assert (sides > 0).all()


@pytest.mark.parametrize("path", [torch.zeros((4, 6)), torch.arange(4.0).outer(torch.ones(6))])
def test_a_path_without_a_plane_has_directions_of_zero(path):
    plane = path_plane(path)
    assert plane.directions.isfinite().all()
    assert not plane.directions[1].any()
    assert plane.project(path)[1].max() < 1e-5
    share = explained_share(plane, path)
    assert math.isnan(share) if not path.any() else share == pytest.approx(1.0)


@pytest.mark.parametrize("snapshots", [3, 10, 60])
def test_a_random_walk_has_the_share_that_theory_gives(snapshots):
    shares = [
        explained_share(path_plane(path), path)
        for path in (walk(snapshots, 4000, seed) for seed in range(8))
    ]
    assert np.mean(shares) == pytest.approx(walk_share(walk(snapshots, 5)[None]), abs=0.01)


def test_the_share_of_a_long_walk_comes_down_to_three_quarters():
    assert walk_share(walk(3, 7)[None]) == pytest.approx(1.0)  # three points lie in a plane
    assert walk_share(walk(300, 7)[None]) == pytest.approx(7.5 / math.pi**2, rel=1e-3)


@pytest.mark.parametrize("points", [3, 20])
def test_the_share_of_a_walk_is_that_of_its_known_eigenvalues(points):
    # the inverse of min(i, j) is the Laplacian of a row of points
    values = 1 / (4 * np.sin(np.pi * np.arange(1, points) / (2 * points)) ** 2)
    share = values[:2].sum() / values.sum()
    assert walk_share(walk(points, 4, seed=1)[None] + 7) == pytest.approx(share)


@pytest.mark.parametrize("apart", [0.0, 3.0, 30.0])
def test_walks_from_several_starts_have_the_share_that_chance_gives(apart):
    rng = np.random.default_rng(4)
    starts = torch.from_numpy(apart * rng.standard_normal((3, 1, 4000)))
    lengths = torch.tensor([1.0, 0.5, 2.0]).double()[:, None, None]
    drawn = [
        starts + lengths * torch.stack([walk(12, 4000, 3 * seed + run) for run in range(3)])
        for seed in range(8)
    ]
    shares = [explained_share(path_plane(p.flatten(0, 1)), p.flatten(0, 1)) for p in drawn]
    assert np.mean(shares) == pytest.approx(walk_share(drawn[0]), abs=0.015)


def test_paths_that_do_not_move_or_are_no_numbers_have_no_walk_like_them():
    assert math.isnan(walk_share(torch.zeros((2, 4, 6))))
    assert math.isnan(walk_share(torch.full((1, 4, 6), math.inf)))
