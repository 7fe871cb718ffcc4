"""What `make mutation` has found: each change that no test noticed, then a table by module.

mutmut's own `results` and `show` would start Python once for each change.
"""

from __future__ import annotations

from collections import Counter

from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files

NOTICED = {"killed", "timeout"}


def main() -> None:
    table = []
    for path in sorted(walk_mutatable_files()):
        module = SourceFileMutationData(path=path)
        module.load()
        found = {name: status_by_exit_code[code] for name, code in module.exit_code_by_key.items()}
        for name, status in found.items():
            if status not in NOTICED:
                print(f"{name}: {status}\n{get_diff_for_mutant(name, path=path)}")
        table.append((path.stem, len(found), Counter(found.values())))
    for module_name, changes, counted in table:
        counts = ", ".join(f"{counted[status]} {status}" for status in sorted(counted))
        print(f"{module_name:22} {changes:4} changes: {counts}")


if __name__ == "__main__":
    main()
