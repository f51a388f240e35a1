"""An organisation's own data as sheets and files in one archive, complete enough to go elsewhere."""
