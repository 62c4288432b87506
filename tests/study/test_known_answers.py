"""`opsim sensitivity` of a function with known effects and known noise, through the very command."""

import json

import numpy as np
import pytest

from opsim.cli.main import main
from opsim.study import sensitivity_methods as sensitive
from tests.study.simulated import LIGHT, PEOPLE, PRICE, plant, written

SWITCH = 80_000.0
"""What the odd replications cost more than the even ones, in yuan a year."""
SLOPES = {LIGHT: 500.0, PRICE: 30_000.0, PEOPLE: 20.0}
SPANS = {LIGHT: 80.0, PRICE: 2.0, PEOPLE: 4000.0}
OVER_THE_RANGE = {path: SLOPES[path] * SPANS[path] for path in SLOPES}
"""40,000, 60,000 and 80,000 yuan a year."""


def noisy(noise):
    """Own-level cost: a line in the numbers and noise; of light the baseline pays a half of what the option pays."""

    def cost(case, base):
        if case is base:
            return SLOPES[LIGHT] * case.numbers.light
        light, price, people = case.numbers
        return (
            2 * SLOPES[LIGHT] * light + SLOPES[PRICE] * price + SLOPES[PEOPLE] * people
            + noise(case.replication)
        )  # fmt: skip

    return cost


def odd(replication):
    return SWITCH * (replication % 2)


def room(case, base):
    """Falls by a tenth over the range of light, and by a fifth in odd replications."""
    return 0.5 - (case.numbers.light - 160) / 800 - 0.2 * (case.replication % 2)


