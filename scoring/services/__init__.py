"""What it adds up to, one module per noun.

points: rule_book_adopt · points_give · cycle_recompute
outputs: outputs_start
"""

from scoring.services.outputs import outputs_start
from scoring.services.points import cycle_recompute, points_give, rule_book_adopt

__all__ = ["cycle_recompute", "outputs_start", "points_give", "rule_book_adopt"]
