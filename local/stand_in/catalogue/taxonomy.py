"""The tree of groups that products belong to."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Group:
    """A node of the tree, with its children in shop order."""

    id: str
    name: str
    children: tuple["Group", ...] = ()


ROOT: Final = Group(
    "all",
    "All products",
    (
        Group(
            "fashion",
            "Fashion",
            (
                Group("shoes", "Shoes", (Group("sneakers", "Sneakers"),)),
                Group(
                    "clothing",
                    "Clothing",
                    (
                        Group("dresses", "Dresses"),
                        Group("tops", "Tops"),
                        Group("trousers", "Trousers"),
                    ),
                ),
                Group(
                    "accessories",
                    "Accessories",
                    (
                        Group("bags", "Bags"),
                        Group("hats", "Hats"),
                        Group("umbrellas", "Umbrellas"),
                    ),
                ),
            ),
        ),
        Group(
            "home",
            "Home",
            (
                Group("kitchen", "Kitchen", (Group("mugs", "Mugs"), Group("teapots", "Teapots"))),
                Group("lighting", "Lighting", (Group("lamps", "Lamps"),)),
                Group(
                    "decoration", "Decoration", (Group("vases", "Vases"), Group("clocks", "Clocks"))
                ),
                Group("furniture", "Furniture", (Group("chairs", "Chairs"),)),
            ),
        ),
    ),
)


def path_to(group_id: str, start: Group = ROOT) -> tuple[Group, ...]:
    """The groups from `start` down to `group_id`, both included; empty when it is not there."""
    if start.id == group_id:
        return (start,)
    for child in start.children:
        found = path_to(group_id, child)
        if found:
            return (start, *found)
    return ()
