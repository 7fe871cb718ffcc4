"""Writes THIRD_PARTY_NOTICES from the SBOM: ``python -m operations.notices sbom.json``.

The SBOM lists the packages of the layers. What their wheels bundle, C libraries under licences of
their own, is added to it here, from the files of the wheels.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, distribution
from pathlib import Path
from typing import Any

NOTICES = Path("THIRD_PARTY_NOTICES.md")

# By the name of the file, without `lib` in front: licence (SPDX) and source.
_LIBRARIES = {
    "Xau": ("MIT", "https://gitlab.freedesktop.org/xorg/lib/libxau"),
    "avif": (
        "BSD-2-Clause, with dav1d (BSD-2-Clause) and libyuv (BSD-3-Clause)",
        "https://github.com/AOMediaCodec/libavif",
    ),
    "brotlicommon": ("MIT", "https://github.com/google/brotli"),
    "brotlidec": ("MIT", "https://github.com/google/brotli"),
    "de265": ("LGPL-3.0-or-later", "https://github.com/strukturag/libde265"),
    "freetype": ("FTL", "https://gitlab.freedesktop.org/freetype/freetype"),
    "harfbuzz": ("MIT", "https://github.com/harfbuzz/harfbuzz"),
    "heif": ("LGPL-3.0-or-later", "https://github.com/strukturag/libheif"),
    "jpeg": ("IJG AND BSD-3-Clause", "https://github.com/libjpeg-turbo/libjpeg-turbo"),
    "lcms2": ("MIT", "https://github.com/mm2/Little-CMS"),
    "lzma": ("0BSD", "https://github.com/tukaani-project/xz"),
    "openjp2": ("BSD-2-Clause", "https://github.com/uclouvain/openjpeg"),
    "png16": ("libpng-2.0", "https://github.com/pnggroup/libpng"),
    "sharpyuv": ("BSD-3-Clause", "https://chromium.googlesource.com/webm/libwebp"),
    "tiff": ("libtiff", "https://gitlab.com/libtiff/libtiff"),
    "webp": ("BSD-3-Clause", "https://chromium.googlesource.com/webm/libwebp"),
    "webpdemux": ("BSD-3-Clause", "https://chromium.googlesource.com/webm/libwebp"),
    "webpmux": ("BSD-3-Clause", "https://chromium.googlesource.com/webm/libwebp"),
    "xcb": ("MIT", "https://gitlab.freedesktop.org/xorg/lib/libxcb"),
    "zstd": ("BSD-3-Clause", "https://github.com/facebook/zstd"),
}
_CLASSIFIED = {"License :: OSI Approved :: MIT License": "MIT"}
_LIBRARY = re.compile(r"\.libs/lib([A-Za-z]+\d*)(?:-[0-9a-f]{8})?\.so")


@dataclass(frozen=True, order=True)
class Component:
    """``bundled_in``: the package whose wheel holds it, empty for a package."""

    bundled_in: str
    name: str
    version: str
    licence: str
    source: str


def packages_of(sbom: dict[str, Any]) -> list[Component]:
    """The packages that an SBOM lists, with what is installed here of them."""
    found = [c for c in sbom["components"] if c.get("purl", "").startswith("pkg:pypi/")]
    return sorted(_package(component["name"], component["version"]) for component in found)


def libraries_of(packages: list[Component]) -> list[Component]:
    """The libraries that the wheels bundle. Raises ``KeyError`` for one that is not known yet."""
    names = {
        (package.name, match[1])
        for package in packages
        for file in distribution(package.name).files or []
        if (match := _LIBRARY.search(str(file)))
    }
    return sorted(Component(package, f"lib{n}", "", *_LIBRARIES[n]) for package, n in names)


def notices(packages: list[Component], libraries: list[Component]) -> str:
    rows = [f"| {c.name} | {c.version} | {c.licence} | {c.source} |" for c in packages]
    bundled = [f"| {c.name} | {c.bundled_in} | {c.licence} | {c.source} |" for c in libraries]
    return "\n".join((_HEAD, *rows, _BUNDLED, *bundled, ""))


def main() -> None:
    path = Path(sys.argv[1])
    sbom = json.loads(path.read_text())
    packages = packages_of(sbom)
    libraries = libraries_of(packages)
    sbom["components"] += [_as_cyclonedx(library) for library in libraries]
    path.write_text(json.dumps(sbom, indent=2) + "\n")
    NOTICES.write_text(notices(packages, libraries))


def _package(name: str, version: str) -> Component:
    metadata = distribution(name).metadata
    return Component("", name, version, _licence(metadata), f"https://pypi.org/project/{name}/")


def _licence(metadata: PackageMetadata) -> str:
    for name in ("License-Expression", "License"):
        if name in metadata and "\n" not in metadata[name]:
            return metadata[name]
    return next(_CLASSIFIED[c] for c in metadata.get_all("Classifier", []) if c in _CLASSIFIED)


def _as_cyclonedx(library: Component) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": f"{library.bundled_in}/{library.name}",
        "name": library.name,
        "description": f"bundled in the wheel of {library.bundled_in}",
        "licenses": [{"license": {"name": library.licence}}],
        "externalReferences": [{"type": "vcs", "url": library.source}],
    }


_HEAD = """# Third-party notices

What the two layers deploy beside this project's own code, which is under [its licence](LICENSE).
Written by `make sbom`. The texts of the licences are in the wheels, below `*.dist-info/licenses`,
and so in the layers.

## Packages

| package | version | licence | source |
|---|---|---|---|"""

_BUNDLED = """
## Libraries in the wheels

libheif and libde265 are under the GNU Lesser General Public License, version 3 or later, and for
that reason pi-heif's wheels as a whole are. They are shared libraries in the directory
`pi_heif.libs` of the layer, unchanged, and can be replaced there by others of the same interface.
Their source is at the addresses below.

| library | in the wheel of | licence | source |
|---|---|---|---|"""


if __name__ == "__main__":
    main()
