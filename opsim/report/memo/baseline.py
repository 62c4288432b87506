"""Status quo: the accounts of the baseline, what is wrong with it, and that it was not back-tested."""

from collections.abc import Iterator

import numpy as np

from opsim.language import Translate
from opsim.outcomes.catalog import OUTCOMES
from opsim.outcomes.gate import RED_LINES
from opsim.outcomes.intervals import mean
from opsim.records import Float64
from opsim.report.difference import spread
from opsim.report.document import Block, Heading, Paragraph, Row, Table
from opsim.report.memo import terms
from opsim.report.memo.findings import Findings, between, joined
from opsim.report.numbers import STYLES, number, percent
from opsim.report.sections.lost_demand import LOOKS
from opsim.report.words import UNITS
from opsim.scenario.load import BASELINE

MONEY = ("user_payments", "subsidies", "appropriation", "contract")
"""Income by column of the monthly table."""

SHOWN = (
    "cash_cost", "full_cost", "economic_cost", "own_level_fiscal_cost",
    "own_level_fiscal_cost_cash", "all_level_fiscal_cost", "all_level_fiscal_cost_cash",
    "user_payment_coverage", "service_subsidy_coverage", "all_grant_coverage", "visits", "priority_visits",
    "denied_share", "occupancy", "full_cost_per_visit", "fiscal_cost_per_visit",
)  # fmt: skip


def blocks(findings: Findings) -> Iterator[Block]:
    """Half a page."""
    _ = findings.translate
    yield Heading(_("Status quo and problems"))
    facility = findings.scenario.baseline
    parts = {
        "services": joined([each.title[findings.language] for each in facility.services.values()], _),
        "route": terms.route(facility, findings.language),
        "population": number(facility.catchment.population.at(facility.start), "count"),
        "area": number(facility.premises.area.at(facility.start), "count"),
    }
    text = _(
        "Today the facility offers {services} on {area} m² for about {population} people around it, under "
        "{route}."
    )
    yield Paragraph(text.format(**parts))
    if findings.main is None:
        yield findings.missing(_("Accounts of the baseline"), "compare")
    else:
        yield accounts(findings)
        yield Paragraph(problems(findings))
    yield Paragraph(
        _("Back-test: not back-tested. The baseline has not been compared with the facility's own records "
          "of past years; before the decision, set at least its visits, income and cost beside this table."),
        "note",
    )  # fmt: skip


def accounts(findings: Findings) -> Table:
    """A year of the baseline."""
    _ = findings.translate
    titles = {
        "user_payments": _("user payments"),
        "subsidies": _("subsidies by rule"),
        "appropriation": _("appropriation, net"),
        "contract": _("paid under the operator's contract, net"),
    }
    rows = []
    for name in MONEY:
        values = findings.money(BASELINE, name)
        if np.any(values):
            interval = mean(values).ci
            rows.append(_line(titles[name], "yuan a year", float(values.mean()), interval, values, _))
    known = {outcome.name: outcome for outcome in OUTCOMES}
    for name in SHOWN:
        found = findings.estimate(BASELINE, name)
        if found.value is not None and (found.value or name != "occupancy"):
            values = findings.column(BASELINE, name)
            unit = known[name].unit
            rows.append(_line(_(known[name].title), unit, found.value, found.ci, values, _))
    return Table(
        _("Accounts of the baseline, an average year"),
        (_("indicator"), _("mean"), _("95-percent interval"), _("P10–P90 of cases")),
        tuple(rows),
        (3.6, 1.2, 1.8, 1.8),
    )


def _line(
    title: str, unit: str, value: float, interval: tuple[float, float] | None, values: Float64, _: Translate
) -> Row:
    cells = (between(ends, unit, _) for ends in (interval, spread(values) if len(values) > 1 else None))
    label = _("{title} ({unit})").format(title=title, unit=_(UNITS[unit]))
    return Row((label, number(value, STYLES[unit]), *cells))


def problems(findings: Findings) -> str:
    """What is wrong today: coverage, red lines, people who are not served."""
    _ = findings.translate
    parts = []
    coverage = findings.value("user_payment_coverage", BASELINE)
    if coverage is not None:
        parts.append(
            _("users pay {share} of full cost, the rest is public money").format(
                share=percent(coverage, _, decimals=1)
            )
        )
    crossed = [
        _(line.title) for line in RED_LINES if findings.value(f"kept.{line.name}", BASELINE) not in (None, 1)
    ]
    parts.append(
        _("red lines crossed today in some cases: {lines}").format(lines=joined(crossed, _))
        if crossed
        else _("every red line is kept today")
    )
    causes: dict[str, float] = {}
    for by_cause in findings.told("lost", BASELINE).values():
        for cause, visits in by_cause.items():
            causes[cause] = causes.get(cause, 0.0) + visits
    worst = max(causes, key=lambda cause: causes[cause], default=None)
    if worst is not None and round(causes[worst]) > 0:
        parts.append(
            _(
                "demand is lost {count} times a year today, refused extras included, most by this cause: "
                "{cause} ({most})"
            ).format(
                count=number(sum(causes.values()), "count"),
                cause=_(LOOKS[worst][0]),
                most=number(causes[worst], "count"),
            )
        )
    return _("Problems: {parts}.").format(parts=_("; ").join(parts))
