"""The demonstration county: one whole contract played through the real services and workers."""
