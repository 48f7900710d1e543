"""What the command line does without: pandas, which is there for those who take data frames out of the store.

pyarrow imports it, where it is installed, to ask whether the first list that becomes an array is one of its series:
that takes half a second.
"""

import sys
from importlib.abc import MetaPathFinder


class _Withheld(MetaPathFinder):
    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def spare_pandas() -> None:
    """Let pyarrow find no pandas, for as long as this process lives; others find it as before."""
    import pyarrow

    withheld = _Withheld()
    sys.meta_path.insert(0, withheld)
    pyarrow.array([])
    sys.meta_path.remove(withheld)
