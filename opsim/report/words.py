"""Names of verdicts, causes and units for a reader, to be translated where they are shown."""

from typing import Final

from opsim.errors import marked as _

VERDICTS: Final = {
    "sustainable": _("sustainable"),
    "grant-dependent": _("grant-dependent"),
    "fragile": _("fragile"),
    "unsustainable": _("unsustainable"),
    "mission-failure": _("mission failure"),
    "insufficient-evidence": _("insufficient evidence"),
}

MEANINGS: Final = {
    "sustainable": _("gate and money hold on user payments alone"),
    "grant-dependent": _("gate and money hold with the budgeted grants"),
    "fragile": _("gate and money hold with the budgeted grants in some cases and fail in others"),
    "unsustainable": _("gate or money fails in most cases, even with the budgeted grants"),
    "mission-failure": _("the public gate fails in too many cases, whatever the money"),
    "insufficient-evidence": _("too few replications to tell"),
}

RELIEF: Final = {
    "relief": _("our treasury's burden becomes lighter"),
    "no-relief": _("our treasury's burden does not become lighter"),
    "insufficient-evidence": _("insufficient evidence"),
}

CAUSES: Final = {
    "hours": _("promised opening hours not kept"),
    "reach": _("priority groups reached less than the red line asks"),
    "reach_poorest": _("poorest group reached less than the red line asks"),
    "services": _("a public service gives less than the red line asks"),
    "uncounted": _("nobody there to whom the public service could be given"),
    "places": _("priority groups hold places on fewer days than the red line asks"),
    "places_poorest": _("poorest group holds places on fewer days than the red line asks"),
    "high_care": _("fewer days of high care than the red line asks"),
    "denial": _("too many visitors of the priority groups denied"),
    "wait": _("priority groups wait too long"),
    "affordability": _("the basket of the priority groups too dear for their income"),
    "selection": _("the poorest and those in need of high care admitted less than others"),
    "public_floor": _("too little floor and time left for public services"),
    "cash": _("cash below the credit line"),
    "late_grants": _("cash below the credit line for grants that treasuries owe"),
    "reserve": _("renewal reserve short of a replacement"),
    "operator": _("the operator would not sign such a contract"),
    "cost_recovery": _("income does not cover full cost over the years judged"),
}
"""Ways to fail, by the names that measures give them."""

_ALIKE: Final = (
    _("visits a year"), _("refusals a year"), _("yuan a visit"), _("minutes"), _("yuan of 100"), _("persons"),
    _("persons a year"), _("days"), _("workers"), _("hours a week"), _("years"), _("times"),
    _("tenants a year"), _("events a year"), _("requests a year"), _("arrivals a year"), _("hours a year"),
    _("days in places a year"),
)  # fmt: skip
UNITS: Final = {
    **dict(zip(_ALIKE, _ALIKE, strict=True)),
    "share": "%",
    "yuan a year": _("ten thousand yuan a year"),
    "yuan": _("ten thousand yuan"),
    "index": _("index from −1 to 1"),
}
"""Units as numbers are shown in them: large sums in ten thousand yuan."""

SUPPORT: Final = {
    "source": _("source"),
    "assumption": _("expert judgment"),
    "default": _("default"),
    "override": _("set on the command line"),
    "none": _("unsupported"),
}
"""What a scenario's number rests on."""

LEVELS: Final = {
    "central": _("central government"),
    "province": _("province"),
    "city": _("city"),
    "district": _("district"),
    "street": _("street (sub-district)"),
}

FUNDS: Final = {
    "general-budget": _("general public budget"),
    "government-fund": _("government fund budget"),
    "welfare-lottery": _("welfare lottery fund"),
    "special-bond": _("special-purpose bond"),
    "taxes": _("taxes"),
    "owed": _("change of what is owed"),
    "unpaid-bills": _("unpaid bills of the house"),
}
"""Where public money comes from, as in ``treasury.csv``."""

NOT_BACK_TESTED: Final = _("not back-tested")
DRAWN: Final = _("parameters drawn within their ranges")
CHANCE_ONLY: Final = _("chance only")
TEN_THOUSAND: Final = 10_000

CLASSES: Final = {
    "basic": _("basic public service"),
    "inclusive": _("inclusive non-basic service"),
    "market": _("market service"),
}
