"""Fields that take several files or photos at once."""

from typing import Any

from django import forms

from evidence.pictures import MAX_BYTES

MOST_FILES = 100  # chosen at once


class PhotosInput(forms.FileInput):
    """Several photos, from the camera or the album."""

    allow_multiple_selected = True


def _chosen(field: forms.FileField, data: Any) -> list[Any]:
    files = list(data) if isinstance(data, list | tuple) else [data] if data else []
    if field.required and not files:
        raise forms.ValidationError(field.error_messages["required"], code="required")
    if len(files) > MOST_FILES:
        raise forms.ValidationError(f"一次最多选 {MOST_FILES} 个文件，这次是 {len(files)} 个")
    return files


class PhotosField(forms.FileField):
    """A list of files; each is refused by its size before it is read."""

    def __init__(self, **kwargs: Any) -> None:
        widget = PhotosInput(attrs={"accept": "image/*", "data-photos": True})
        super().__init__(**{"widget": widget, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """Return the bytes of every file."""
        files = _chosen(self, data)
        for file in files:
            if file.size > MAX_BYTES:
                size = file.size / 1024 / 1024
                raise forms.ValidationError(
                    f"{file.name} 有 {size:.1f} MB，超过 20 MB，请压缩或重拍"
                )
        return [file.read() for file in files]


class FilesField(forms.FileField):
    """Several files as (name, bytes); each is refused by its size before it is read, as are too many."""

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
        files = _chosen(self, data)
        for file in files:
            if file.size > self.most:
                size, most = file.size / 1024 / 1024, self.most // 1024 // 1024
                raise forms.ValidationError(f"{file.name} 有 {size:.1f} MB，超过 {most} MB")
        return [(file.name, file.read()) for file in files]