@pytest.fixture
def tea(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return str(written(tmp_path))


def told(tea, method, replications, capsys, *more):
    line = ["sensitivity", tea, "--method", method, "--replications", str(replications), "--years", "1"]
    assert main([*line, "--workers", "1", "--quiet", "--yes", "--out", method, *more]) == 0
    said = capsys.readouterr().out
    with open(f"{method}/run.json", encoding="utf-8") as file:
        return json.load(file), said


def by_path(found, outcome):
    return {each["path"]: each for each in found["outcomes"][outcome]["numbers"]}


def test_morris_tells_the_known_effects_and_what_the_switch_of_chance_does(tea, monkeypatch, capsys):
    # A move goes over three quarters of the range, from the middle of its lowest to that of its highest quarter.
    plant(monkeypatch, {"own_level_fiscal_cost": noisy(odd), "gate_room": room, "money_room": room,
                        "holds_on_users": lambda case, base: 0})  # fmt: skip
    found, said = told(tea, "morris", 8, capsys)
    cost = by_path(found, "own_level_fiscal_cost_change")
    for path, size in OVER_THE_RANGE.items():
        assert cost[path]["mu_star"]["value"] == pytest.approx(0.75 * size)
        assert cost[path]["mu"] == pytest.approx(0.75 * size)
        assert cost[path]["sigma"] == pytest.approx(0, abs=1e-6)
    assert cost["chance"]["mu_star"]["value"] == pytest.approx(SWITCH)
    assert found["outcomes"]["own_level_fiscal_cost_change"]["noise"] == pytest.approx(SWITCH)
    assert [each["path"] for each in found["outcomes"]["own_level_fiscal_cost_change"]["numbers"]] == [
        "chance", PEOPLE, PRICE, LIGHT,
    ]  # fmt: skip
    assert "other visitors move the cost by 8.0 ten thousand yuan a year, the largest number by 6.0" in said
    (line, _of_room) = (line for line in said.splitlines() if line.lstrip().startswith("chance alone (other"))
    assert "–" in line  # one set of draws is not above the other
    assert "up" not in line
    rooms = by_path(found, "room")
    assert rooms[LIGHT]["mu"] == pytest.approx(-0.075)
    assert rooms[PRICE]["mu_star"]["value"] == rooms[PEOPLE]["mu_star"]["value"] == pytest.approx(0)
    assert rooms["chance"]["mu_star"]["value"] == pytest.approx(0.2)
    assert all(each["turns"]["value"] == 0 for each in rooms.values())


def test_the_effects_reported_come_from_replications_that_did_not_choose_the_numbers(
    tea, monkeypatch, capsys
):
    """Chance does nothing in the replications of the first trajectories, and something in all later ones."""
    count, later = 8, 5
    monkeypatch.setattr(sensitive, "LATER", later)
    monkeypatch.setattr(sensitive, "REFINED", 1)
    lived = plant(monkeypatch, {
        "own_level_fiscal_cost": noisy(lambda replication: odd(replication) if replication >= 2 * count else 0),
    })  # fmt: skip
    found, _said = told(tea, "morris", count, capsys)
    cost = by_path(found, "own_level_fiscal_cost_change")
    assert cost["chance"]["mu_star"]["value"] == pytest.approx(SWITCH)
    assert found["outcomes"]["own_level_fiscal_cost_change"]["noise"] == pytest.approx(SWITCH)
    assert {path: each["trajectories"] for path, each in cost.items()} == {
        "chance": later, PEOPLE: later, PRICE: count, LIGHT: count,
    }  # fmt: skip
    assert cost[PEOPLE]["mu_star"]["value"] == pytest.approx(0.75 * OVER_THE_RANGE[PEOPLE])
    asked = [life.replication for option, life in lived if option]
    first, rest = asked[: count * 5], asked[count * 5 :]
    assert sorted(set(first)) == list(range(2 * count))
    assert sorted(set(rest)) == list(range(2 * count, 2 * (count + later)))


def test_numbers_that_are_not_refined_stay_where_they_are_on_a_later_trajectory(tea, monkeypatch, capsys):
    monkeypatch.setattr(sensitive, "REFINED", 1)
    lived = plant(monkeypatch, {"own_level_fiscal_cost": noisy(odd)})
    told(tea, "morris", 8, capsys)
    later = [life for option, life in lived if option][8 * 5 :]
    walks = {walk: [life.numbers for life in later if life.replication // 2 == walk] for walk in range(8, 20)}
    assert all(len(walk) == 3 for walk in walks.values())
    for walk in walks.values():
        assert len({(each.light, each.price) for each in walk}) == 1
        assert len({each.population for each in walk}) == 2
    places = [((walk[0].light - 160) / 80, (walk[0].price - 4) / 2) for walk in walks.values()]
    assert all(len({place[i] for place in places}) > 2 for i in (0, 1))  # but from one to the next they move
    assert any(light != pytest.approx(price) for light, price in places)  # each by itself


def test_sobol_gives_chance_and_numbers_their_known_shares(tea, monkeypatch, capsys):
    # Uniform numbers have a twelfth of their span squared: 4² and 6² and 8² beside chance, which has 10².
    luck = 100_000 * np.random.default_rng(1).random(600)
    plant(monkeypatch, {"own_level_fiscal_cost": noisy(luck.__getitem__)})
    found, said = told(tea, "sobol", 128, capsys)
    cost = by_path(found, "own_level_fiscal_cost_change")
    for path, part in ((LIGHT, 16), (PRICE, 36), (PEOPLE, 64), ("chance", 100)):
        for index in ("first", "total"):
            assert cost[path][index]["value"] == pytest.approx(part / 216, abs=0.1)
    assert found["outcomes"]["own_level_fiscal_cost_change"]["noise"] == cost["chance"]["total"]["value"]
    share = round(100 * cost["chance"]["total"]["value"])
    assert f"Chance: {share} % of the variance of the cost" in said


def test_one_at_a_time_tells_both_ends_and_the_spread_of_chance(tea, monkeypatch, capsys):
    plant(monkeypatch, {"own_level_fiscal_cost": noisy(odd), "gate_room": room, "money_room": room})
    found, said = told(tea, "oat", 8, capsys)
    cost = by_path(found, "own_level_fiscal_cost_change")
    for path, size in OVER_THE_RANGE.items():
        assert cost[path]["low_change"]["value"] == pytest.approx(-size / 2)
        assert cost[path]["high_change"]["value"] == pytest.approx(size / 2)
    spread = SWITCH * np.sqrt(8 / 7) / 2
    assert found["outcomes"]["own_level_fiscal_cost_change"]["noise"] == pytest.approx(spread)
    assert "the cost spreads by 4.3 ten thousand yuan a year" in said
    assert "the largest number moves it by 4.0" in said


@pytest.mark.parametrize("method", ["morris", "sobol", "oat"])
def test_the_test_that_is_explained_is_the_one_at_which_the_verdict_stops(tea, method, monkeypatch, capsys):
    """The gate fails in 8 % of the cases: fewer than 10 %, but not surely so; users and grants always hold."""

    def gate(case, base):
        return case.replication % 13 != 0

    plant(monkeypatch, {"gate_holds": gate})
    found, _said = told(tea, method, {"morris": 26, "sobol": 64, "oat": 13}[method], capsys)
    assert found["verdict"]["decided_by"] == "gate_holds"
    assert any("is open" in note["en"] for note in found["notes"])


def test_a_gate_that_always_holds_hands_on_to_what_users_pay(tea, monkeypatch, capsys):
    """The room is then that of what users pay: 20 % of full cost over the range of the price."""
    plant(monkeypatch, {
        "holds_on_users": lambda case, base: case.replication % 13 != 0,
        "gate_room": lambda case, base: 5,
        "money_room": lambda case, base: 0.1,
        "user_payment_coverage": lambda case, base: 1 + (case.numbers.price - 4) / 10,
    })  # fmt: skip
    found, _said = told(tea, "morris", 26, capsys)
    assert found["verdict"]["decided_by"] == "holds_on_users"
    rooms = by_path(found, "room")
    assert rooms[PRICE]["mu"] == pytest.approx(0.15)
    assert rooms[LIGHT]["mu"] == rooms["chance"]["mu"] == pytest.approx(0)


@pytest.mark.parametrize(
    ("turning", "refined", "chosen"),
    [(True, 1, {PRICE}), (True, 2, {PRICE, PEOPLE}), (False, 1, {PEOPLE}), (False, 2, {PEOPLE, LIGHT})],
)
def test_refined_are_what_turns_the_answer_then_the_largest_of_each_outcome(
    tea, monkeypatch, capsys, turning, refined, chosen
):
    """The price alone may turn the answer; people move the cost most, then the price, and light the room."""
    monkeypatch.setattr(sensitive, "REFINED", refined)
    monkeypatch.setattr(sensitive, "LATER", 3)
    lived = plant(monkeypatch, {
        "own_level_fiscal_cost": lambda case, base: 0 if case is base else case.numbers.population + 100 * case.numbers.price,
        "holds_on_users": lambda case, base: 0,
        "holds_with_grants": lambda case, base: case.numbers.price < 5 or not turning,
        "gate_room": room, "money_room": room,
    })  # fmt: skip
    found, _said = told(tea, "morris", 8, capsys)
    assert [each["path"] for each in found["verdict"]["deciding"]] == [PRICE] * turning
    cost = by_path(found, "own_level_fiscal_cost_change")
    assert {path for path, each in cost.items() if each["trajectories"] == 3} == {*chosen, "chance"}
    assert len([life for option, life in lived if option]) == found["runs"] == 8 * 5 + 3 * (refined + 2)


def test_at_its_low_a_number_is_the_low_of_each_case(tmp_path, monkeypatch, capsys):
    """Baseline: from 160 over 200 to 240, a normal curve; option: from 280 over 300 to 330, a triangle."""
    monkeypatch.chdir(tmp_path)
    text = (
        written(tmp_path)
        .read_text(encoding="utf-8")
        .replace("high: 240, dist: uniform", "high: 240, dist: p10p90")
    )
    text += "options: {with-tea: {costs: {light: {amount: {value: 300, low: 280, high: 330, assumption: test}}}}}\n"
    (tmp_path / "tea.yaml").write_text(text, encoding="utf-8")
    plant(
        monkeypatch,
        {"own_level_fiscal_cost": lambda case, base: case.numbers.light * (500 if case is base else 2000)},
    )
    found, _said = told("tea.yaml", "oat", 5, capsys)
    light = by_path(found, "own_level_fiscal_cost_change")[LIGHT]
    assert light["low_change"]["value"] == pytest.approx(-20 * 2000 + 40 * 500)
    assert light["high_change"]["value"] == pytest.approx(30 * 2000 - 40 * 500)
