"""`make bench`: figures, each beside the bare work in the same run; prints JSON, judges nothing."""
