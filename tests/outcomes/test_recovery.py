"""Whose money counts when cost recovery, cash and promises are judged."""

from opsim.demand.random import stream_key
from opsim.facility.month.loop import live
from opsim.outcomes.pair import Pair
from opsim.scenario.facility import Facility
from tests.demand.build import CAFE, READING
from tests.facility.build import TITLE, tiny


def lived(facility: Facility, years: int) -> Pair:
    case = live(facility, stream_key(1, 0), years, "simpy")
    return Pair(facility, case, case)


def test_opening_cash_that_goes_back_is_no_cost() -> None:
    """8,000 yuan at the start, 5,000 may stay: 3,000 more than the year's surplus go back to the district."""
    for years in (1, 2, 3, 4):
        pair = lived(tiny(catchment={"population": 365}), years)
        assert pair.with_grants.shortfall_month is None
        assert pair.with_grants.recovered, years


def test_a_machine_that_the_treasury_buys_does_not_sink_a_rich_cafe_on_its_first_day() -> None:
    """Cost is cash and renewal: on user payments alone the machine is paid by its wear, not by its price as well."""
    clerk = {**tiny().staff["clerk"].model_dump(), "wage": 0}
    services = {
        "reading": {**READING, "area": 60},
        "cafe": {**CAFE, "area": 40, "price": 60, "price_response": None},
    }
    pair = lived(
        tiny(services=services, staff={"clerk": clerk}, costs={}, subsidies={}, initial={"cash": 0}), 1
    )
    assert pair.users_alone.recovered
    assert pair.users_alone.shortfall_month is None


def test_hours_are_kept_although_nobody_is_let_in_for_the_last_half_hour() -> None:
    stations = {
        "seats": {"title": TITLE, "servers": 10, "last_admission": 30},
        "bar": {"title": TITLE, "crew": "clerk"},
    }
    services = {"reading": {**READING, "hours": "09:00-21:00"}, "cafe": {**CAFE, "hours": "09:00-21:00"}}
    world = {"stations": stations, "services": services, "catchment": {"population": 0}}
    pair = lived(tiny(**world, gate={"promised_hours": {"reading": 84}}), 1)
    assert pair.gate["hours"].tolist() == [0.0]
