"""Days and times as papers print them: 20/08/2024, in Japanese 2024年8月20日."""

from datetime import date, datetime, tzinfo


def day(value: date, language: str) -> str:
    """Print a day."""
    if language == "ja":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value:%d/%m/%Y}"


def zone_name(local: datetime) -> str:
    """Return what the zone of a time is called: JST, or UTC+08:00 where it has no letters."""
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{local.isoformat()[-6:]}"


def moment(value: datetime, language: str, zone: tzinfo) -> str:
    """Print a time in a time zone, which it names: 05:30 20/08/2024 (JST)."""
    local = value.astimezone(zone)
    if language == "ja":
        return f"{day(local, language)} {local:%H:%M}（{zone_name(local)}）"
    return f"{local:%H:%M} {day(local, language)} ({zone_name(local)})"
