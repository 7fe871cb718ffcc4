"""How good is good enough. Accuracy alone: speed depends on the machine."""

from typing import Final

from stand_in.evaluation.evaluate import Evaluation

CATEGORY: Final = 0.90
CATEGORY_AND_COLOUR: Final = 0.75
RECALL: Final = 0.90


def missed(found: Evaluation) -> list[str]:
    """A line for each target that was not reached, over all backgrounds or one kind of them."""
    measured = [
        (f"{name}, {kind}", counts.shares()[name], target)
        for kind, counts in found.recognition.items()
        for name, target in (("category", CATEGORY), ("category and colour", CATEGORY_AND_COLOUR))
    ]
    measured += [
        (f"recall, {kind}", counts.recall, RECALL) for kind, counts in found.detection.items()
    ]
    return [
        f"{name}: {share:.1%} is under {target:.0%}"
        for name, share, target in measured
        if share < target
    ]
