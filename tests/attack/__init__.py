"""A generated attack on the walls between tenants; `make attack` runs it, see `attack.py`."""
