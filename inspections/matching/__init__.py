"""Before and after: each photo of a mended place compared with the photo of its fault."""
