import pytest

from wor_match import InputError, Policy


def test_a_file_changes_only_what_it_names(tmp_path):
    (tmp_path / "p.toml").write_text("[capacity]\nmax_wait_weeks = 12\n", "utf-8")
    policy, default = Policy.read(tmp_path / "p.toml"), Policy.default()
    assert policy.capacity.max_wait_weeks == 12
    assert policy.capacity.turnover_per_week == default.capacity.turnover_per_week
    assert policy.weights == default.weights
    assert policy.fingerprint != default.fingerprint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[weights]\nfit = 0.9\n", "sum to 1"),
        ("[capacity]\nmax_wait = 3\n", "capacity.max_wait"),
        ("[travel.modes.boat]\nspeed_kmh = 5\n", "travel.modes.boat"),
        ("x = ", "cannot be read"),
    ],
)
def test_a_wrong_file_is_a_clear_error(tmp_path, text, message):
    (tmp_path / "p.toml").write_text(text, "utf-8")
    with pytest.raises(InputError, match=message):
        Policy.read(tmp_path / "p.toml")


def test_no_such_file(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        Policy.read(tmp_path / "none.toml")


def test_a_category_can_be_switched_off(nijmegen):
    from wor_match import match

    policy = Policy.default().with_changes({"categories": ["nature"]})
    result = match({"referral": "natuur en vogels", "postcode": "6511"}, nijmegen, policy=policy)
    assert {m.activity.category for m in result} <= {"nature"}
    assert result.excluded["not_offered"]
