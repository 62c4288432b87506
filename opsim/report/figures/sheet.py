"""What a figure is drawn from: its own table as read back, and the results folder around it."""

from dataclasses import dataclass
from typing import Any

from matplotlib.lines import Line2D

from opsim.language import Translate, translator
from opsim.report.figures.style import WARNING
from opsim.report.labels import label
from opsim.report.results import Results, Row


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table of one figure; nothing that a figure shows comes from elsewhere than this and the folder."""

    rows: list[Row]
    """``figures/NAME.csv``: keys and plain numbers, in no language."""
    results: Results
    option: str
    """The option that the figure is about; the first one where it is about all of them."""
    language: str

    @property
    def translate(self) -> Translate:
        """From English to the language of the figure."""
        return translator(self.language)

    def of(self, column: str) -> list[str]:
        """The distinct entries of a column, in the order of the table."""
        return list(dict.fromkeys(row[column] for row in self.rows))

    def interval(self) -> Line2D:
        """The key of an interval drawn over a bar."""
        _ = self.translate
        none: list[float] = []
        return Line2D(none, none, color=WARNING, linewidth=1.6, label=_("95-percent interval"))

    def axis(self, told: dict[str, Any]) -> str:
        """An axis of a sweep in words, from what ``run.json`` tells of it."""
        if told["title"]:
            return str(told["title"][self.language])
        text = label(self.results.scenario, told["path"], self.language, self.translate)
        return f"{text} ({self.translate(told['unit'])})" if told["unit"] else text

    def title(self, case: str) -> str:
        """A case in words."""
        return self.results.title(case, self.language)
