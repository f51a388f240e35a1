"""What services raise when a rule says no."""

from django.http import Http404


class DomainError(Exception):
    """A rule was broken; `message` is shown to the person, `field` names where they are looking."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Refused(Http404):
    """Nothing the actor may see; the same answer whether the thing exists or not."""

    def __init__(self, subject: str, pk: object) -> None:
        super().__init__(f"{subject} {pk}")
        self.subject = subject
        self.pk = pk
