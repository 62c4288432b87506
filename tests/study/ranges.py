"""The tea room of `tests/worked`, unsure of its light bill, its price and how many take a cup."""

from pathlib import Path

from opsim.scenario.load import Scenario, load

ROOM = Path("tests/worked/tea-room.yaml").resolve()
TEXT = """
extends: {room}
services:
  tea:
    price: {{value: 5, low: 4, high: 6, assumption: test}}
    spillover: {{reading: {{conversion: {{value: 0.5, low: 0.4, high: 0.6, assumption: test}}}}}}
costs: {{light: {{amount: {{value: 200, low: 160, high: 320, assumption: test}}}}}}
gate: {{reach: 0.5, denial: 0.9, wait: 100, public_share: 0.1}}
levers: [services.tea.price]
"""
PRICE, CONVERSION, LIGHT = (
    "services.tea.price", "services.tea.spillover.reading.conversion", "costs.light.amount",
)  # fmt: skip


def written(folder: Path) -> Path:
    file = folder / "tea.yaml"
    file.write_text(TEXT.format(room=ROOM.as_posix()), encoding="utf-8")
    return file


def unsure(folder: Path) -> Scenario:
    return load(written(folder))
