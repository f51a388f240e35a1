"""The server's side of the field app: docs/field.md is the agreement."""
