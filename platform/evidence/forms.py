"""Fields that take several files or photos at once."""

from typing import Any

from django import forms

from evidence.pictures import MAX_BYTES


class PhotosInput(forms.FileInput):
    """Several photos, from the camera or the album."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """A list of files; each is refused by its size before it is read."""

    def __init__(self, **kwargs: Any) -> None:
        widget = PhotosInput(attrs={"accept": "image/*", "data-photos": True})
        super().__init__(**{"widget": widget, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """Return the bytes of every file."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        for file in files:
            if file.size > MAX_BYTES:
                size = file.size / 1024 / 1024
                raise forms.ValidationError(
                    f"{file.name} 有 {size:.1f} MB，超过 20 MB，请压缩或重拍"
                )
        return [file.read() for file in files]


class FilesField(forms.FileField):
    """Several files as (name, bytes); each is refused by its size before it is read."""

    def __init__(
        self,
        *,
        most: int = MAX_BYTES,
        accept: str = ".pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,image/*",
        **kwargs: Any,
    ) -> None:
        self.most = most
        super().__init__(**{"widget": PhotosInput(attrs={"accept": accept}), **kwargs})

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        """Return the name and the bytes of every file."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        for file in files:
            if file.size > self.most:
                size, most = file.size / 1024 / 1024, self.most // 1024 // 1024
                raise forms.ValidationError(f"{file.name} 有 {size:.1f} MB，超过 {most} MB")
        return [(file.name, file.read()) for file in files]
