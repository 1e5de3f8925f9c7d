"""Stand-ins for dbt's cross-database macros, so that sqlfluff can render models without dbt."""


def type_string() -> str:
    return "varchar"


def dateadd(datepart: str, interval: object, from_date_or_timestamp: str) -> str:
    return f"date_add({from_date_or_timestamp}, interval '1' {datepart})"


def datediff(first_date: str, second_date: str, datepart: str) -> str:
    return f"date_diff('{datepart}', {first_date}, {second_date})"


def date_trunc(part: str, date: str) -> str:
    return f"date_trunc('{part}', {date})"
