"""A contract at work while everything under it dies; `make drill` runs it, see `drill.py`."""
