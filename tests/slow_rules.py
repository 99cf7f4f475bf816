"""The hard rules once more, activity by activity in plain Python: slow, and easy to check by reading."""

from geopy.distance import geodesic

from wor_match.activity import CATEGORIES
from wor_match.catalogue.provider_text import facts_of
from wor_match.geography import locate
from wor_match.policy import Policy
from wor_match.testing.strategies import AS_OF

METRES = 0.01


def breaks_a_structured_limit(client, activity, policy=None):
    """Say whether an activity surely breaks a limit that stands in the client's fields."""
    policy = policy or Policy.default()
    facts = facts_of(activity)
    home = (activity.visits_home or facts.visits_home) and activity.location is not None
    at_client = activity.online or home
    return any(
        (
            activity.category not in (policy.categories or CATEGORIES),
            too_far(client, activity, policy, home=home),
            activity.end_date is not None and activity.end_date < AS_OF,
            activity.start_date is not None
            and (activity.start_date - AS_OF).days > policy.ranking.start_within_days,
            wrong_age(client, activity),
            {"woman": "men", "man": "women"}.get(client.gender) == activity.audience.gender,
            wrong_language(client, activity),
            not at_client and wrong_access(client, activity),
            "small_group" in client.needs and (activity.group_size or 0) > policy.groups.small,
            wrong_time(client, activity),
            too_dear(client, activity, policy),
            activity.id in {step.activity_id for step in client.tried if step.outcome != "liked"},
        )
    )


def too_far(client, activity, policy, *, home):
    here = client.location and (client.location.lat, client.location.lon)
    place = activity.location
    there = place and locate(place.postcode, place.lat, place.lon)
    if activity.online or here is None or there is None:
        return False
    mode = client.travel.mode if client.travel else policy.travel.default_mode
    limit = client.travel.max_minutes if client.travel else policy.travel.default_minutes
    km = geodesic(here, there[:2]).km
    if home:
        return km > policy.travel.home_visit_km + there.slack_km + METRES
    travel = policy.travel.modes[mode]
    minutes = (
        travel.overhead + (km - there.slack_km - METRES) * travel.detour / travel.speed_kmh * 60
    )
    return minutes > max(limit, travel.overhead)


def wrong_age(client, activity):
    if client.age is None:
        return False
    low, high = activity.audience.age_min, activity.audience.age_max
    return (low is not None and client.age < low) or (high is not None and client.age > high)


def wrong_language(client, activity):
    spoken = set(activity.audience.languages)
    lesson = "taal" in f"{activity.title} {activity.description}".casefold()
    return bool(spoken and client.languages and not spoken & set(client.languages) and not lesson)


def wrong_access(client, activity):
    provided = set(activity.accessibility)
    if "wheelchair" in provided:
        provided.add("ground_floor")
    return bool(provided) and not (set(client.needs) - {"small_group"}) <= provided


def wrong_time(client, activity):
    if not client.availability or not activity.schedule:
        return False
    return not any(inside(slot, client.availability) for slot in activity.schedule)


def inside(slot, windows):
    minute = slot.start
    for window in sorted((w for w in windows if w.weekday == slot.weekday), key=lambda w: w.start):
        if window.start <= minute:
            minute = max(minute, window.end)
    return minute >= slot.end


def too_dear(client, activity, policy):
    if client.max_cost_month is None or activity.cost is None:
        return False
    amount = activity.cost.amount
    run = None
    if activity.start_date and activity.end_date:
        run = ((activity.end_date - activity.start_date).days + 1) / 30.44
    match activity.cost.per:
        case "session":
            each = {"week": 4.33, "fortnight": 2.17, "month": 1}
            times = max((each[slot.every] for slot in activity.schedule), default=1)
            amount *= max(1, times * min(1, run or 1))
        case "course":
            amount /= max(1, run or policy.costs.course_weeks * 7 / 30.44)
    return amount > client.max_cost_month + 0.01
