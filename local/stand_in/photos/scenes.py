"""The sample photos: one, two, three products, on plain and on busy ground, and none at all."""

from typing import Final

from stand_in.photos.sample_photo import Item, KnownObject, Scene

__all__ = ["SCENES", "Item", "KnownObject", "Scene", "scene_named"]

SCENES: Final[tuple[Scene, ...]] = (
    Scene(
        "sneaker-on-ash", "A sneaker on a wooden floor", "ash",
        (Item("shoe", "red", "plain", (600, 450), 720, 9, mirrored=True),),
        seed=4,
    ),
    Scene(
        "mug-on-gingham", "A mug on a checked table cloth", "gingham",
        (Item("mug", "orange", "dotted", (600, 450), 560, -8),),
        seed=9,
    ),
    Scene(
        "dress-on-linen", "A summer dress, laid out on linen", "linen",
        (Item("dress", "green", "dotted", (500, 670), 960, 4),),
        width=1000, height=1340, seed=3,
    ),
    Scene(
        "lamp-at-brick-wall", "A lamp in front of a brick wall", "brick",
        (Item("lamp", "yellow", "plain", (640, 450), 680, 2),),
        seed=5,
    ),
    Scene(
        "at-the-beach", "A hat and a bag in the sand", "sand",
        (
            Item("hat", "blue", "striped", (360, 350), 600, 10),
            Item("handbag", "pink", "plain", (860, 560), 600, -9),
        ),
        seed=6,
    ),
    Scene(
        "reading-corner", "A chair and a lamp at a plain wall", "plaster",
        (
            Item("chair", "blue", "plain", (370, 470), 600, 0),
            Item("lamp", "red", "plain", (860, 430), 560, 0),
        ),
        seed=8,
    ),
    Scene(
        "weekend-outfit", "A weekend's outfit on the carpet", "carpet",
        (
            Item("t-shirt", "yellow", "striped", (350, 420), 560, 6),
            Item("handbag", "brown", "plain", (1030, 320), 430, -7),
            Item("shoe", "blue", "plain", (960, 720), 500, 5, mirrored=True),
        ),
        width=1400, height=1000, seed=7,
    ),
    Scene(
        "picnic", "A picnic among the leaves", "leaves",
        (
            Item("hat", "orange", "plain", (320, 310), 500, 8),
            Item("mug", "red", "striped", (740, 620), 380, -6),
            Item("handbag", "purple", "dotted", (1090, 330), 440, -5, mirrored=True),
        ),
        width=1400, height=950, seed=2,
    ),
    Scene(
        "kitchen-tiles", "Three mugs on the kitchen's tiles", "tiles",
        (
            Item("mug", "blue", "plain", (270, 500), 400, 7),
            Item("mug", "yellow", "striped", (690, 340), 390, -9, mirrored=True),
            Item("mug", "pink", "dotted", (1130, 590), 400, 4),
        ),
        width=1400, height=950, seed=11,
    ),
    Scene(
        "tea-time", "Tea time: a pot, a mug and a clock", "oak",
        (
            Item("teapot", "green", "zigzag", (380, 400), 560, 3),
            Item("mug", "pink", "striped", (900, 640), 380, -5, mirrored=True),
            Item("clock", "red", "plain", (1090, 270), 380, 4),
        ),
        width=1400, height=950, seed=12,
    ),
    Scene(
        "rainy-day", "Packed for a rainy day", "concrete",
        (
            Item("umbrella", "yellow", "pinstriped", (380, 430), 620, 8),
            Item("backpack", "blue", "checked", (940, 500), 620, -5),
        ),
        width=1300, height=950, seed=13,
    ),
    Scene("empty-table", "An empty table: nothing to find", "walnut", (), seed=5),
)  # fmt: skip


def scene_named(name: str) -> Scene | None:
    """The scene of this name, if there is one."""
    return next((scene for scene in SCENES if scene.name == name), None)
