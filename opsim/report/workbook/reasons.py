"""What the ledger's reasons are called in a statement, and which part of it they belong to."""

from typing import Final

from opsim.errors import marked as _

INCOME, PUBLIC, COST, RENEWAL, FINANCING, BETWEEN = (
    "income", "public", "cost", "renewal", "financing", "between",
)  # fmt: skip

KINDS: Final = {
    INCOME: _("income"),
    COST: _("operating cost"),
    PUBLIC: _("public money and contract"),
    RENEWAL: _("wear and renewal"),
    FINANCING: _("capital and financing"),
    BETWEEN: _("between services"),
}
"""Parts of a statement, in their order."""

REASONS: Final = {
    "sales": (INCOME, _("sales")),
    "lease_rent": (INCOME, _("base rent of tenants")),
    "turnover_rent": (INCOME, _("turnover rent of tenants")),
    "hire": (INCOME, _("hire of halls")),
    "ticket_share": (INCOME, _("share of tickets")),
    "wages": (COST, _("wages")),
    "purchases": (COST, _("purchases")),
    "rent": (COST, _("rent")),
    "tax": (COST, _("turnover taxes")),
    "income_tax": (COST, _("income tax")),
    "management_fee": (COST, _("management fee")),
    "overhead": (COST, _("operator's overhead")),
    "interest": (COST, _("interest")),
    "subsidy": (PUBLIC, _("service subsidies")),
    "appropriation": (PUBLIC, _("appropriation")),
    "returned": (PUBLIC, _("appropriation given back")),
    "remitted": (PUBLIC, _("revenue remitted")),
    "revenue_returned": (PUBLIC, _("remitted revenue returned")),
    "service_price": (PUBLIC, _("price of services bought")),
    "revenue_guarantee": (PUBLIC, _("revenue guarantee")),
    "operator_rent": (PUBLIC, _("rent that the operator pays")),
    "turnover_share": (PUBLIC, _("turnover share")),
    "kpi_deduction": (PUBLIC, _("KPI deduction")),
    "clawback": (PUBLIC, _("clawback")),
    "compensation": (PUBLIC, _("early-exit compensation")),
    "handover_payment": (PUBLIC, _("payment at handover")),
    "capital_grant": (PUBLIC, _("construction subsidy")),
    "renewal": (RENEWAL, _("set aside for renewal")),
    "wear_recovered": (RENEWAL, _("wear recovered")),
    "replacement": (RENEWAL, _("replacement")),
    "opening": (FINANCING, _("opening balance")),
    "investment": (FINANCING, _("investment")),
    "loan": (FINANCING, _("loan")),
    "repayment": (FINANCING, _("repayment of the loan")),
    "equity": (FINANCING, _("capital paid in")),
    "profit": (FINANCING, _("profit taken out")),
    "capital_returned": (FINANCING, _("capital returned")),
    "bond_posted": (FINANCING, _("performance bond posted")),
    "bond_returned": (FINANCING, _("performance bond returned")),
    "bond_forfeited": (FINANCING, _("performance bond forfeited")),
    "credit": (FINANCING, _("credit drawn")),
    "arrears": (FINANCING, _("bills not paid")),
    "repaid": (FINANCING, _("debts paid")),
    "left_unpaid": (FINANCING, _("bills left unpaid")),
    "shared_cost": (BETWEEN, _("shared cost")),
    "recharge": (BETWEEN, _("shared cost charged to the operator")),
    "cross_subsidy": (BETWEEN, _("cross-subsidy")),
    "grant_applied": (BETWEEN, _("grants")),
    "savings_applied": (BETWEEN, _("savings of earlier years")),
    "surplus": (BETWEEN, _("surplus")),
    "step_in": (BETWEEN, _("step-in")),
}
"""By reason: its part, and what it is called."""
