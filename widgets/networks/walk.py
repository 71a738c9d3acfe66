"""Which part of a drawn network a key leads to."""

from PySide6.QtCore import Qt

from widgets.networks.diagram import Diagram, Link, Neuron

_ACROSS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ALONG = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


def step_from(
    diagram: Diagram, item: Neuron | Link | None, key: Qt.Key, shift: bool
) -> Neuron | Link | None:
    """What an arrow key leads to from `item`; None for other keys, and at the ends.

    From nothing it leads to the first neuron. With `shift` it leads from a neuron to a link left or
    right of it.
    """
    if key not in _ACROSS and key not in _ALONG:
        return None
    if item is None:
        found: Neuron | Link = Neuron(0, 0)
    elif isinstance(item, Link):
        found = _from_link(item, key)
    elif shift and key in _ACROSS:
        found = _link_of(item, key)
    elif key in _ALONG:
        found = Neuron(item.column, item.row + _ALONG[key])
    else:
        found = _across(diagram, item, _ACROSS[key])
    return found if diagram.shows(found) else None


def _from_link(link: Link, key: Qt.Key) -> Neuron | Link:
    """An end of a link, or the next one that enters the same neuron."""
    if key in _ALONG:
        return link._replace(source=link.source + _ALONG[key])
    is_left = _ACROSS[key] < 0
    return Neuron(link.column, link.source) if is_left else Neuron(link.column + 1, link.target)


def _link_of(neuron: Neuron, key: Qt.Key) -> Link:
    """The first link that enters a neuron, or that leaves it."""
    if _ACROSS[key] < 0:
        return Link(neuron.column - 1, neuron.row, 0)
    return Link(neuron.column, 0, neuron.row)


def _across(diagram: Diagram, neuron: Neuron, side: int) -> Neuron:
    """The neuron of the next column that is as high."""
    column = neuron.column + side
    if not 0 <= column < len(diagram.tiles) or not diagram.tiles[column]:
        return Neuron(-1, 0)
    high = diagram.tiles[neuron.column][neuron.row].center().y()
    tiles = diagram.tiles[column]
    near = min(range(len(tiles)), key=lambda i: abs(tiles[i].center().y() - high))
    return Neuron(column, near)
