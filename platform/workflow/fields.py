"""The state of a thing that moves through transitions."""

from typing import Any

from django_fsm import FSMField


class StateField(FSMField):
    """A protected state: only a transition changes it.

    A migration keeps it as the text column that it is. Each copy of a model with a field of
    django-fsm listens to every class that is prepared afterwards, and migrations make thousands
    of copies: most of the time that setting up a database took went into that.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, protected=True, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("protected", None)
        return name, "django.db.models.CharField", args, kwargs
