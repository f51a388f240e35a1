"""`make bench-data LEVEL=county|city|province`: a level's believable data, loaded by COPY.

Each level is an installation of its own under var/bench-<level>: a province with its cities,
counties and townships, providers, and five years of contracts. The same seed gives the same rows.
"""
