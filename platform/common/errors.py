"""What services raise when a rule says no."""

from django.http import Http404


class DomainError(Exception):
    """A rule was broken; `message` is shown to the person, `field` names where they are looking."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Moved(DomainError):
    """What was asked for is read elsewhere now; a page leads to `url`, and says so."""

    def __init__(self, message: str, url: str) -> None:
        super().__init__(message)
        self.url = url


class StorageFull(DomainError):
    """The server has no room for a file; nothing of it was kept."""

    def __init__(self, *, field: str | None = None) -> None:
        super().__init__("服务器存储空间不足，照片没有收下，请稍后再试", field=field)


class Refused(Http404):
    """Nothing the actor may see; the same answer whether the thing exists or not."""

    def __init__(self, subject: str, pk: object) -> None:
        super().__init__(f"{subject} {pk}")
        self.subject = subject
        self.pk = pk
