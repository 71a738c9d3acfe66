"""What is found once is not looked for again, as long as it is of the same."""

from kernels.training.seen.remembered import Remembered


def test_it_is_found_once_of_the_same_and_anew_of_anything_else():
    found: list[int] = []

    def find() -> int:
        found.append(len(found))
        return found[-1]

    remembered: Remembered[int] = Remembered()
    thing, other = object(), object()
    assert [remembered.of(thing, "a", find=find) for _ in range(3)] == [0, 0, 0]
    assert remembered.of(thing, "b", find=find) == 1
    assert remembered.of(other, "b", find=find) == 2
    assert remembered.of(thing, "a", find=find) == 3  # the last alone is kept
    assert len(found) == 4
