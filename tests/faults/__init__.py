"""A contract at work while everything under it dies: `make drill` (drill.py), `make drill-hosts` (hosts.py)."""
