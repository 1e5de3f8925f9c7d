"""A stand-in for dbt's adapter, so that sqlfluff can render dispatched macros without dbt."""

from collections.abc import Callable


def dispatch(macro_name: str, macro_namespace: str) -> Callable[[str], str]:
    return lambda expression: f"{macro_name}({expression})"
