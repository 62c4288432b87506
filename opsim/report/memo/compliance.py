"""Compliance and procedure: what must be examined, never a judgment."""

from collections.abc import Iterator

from opsim.report.document import Block, Bullets, Heading, Paragraph
from opsim.report.memo.findings import Findings
from opsim.report.sections.verdict_lines import flag_lines


def blocks(findings: Findings) -> Iterator[Block]:
    """A quarter of a page."""
    _ = findings.translate
    yield Heading(_("Compliance and procedure"))
    flags = list(flag_lines(findings.facility, findings.language, _))
    none = _("In the contract's payments and term the simulation found nothing that its route does not allow")
    yield Bullets(
        (
            _("Legality review is needed before signing"),
            _("Fair-competition review is needed: procurement, price and entry of operators"),
            _(
                "Social-stability risk assessment is needed: fees, opening hours and those who use the "
                "house today"
            ),
            *(flags or (none,)),
        )
    )
    yield Paragraph(
        _("These are flags, not legal advice. Rules are cited as known when this version of opsim was made; "
          "check that they are in force."),
        "note",
    )  # fmt: skip
