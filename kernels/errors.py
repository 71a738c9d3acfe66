"""The exceptions of Layerscope: each message is a sentence for a person.

It names what was wrong, with the value; what is allowed; and what to do. An error is raised once,
where the mistake is made. `LayerscopeError` derives from `ValueError` so that a pydantic validator
may raise it and its place is recorded.
"""


class LayerscopeError(ValueError):
    """A mistake told in a sentence that a person can act on."""


class ParameterError(LayerscopeError):
    """A parameter is unknown, of the wrong type or out of range.

    Attributes
    ----------
    path
        The dotted path of the parameter, such as ``optimizers.1.learning_rate``; empty if the whole
        set is meant.
    span
        Where in a typed text the mistake is, as (start, end) in characters; None if it is not about
        a text.
    """

    def __init__(self, message: str, path: str = "", span: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.span = span


class ExpressionError(LayerscopeError):
    """A typed formula cannot be read; `span` is the (start, end) of the mistake in characters."""

    def __init__(self, message: str, span: tuple[int, int]) -> None:
        super().__init__(message, span)  # both, so that it can be pickled
        self.span = span

    def __str__(self) -> str:
        return str(self.args[0])


class DataError(LayerscopeError):
    """A data set, picture or text cannot be used."""


class DeviceError(LayerscopeError):
    """A device is not there, or cannot do what was asked."""


class SceneError(LayerscopeError):
    """A scene file cannot be read or does not describe a scene."""


class ExportError(LayerscopeError):
    """An export cannot be made."""
