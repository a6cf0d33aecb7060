"""How long tests wait for what has to come.

A bound on a wait only tells a hang from an answer. How busy the machine is must not decide, so it lies far beyond what
anything takes; a test that passes never waits that long. A promise about time names its own seconds.
"""

PATIENCE = 300.0  # seconds
