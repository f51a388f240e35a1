"""Signs from the visits: figures that ask for a second look. A sign is never a penalty.

thresholds, facts: what is asked of what. presence, journeys, copies: the rules, pure. load: facts
from rows. update: stored signs follow the findings. tasks: when that happens.
"""
