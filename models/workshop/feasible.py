"""The structured filters of the benchmark: what fields allow any search engine to filter.

These are not the rules of the engine (`wor_match.feasibility`). They read no text, so that what is
measured behind them is the embedding. The same filters stand behind every system that we compare.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

REFERENCE = date(2026, 11, 16)
SESSIONS = {"week": 4.33, "fortnight": 2.17, "month": 1.0}
# Kilometres an hour along the road, and how much longer the road is than the straight line.
SPEED = {"walk": 4.8, "bike": 15.0, "public_transport": 18.0, "car": 40.0}
DETOUR = 1.25
# A point of a postcode is about a kilometre coarse.
SLACK_KM = 1.0
STARTS_WITHIN = timedelta(weeks=8)


def feasible(client: dict[str, Any], activity: dict[str, Any]) -> bool:
    """Tell whether the fields of both allow the client to take part."""
    return all(
        rule(client, activity)
        for rule in (_age, _gender, _season, _places, _needs, _cost, _reach, _time, _new)
    )


def _age(client: dict[str, Any], activity: dict[str, Any]) -> bool:
    age, audience = client.get("age"), activity.get("audience") or {}
    low, high = audience.get("age_min"), audience.get("age_max")
    return age is None or ((low is None or age >= low) and (high is None or age <= high))


def _gender(client: dict[str, Any], activity: dict[str, Any]) -> bool:
    asked = (activity.get("audience") or {}).get("gender", "any")
    own = {"woman": "women", "man": "men"}.get(client.get("gender") or "")
    return asked in (None, "any") or client.get("gender") is None or asked == own


def _season(_client: dict[str, Any], activity: dict[str, Any]) -> bool:
    start, end = activity.get("start_date"), activity.get("end_date")
    if end and date.fromisoformat(end) < REFERENCE:
        return False
    return not start or date.fromisoformat(start) <= REFERENCE + STARTS_WITHIN


def _places(_client: dict[str, Any], activity: dict[str, Any]) -> bool:
    capacity = activity.get("capacity")
    if not capacity or not capacity.get("places"):
        return True
    return bool(capacity["enrolled"] + capacity.get("waiting", 0) < capacity["places"])


def _needs(client: dict[str, Any], activity: dict[str, Any]) -> bool:
    offered = set(activity.get("accessibility") or ())
    size = activity.get("group_size")
    for need in client.get("needs") or ():
        if need == "small_group":
            if size is not None and size > 10:
                return False
        elif need not in offered:
            return False
    return True


def cost_per_month(activity: dict[str, Any]) -> float | None:
    """Return what a participant pays a month, or None where it is not known."""
    cost = activity.get("cost")
    if not cost:
        return None
    amount, per = cost.get("amount") or 0.0, cost.get("per")
    if per == "session":
        slots = activity.get("schedule") or []
        return float(amount * (sum(SESSIONS[s.get("every") or "week"] for s in slots) or 1.0))
    if per == "course":
        start, end = activity.get("start_date"), activity.get("end_date")
        days = (date.fromisoformat(end) - date.fromisoformat(start)).days if start and end else 90
        return float(amount / max(1.0, days / 30.4))
    return float(amount) if per == "month" else 0.0


def _cost(client: dict[str, Any], activity: dict[str, Any]) -> bool:
    limit, cost = client.get("max_cost_month"), cost_per_month(activity)
    return limit is None or cost is None or cost <= limit + 0.01


def distance_km(client: dict[str, Any], activity: dict[str, Any]) -> float | None:
    """Return the straight line in kilometres, or None where a point is missing."""
    a, b = client.get("location"), activity.get("location")
    if not a or not b or b.get("lat") is None:
        return None
    p, q = math.radians(a["lat"]), math.radians(b["lat"])
    h = math.sin((q - p) / 2) ** 2
    h += math.cos(p) * math.cos(q) * math.sin(math.radians(b["lon"] - a["lon"]) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(h))


def _reach(client: dict[str, Any], activity: dict[str, Any]) -> bool:
    travel, km = client.get("travel"), distance_km(client, activity)
    if not travel or km is None or activity.get("online") or activity.get("visits_home"):
        return True
    limit = SPEED[travel["mode"]] * travel["max_minutes"] / 60 / DETOUR
    return km <= limit + SLACK_KM


def _time(client: dict[str, Any], activity: dict[str, Any]) -> bool:
    windows, slots = client.get("availability") or [], activity.get("schedule") or []
    if not windows or not slots:
        return True
    return any(
        w["weekday"] == s["weekday"] and w["start"] <= s["start"] and s["end"] <= w["end"]
        for w in windows
        for s in slots
    )


def _new(client: dict[str, Any], activity: dict[str, Any]) -> bool:
    tried = client.get("tried") or []
    return all(t["activity_id"] != activity["id"] or t["outcome"] == "liked" for t in tried)
