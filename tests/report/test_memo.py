"""The memo: its sentences whatever the sign, and its tables against the folder, read by another reader."""

import base64
import csv
import json
import re
import shutil
import time
import zipfile
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

from opsim.cli.main import main
from opsim.errors import InputError
from opsim.language import translator
from opsim.outcomes.registry import OUTCOMES
from opsim.report.document import Bullets, Heading, Paragraph, Table
from opsim.report.memo import pictures, proposal, robustness
from opsim.report.memo.build import chinese, memo, numbered, put_together
from opsim.report.memo.material import Findings
from opsim.report.provenance import command
from opsim.report.results import Results, read
from opsim.report.seal import seal
from opsim.report.words import UNITS, VERDICTS
from opsim.scenario.load import load
from opsim.scenario.shipped import names
from opsim.scenario.yaml.scenario_text import dump
from opsim.study.stress_box import BOX

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OPTION = "embedded"
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)
"""A picture of one point."""


@pytest.fixture
def copy(place, tmp_path):
    """The same folder, to be changed."""
    return Path(shutil.copytree(place, tmp_path / "copy", ignore=shutil.ignore_patterns("checksums.txt")))


@cache
def scenario():
    """Of every folder here; it takes a while to load."""
    return load("book-house")


def results_of(place):
    told = json.loads((place / "run.json").read_text(encoding="utf-8"))
    return Results(place, told["command"], told, scenario())


def findings(place, language="en") -> Findings:
    return put_together([results_of(place)], language)


def said(section, found):
    """What a part of the memo says in the language of its findings."""
    return section(found, found.translate)


def lines(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rewritten(path, change):
    """Change each line of a table."""
    rows = [change(dict(row)) for row in lines(path)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def retold(place, change):
    told = json.loads((place / "run.json").read_text(encoding="utf-8"))
    change(told)
    (place / "run.json").write_text(json.dumps(told), encoding="utf-8")


# What Word and a browser see, read without the code that wrote it.


def word_tables(data):
    """(caption, rows of cells) of each table of a Word file."""
    with zipfile.ZipFile(data) as parts:
        body = ElementTree.fromstring(parts.read("word/document.xml")).find(f"{W}body")
    caption, found = "", []
    for element in body:
        if element.tag == f"{W}p":
            style = element.find(f"{W}pPr/{W}pStyle")
            if style is not None and style.get(f"{W}val") == "Caption":
                caption = text_of(element)
        elif element.tag == f"{W}tbl":
            rows = [
                ["\n".join(map(text_of, cell.iter(f"{W}p"))) for cell in row.iter(f"{W}tc")]
                for row in element.iter(f"{W}tr")
            ]
            found.append((caption, rows))
    return found


def text_of(paragraph):
    parts = (
        "\n" if node.tag == f"{W}br" else node.text or ""
        for node in paragraph.iter()
        if node.tag in (f"{W}t", f"{W}br")
    )
    return "".join(parts)


class Page(HTMLParser):
    """Tables and outward references of a page."""

    def __init__(self):
        super().__init__()
        self.tables, self.references, self.text, self._cell = [], [], [], None

    def handle_starttag(self, tag, attrs):
        self.references += [value for name, value in attrs if name in ("src", "href")]
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._cell = True
        elif tag == "small":
            self.tables[-1][-1][-1] += "\n"

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._cell = None

    def handle_data(self, data):
        self.text.append(data)
        if self._cell:
            self.tables[-1][-1][-1] += data


def numbers(cell):
    """The numbers of a cell."""
    return [
        float(each.replace(",", "").replace("−", "-"))
        for each in re.findall(r"[−+-]?\d[\d,]*(?:\.\d+)?", cell)
    ]


SCALE = {"yuan a year": 1e-4, "yuan": 1e-4, "share": 100}
DECIMALS = {"visits a year": 0, "days in places a year": 0, "yuan a visit": 2, "index": 2, "times": 2}


def shown(value, unit):
    """A number as a reader should find it, worked out by hand."""
    return round(float(value) * SCALE.get(unit, 1), DECIMALS.get(unit, 1)) + 0.0


@pytest.fixture(scope="module")
def files(place, tmp_path_factory):
    """The memo by language and ending, with its pictures."""
    made = tmp_path_factory.mktemp("memos")
    found = {
        (language, ending): made / f"{language}.{ending}"
        for language in ("en", "zh")
        for ending in ("docx", "html")
    }
    for (language, _ending), path in found.items():
        assert main(["memo", str(place), str(path), "--lang", language, "--quiet"]) == 0
    return found


@pytest.fixture
def word_file(files):
    return files["en", "docx"]


@pytest.fixture
def unpainted(monkeypatch):
    """Pictures cost most of the time, and most tests are about words."""
    monkeypatch.setattr(pictures, "png", lambda draw: DOT)


def named(tables, part):
    return next(rows for caption, rows in tables if part in caption)


def test_the_table_of_options_holds_the_outcomes_of_the_folder(place, word_file):
    told = {(row["case"], row["outcome"]): row for row in lines(place / "outcomes.csv")}
    heads, *rows = named(word_tables(word_file), "Options side by side")
    cases = ["baseline", OPTION]
    assert len(heads) == 1 + len(cases)
    by_label = {row[0]: row for row in rows if len(row) == len(heads)}
    checked = 0
    for outcome in OUTCOMES:
        row = by_label.get(f"{outcome.title} ({UNITS[outcome.unit]})")
        if row is None:
            continue
        for case, cell in zip(cases, row[1:], strict=True):
            value = told[case, outcome.name]["value"]
            assert (numbers(cell)[0] if value else cell) == (shown(value, outcome.unit) if value else "–")
            checked += 1
    assert checked >= 30
    verdict = json.loads((place / "run.json").read_text(encoding="utf-8"))["verdicts"][OPTION]["class"]
    assert by_label["verdict"][2] == VERDICTS[verdict]


def test_the_accounts_of_the_baseline_are_those_of_the_folder(place, word_file):
    told = {row["outcome"]: row for row in lines(place / "outcomes.csv") if row["case"] == "baseline"}
    spread = {}
    for row in lines(place / "replications.csv"):
        if row["case"] == "baseline" and row["value"]:
            spread.setdefault(row["outcome"], []).append(float(row["value"]))
    _heads, *rows = named(word_tables(word_file), "Accounts of the baseline")
    by_label = {row[0]: row[1:] for row in rows}
    checked = 0
    for outcome in OUTCOMES:
        cells = by_label.get(f"{outcome.title} ({UNITS[outcome.unit]})")
        if cells is None or outcome.name == "user_payments":
            continue
        row, unit = told[outcome.name], outcome.unit
        assert numbers(cells[0]) == [shown(row["value"], unit)]
        for cell, ends in (
            (cells[1], (row["ci_low"], row["ci_high"])),
            (cells[2], np.quantile(spread[outcome.name], (0.1, 0.9))),
        ):
            low, high = (shown(end, unit) for end in ends)
            assert numbers(cell) == ([low] if low == high else [low, high])
        checked += 1
    assert checked >= 10
    grants = sum(
        int(row["appropriation_fen"]) for row in lines(place / "monthly.csv") if row["case"] == "baseline"
    )
    assert numbers(by_label["appropriation, net (ten thousand yuan a year)"][0]) == [
        shown(grants / 300, "yuan")
    ]


def test_services_on_three_cost_lines_add_up(place, word_file):
    told = {row["outcome"]: row["value"] for row in lines(place / "outcomes.csv") if row["case"] == OPTION}
    services = scenario().options[OPTION].services
    _heads, *rows = named(word_tables(word_file), "three cost lines")
    by_label = {row[0]: row for row in rows if len(row) == 7}
    for name, service in services.items():
        row = by_label[service.title.en]
        assert numbers(row[1]) == [shown(told[f"sales.{name}"], "yuan")]
        for place_, line in enumerate(("cash", "full", "economic"), 3):
            assert numbers(row[place_]) == [shown(told[f"{line}_cost.{name}"], "yuan")]
    whole = by_label["all services"]
    assert numbers(whole[3]) == [shown(told["cash_cost"], "yuan")]
    assert numbers(whole[5]) == [shown(told["economic_cost"], "yuan")]


def test_red_lines_are_those_measured(place, word_file):
    told = {row["outcome"]: row["value"] for row in lines(place / "outcomes.csv") if row["case"] == OPTION}
    titles = {outcome.title: outcome for outcome in OUTCOMES if outcome.name.startswith("worst_year.")}
    _heads, *rows = named(word_tables(word_file), "Red lines")
    assert len(rows) == len([1 for name in titles.values() if told[name.name]])
    for row in rows:
        outcome = titles[row[0].rpartition(" (")[0]]
        assert numbers(row[3]) == [shown(told[outcome.name], outcome.unit)]
        assert numbers(row[4]) == [round(100 * float(told[outcome.name.replace("worst_year", "kept")]))]


def test_treasuries_by_level_source_and_year(place, word_file):
    sums = {}
    for row in lines(place / "treasury.csv"):
        key = row["case"], row["level"], row["source"], row["year"]
        sums[key] = float(row["net_yuan"])
    _heads, *rows = named(word_tables(word_file), "by level, source")
    own = scenario().baseline.treasury.own_level
    told = {row["outcome"]: row["value"] for row in lines(place / "outcomes.csv") if row["case"] == OPTION}
    totals = {row[0]: row[1] for row in rows if row[0].startswith(("own level", "all levels"))}
    assert {label: numbers(cell) for label, cell in totals.items()} == {
        f"{whose}, {basis}": [shown(told[f"{outcome}{end}"], "yuan")]
        for whose, outcome in (
            (f"own level ({own})", "own_level_fiscal_cost"), ("all levels", "all_level_fiscal_cost"),
        )
        for basis, end in (("cash", "_cash"), ("accrual", ""))
    }  # fmt: skip
    budget = next(row for row in rows if "general public budget" in row[0] and row[0].startswith(own))
    ours, before = (sums[case, own, "general-budget", "1"] for case in (OPTION, "baseline"))
    assert numbers(budget[1]) == [shown(ours, "yuan")]
    assert numbers(budget[2]) == [shown(ours - before, "yuan")]


def test_groups_and_parameters_in_the_annex(place, word_file):
    tables = word_tables(word_file)
    told = json.loads((place / "run.json").read_text(encoding="utf-8"))["groups"]
    _heads, *rows = named(tables, "Visits to basic and inclusive services a year, by group")
    for row, (before, after) in zip(
        rows, zip(told["baseline"].values(), told[OPTION].values(), strict=True), strict=True
    ):
        assert [numbers(cell)[0] for cell in row[1:]] == [
            shown(before["persons"], "visits a year"), shown(before["visits"], "visits a year"),
            shown(after["visits"], "visits a year"),
        ]  # fmt: skip
    _heads, *rows = named(tables, "Uncertain parameters")
    assert len(rows) == len({row[0] for row in rows}) > 50
    price = next(row for row in rows if row[0] == "café: price")
    assert numbers(price[2]) == [15.0, 22.0]


def test_a_chinese_annex_says_in_chinese_where_numbers_are_from(files):
    tables = word_tables(files["zh", "docx"])
    _caption, (_heads, *sources) = tables[-1]
    _heads, *parameters = named(tables, "不确定参数")
    keys = {key for key, *_ in sources}
    assert len(parameters) > 50
    for text in (*(row[1] for row in sources), *(row[5] for row in parameters if row[5] not in keys)):
        assert any("一" <= char <= "鿿" for char in text), text


def test_word_and_page_hold_the_same_tables_in_both_languages(files):
    found = {}
    for (language, ending), path in files.items():
        if ending == "docx":
            tables = [rows for _caption, rows in word_tables(path)]
        else:
            page = Page()
            page.feed(path.read_text(encoding="utf-8"))
            tables = page.tables
            assert [each for each in page.references if not each.startswith("data:")] == []
            assert sum(each.startswith("data:image/png") for each in page.references) == 3
        found[language, ending] = [
            [numbers("".join(cell.split()) if table < 6 else "") for row in rows for cell in row[1:]]
            for table, rows in enumerate(tables)
        ]
    first = found["en", "docx"]
    assert len(first) >= 10
    for each in found.values():
        assert each == first


def test_word_styles_fonts_and_repeating_heads(files):
    with zipfile.ZipFile(files["zh", "docx"]) as parts:
        body = ElementTree.fromstring(parts.read("word/document.xml")).find(f"{W}body")
        styles = ElementTree.fromstring(parts.read("word/styles.xml"))
        fonts = parts.read("word/fontTable.xml").decode("utf-8")
        footer = "".join(parts.read(name).decode("utf-8") for name in parts.namelist() if "footer" in name)
    heads = [
        text_of(each)
        for each in body.iter(f"{W}p")
        if (style := each.find(f"{W}pPr/{W}pStyle")) is not None and style.get(f"{W}val") == "Heading1"
    ]
    assert [head.partition("、")[0] for head in heads[1:11]] == list("一二三四五六七八九十")
    assert heads[0] == "摘要"
    assert [head[:3] for head in heads[11:]] == ["附件一", "附件二", "附件三", "附件四"]
    tables = list(body.iter(f"{W}tbl"))
    assert len(tables) >= 10
    for table in tables:
        first, *rest = table.iter(f"{W}tr")
        assert first.find(f"{W}trPr/{W}tblHeader") is not None
        assert all(row.find(f"{W}trPr/{W}tblHeader") is None for row in rest)
    asian = {
        style.get(f"{W}styleId"): found.get(f"{W}eastAsia")
        for style in styles.iter(f"{W}style")
        if (found := style.find(f"{W}rPr/{W}rFonts")) is not None
    }
    assert (asian["Title"], asian["Heading1"], asian["Heading2"]) == ("方正小标宋简体", "黑体", "楷体_GB2312")
    assert asian["Normal"] == "仿宋_GB2312"
    for name in ("方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"):
        assert re.search(f'w:name="{name}"><w:altName w:val="[^"]+"', fonts)
    assert "PAGE" in footer


# The sentences that must stand.


def test_every_mandatory_sentence_in_chinese(place, unpainted):
    text = all_text(findings(place, "zh"))
    changes = np.array(
        [
            float(row["value"]) * (1 if row["case"] == OPTION else -1)
            for row in lines(place / "replications.csv")
            if row["outcome"] == "own_level_fiscal_cost"
        ]
    ).reshape(2, -1).sum(axis=0)  # fmt: skip
    way = "减少" if changes.mean() < 0 else "增加"
    amount = f"{abs(changes.mean()) / 1e4:.1f}"
    assert re.search(
        f"与维持现状相比，年均本级财政净支出（权责发生制）{way}{amount}万元（P10–P90：[−+\\d.]+至[−+\\d.]+）",
        text,
    )
    carried = next(
        float(row["value"])
        for row in lines(place / "outcomes.csv")
        if (row["case"], row["outcome"]) == (OPTION, "carried_of_100_yuan")
    )
    wording = (
        "每100元公益支出，经营净收益承担{:.1f}元"
        if carried > 0
        else "每100元公益支出之外，经营业态另占用{:.1f}元"
    )
    assert wording.format(abs(carried)) in text
    assert re.search("(受损最大群体为|增幅最小的是)[^；。]+年服务人次变化[−+]?[\\d,]+", text)
    judged = len(robustness.judged(findings(place, "zh")))
    assert judged > 50
    assert f"以下{judged}项参数为专家判断" in text
    assert "opsim sensitivity scenario.yaml --option embedded" in text
    assert "在设定参数区间内" in text
    ours = text[
        : text.index(translator("zh")("Parameters and sources"))
    ]  # then come the scenario's own words
    assert "可能" not in ours.replace("可谈判区间", "").replace("才可能", "")
    for part in (
        "模拟3次",
        "随机种子 1",
        "未经回测",
        "opsim 0.1.0",
        "无依据数值：无",
        "opsim stress scenario.yaml",
    ):
        assert part in text, part


def all_text(found):
    parts = []
    for block in memo(found):
        if isinstance(block, (Paragraph, Heading)):
            parts.append(block.text)
        elif isinstance(block, Bullets):
            parts += block.items
        elif isinstance(block, Table):
            parts += [block.caption, block.note, *(cell for row in block.rows for cell in row.cells)]
        else:
            parts.append(getattr(block, "below", block.text if hasattr(block, "text") else ""))
    return "\n".join(parts)


@pytest.mark.parametrize(
    ("shift", "en", "zh"),
    [
        (-50_000, "falls by 5.0 ten thousand yuan a year (P10–P90 of the change: −5.0 to −5.0)", "减少5.0万元（P10–P90：−5.0至−5.0）"),
        (50_000, "rises by 5.0 ten thousand yuan a year (P10–P90 of the change: +5.0 to +5.0)", "增加5.0万元（P10–P90：+5.0至+5.0）"),
        (0, "does not change on average (P10–P90 of the change: 0.0 to 0.0)", "基本不变（P10–P90：0.0至0.0）"),
    ],
)  # fmt: skip
def test_the_change_of_cost_whatever_its_sign(copy, shift, en, zh, unpainted):
    def change(row):
        if row["outcome"] == "own_level_fiscal_cost":
            row["value"] = 200_000 + (shift if row["case"] == OPTION else 0)
        return row

    rewritten(copy / "replications.csv", change)
    assert en in all_text(findings(copy))
    assert zh in all_text(findings(copy, "zh"))
    assert zh in all_text(findings(copy, "zh"))


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        ("7.04", "operations carry 7.0 yuan", "经营净收益承担7.0元"),
        ("-7.04", "beside every 100 yuan of public spending they take 7.0 yuan", "经营业态另占用7.0元"),
        ("0.01", "operations carry nothing", "经营净收益承担0元"),
        ("", "There is no public spending that operations could carry", "没有可由经营收益承担的公益支出"),
    ],
)
def test_what_operations_carry_whatever_its_sign(copy, value, en, zh, unpainted):
    def change(row):
        if (row["case"], row["outcome"]) == (OPTION, "carried_of_100_yuan"):
            row["value"] = value
        return row

    rewritten(copy / "outcomes.csv", change)
    assert en in all_text(findings(copy))
    assert zh in all_text(findings(copy, "zh"))


@pytest.mark.parametrize(
    ("factor", "en", "zh"),
    [
        (0.5, "Worst off: 60 and over, low income, −50 visits a year (−50.0 % of 100)", "受损最大群体为60岁及以上、低收入，年服务人次变化−50（−50.0%，原100）"),
        (1.5, "in proportion 60 and over, low income gains least: +50 visits a year (+50.0 % of 100)", "各群体服务人次均不低于基准方案；增幅最小的是60岁及以上、低收入，年服务人次变化+50（+50.0%，原100）"),
        (0.0, "Worst off: 60 and over, low income, −100 visits a year", "年服务人次变化−100（−100.0%，原100）"),
        (None, "Nobody is served in the baseline, so no group can lose", "不存在受损群体"),
    ],
)  # fmt: skip
def test_who_loses_whatever_happens(copy, factor, en, zh, unpainted):
    def change(told):
        for name, group in told["groups"]["baseline"].items():
            other = told["groups"][OPTION][name]
            group["visits"] = 100 if factor is not None else 0
            other["visits"] = 100 * (2 if name != "senior.low" else factor or 0)

    retold(copy, change)
    assert en in said(proposal.worst_off, findings(copy))
    assert zh in all_text(findings(copy, "zh"))


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("relief", ["relief", "no-relief", "insufficient-evidence", None])
def test_a_recommendation_for_every_verdict(copy, verdict, relief):
    def change(told):
        told["verdicts"][OPTION]["class"] = verdict
        found = told["verdicts"][OPTION]["relief"]
        told["verdicts"][OPTION]["relief"] = None if relief is None else {**found, "class": relief}

    retold(copy, change)
    found = findings(copy)
    text = said(proposal.recommendation, found)
    speaks_for = verdict in ("sustainable", "grant-dependent")
    assert text.startswith("the numbers speak for") == (speaks_for and relief == "relief")
    if verdict in ("unsustainable", "mission-failure"):
        assert text.startswith("the numbers speak against")
    assert ("unknown" in said(proposal.relief, found)) == (relief is None)
    assert said(proposal.recommendation, replace(found, language="zh")) != text


@pytest.mark.parametrize(
    ("change", "en", "zh"),
    [
        (-0.25, "falls by 25.0 %", "下降25.0%"),
        (0.25, "rises by 25.0 %", "上升25.0%"),
        (0.0001, "changes by less than 0.1 per cent", "变化不足0.1%"),
        (None, "is undefined", "无定义"),
    ],
)
def test_the_change_of_present_cost_whatever_its_sign(copy, change, en, zh):
    retold(copy, lambda told: told["verdicts"][OPTION]["relief"].update(median_change=change))
    assert en in said(proposal.relief, findings(copy))
    assert zh in said(proposal.relief, findings(copy, "zh"))


@pytest.mark.parametrize(
    ("users", "grants", "en", "zh"),
    [
        (10, 90, "Grant needed 9.0 ten thousand yuan a year (full cost less user payments), grant secured 9.0", "所需补助9.0万元（完全成本减用户付费），已落实补助9.0万元"),
        (10, 70, "2.0 ten thousand yuan a year are not covered", "缺口2.0万元"),
        (120, 10, "No grant is needed", "无需补助：用户付费足以覆盖完全成本"),
    ],
)  # fmt: skip
def test_grants_needed_and_secured(copy, users, grants, en, zh):
    months = 12 if grants else 1

    def change(row):
        for name in ("renewal", "subsidies", "contract"):
            row[f"{name}_fen"] = 0
        back = grants / 10  # a tenth of what was granted went back: secured all the same
        for name, thousand in (
            ("cash_cost", 100), ("user_payments", users), ("appropriation", grants - back), ("returned", back),
        ):  # fmt: skip
            row[f"{name}_fen"] = round(thousand * 100_000 / months)
        return row

    rewritten(copy / "monthly.csv", change)
    assert en in said(proposal.grants, findings(copy))
    assert zh in said(proposal.grants, findings(copy, "zh"))


def test_without_a_verdict_nothing_is_said_of_failures():
    bare = SimpleNamespace(translate=translator("en"), verdict=lambda: None, folders={}, main=None)
    assert said(proposal.main_risk, bare) == "Main risk: not in these results"


def test_the_leanest_year_is_the_least_of_each_case(tmp_path):
    """Two cases of two years: 12 and 24 visits, and 36 and 6."""
    lines_ = ["case,replication,month,visits"]
    for replication, monthly in enumerate(((1, 2), (3, 0.5))):
        lines_ += [f"{OPTION},{replication},{m},{monthly[m // 12]}" for m in range(24)]
    (tmp_path / "monthly.csv").write_text("\n".join(lines_) + "\n", encoding="utf-8")
    told = {"command": "run", "option": OPTION}
    found = Findings({"run": Results(tmp_path, "run", told, scenario())}, OPTION, "en")
    assert found.leanest_year(OPTION, "visits").tolist() == [12, 6]


def test_no_failure_and_a_failure(copy):
    def told(failure):
        retold(copy, lambda told: told["verdicts"][OPTION].update(failure=failure))
        return said(proposal.main_risk, findings(copy)), said(proposal.main_risk, findings(copy, "zh"))

    assert told(None)[0] == "No case fails with the budgeted grants"
    found = told({"cause": "wait", "share": 0.4, "month": 12, "date": "2027-12"})
    assert found[0].endswith("in 40 % of cases, at the median in 2027-12")
    assert "40%" in found[1]


# Stress: the point at which the conclusion turns.


def stressed(place, breaks):
    """A folder of stresses as `opsim stress` tells it, with these breaking points."""
    results = results_of(place)
    verdict = results.told["verdicts"][OPTION]
    share = {"value": 0.5, "ci": [0.2, 0.8], "unit": "share", "undefined": 0.0}
    case = {
        "verdict": verdict,
        "outcomes": {"holds_with_grants": share, "gate_holds": share},
        "median": {"own_level_fiscal_cost": {"value": 250_000.0, "change": 12_345.0, "unit": "yuan a year"}},
    }
    told = {
        **{key: results.told[key] for key in ("seed", "replications", "years", "fixed", "engine", "version", "settings", "complete")},
        "option": OPTION, "reverse_replications": 10, "unstressed": case,
        "stresses": {stress.name: None if stress.name == "F7" else {**case, "breaks": breaks.get(stress.name, {"strength": None, "tried": 3.0, "settings": None})} for stress in BOX},
        "reasons": {"F7": {"en": "no operator could leave", "zh": "没有可退出的运营主体"}},
    }  # fmt: skip
    return Results(place, "stress", told, results.scenario)


def both(place, breaks, language):
    return put_together([results_of(place), stressed(place, breaks)], language)


@pytest.mark.parametrize("stress", BOX, ids=lambda stress: stress.name)
def test_every_stress_can_turn_the_conclusion(place, stress):
    if stress.name == "F7":
        return
    breaks = {stress.name: {"strength": 0.5, "tried": 3.0, "settings": stress.values(0.5)}}
    english, chinese_ = (
        said(robustness.reversal, both(place, breaks, language)) for language in ("en", "zh")
    )
    assert re.fullmatch(
        rf"If .*\d.*, the conclusion turns \({stress.name} .*, at 0\.50 times its strength\)", english
    )
    assert re.fullmatch(rf"若.*超过.*，结论反转（{stress.name} .*，为表列强度的0\.50倍）", chinese_)


@pytest.mark.parametrize(
    ("settings", "en", "zh"),
    [
        ({"shocks.demand": 0.9}, "demand falls by more than 10.0 %", "客流需求下降超过10.0%"),
        ({"shocks.wages": 1.093}, "wages rise by more than 9.3 %", "工资上涨超过9.3%"),
        ({"shocks.grants.delay": 1}, "grants come more than 1 month late", "补贴拖欠超过1个月"),
        ({"shocks.grants.delay": 2, "shocks.grants.cut": 0.09}, "grants come more than 2 months late and grants are cut by more than 9.0 %", "补贴拖欠超过2个月且补助削减超过9.0%"),
    ],
)  # fmt: skip
def test_beyond_what_it_turns(settings, en, zh):
    assert robustness.beyond(settings, translator("en")) == en
    assert robustness.beyond(settings, translator("zh")) == zh


def test_every_setting_of_the_box_has_words():
    assert {path for stress in BOX for path in stress.values(1)} == set(robustness.BEYOND)


def test_nothing_breaks_or_all_is_broken_or_nobody_looked(place):
    nothing = said(robustness.reversal, both(place, {}, "en"))
    assert nothing == "No stress of the box turns the conclusion, up to 3 times its strength"
    assert "没有一项压力使结论反转" in said(robustness.reversal, both(place, {}, "zh"))
    broken = {"F1": {"strength": 0.0, "tried": 3.0, "settings": {"shocks.demand": 1.0}}}
    assert said(robustness.reversal, both(place, broken, "en")).startswith("there is nothing to turn")
    unfinished = {stress.name: None for stress in BOX}
    assert "was not finished" in said(robustness.reversal, both(place, unfinished, "en"))
    assert "未完成" in said(robustness.reversal, both(place, unfinished, "zh"))


def test_the_nearest_point_is_the_one_told_and_a_trigger(place, unpainted):
    breaks = {
        "F1": {"strength": 0.8, "tried": 3.0, "settings": {"shocks.demand": 0.84}},
        "F3": {"strength": 0.4, "tried": 3.0, "settings": {"shocks.wages": 1.06}},
    }
    found = both(place, breaks, "zh")
    text = all_text(found)
    assert "主要风险：若工资上涨超过6.0%，结论反转" in text
    assert "工资上涨超过6.0%；客流需求下降超过16.0%" in text  # triggers, the nearest first
    table = said(robustness.stress_table, found)
    rows = {row.cells[0].split()[0]: row.cells for row in table.rows}
    assert rows["F1"][-1] == "0.80"
    assert rows["F2"][-1] == "3倍内未失效"
    assert rows["F7"][1] == "不适用"
    assert "F7不适用：没有可退出的运营主体" in table.note
    assert rows["F1"][4] == "25.0\n+1.2"


def test_stress_alone_says_what_would_fill_the_rest(place, unpainted):
    found = put_together([stressed(place, {})], "en")
    text = all_text(found)
    assert text.count("To fill it, run: opsim compare scenario.yaml") >= 7
    assert "Options side by side: these results do not hold it" in text
    assert "Verdict:" in text


def test_sensitivity_names_what_decides(place):
    results = results_of(place)
    paths = [row.path for row in robustness.judged(findings(place))][:2]
    for deciding, en, zh in (
        (paths, "of these one, other decide the conclusion", "其中甲、乙决定结论"),
        ([], "none of them decides the conclusion", "其中没有一项决定结论"),
    ):
        names = zip(deciding, ("one", "other"), ("甲", "乙"), strict=False)
        told = {
            **{key: results.told[key] for key in ("seed", "replications", "years", "fixed", "engine", "version", "settings")},
            "option": OPTION, "method": "oat",
            "verdict": {"deciding": [{"path": path, "title": {"en": one, "zh": two}} for path, one, two in names]},
        }  # fmt: skip
        for language, expected in (("en", en), ("zh", zh)):
            folder = Results(place / "figures", "sensitivity", told, results.scenario)
            found = replace(findings(place, language), folders={"compare": results, "sensitivity": folder})
            assert expected in said(robustness.assumptions, found)


@pytest.mark.parametrize(("count", "tables"), [(3, 1), (25, 0)])
def test_a_sweep_is_told_by_its_points(place, tmp_path, count, tables):
    results = results_of(place)
    title = {"en": "price of a coffee", "zh": "咖啡价格"}
    told = {
        **{key: results.told[key] for key in ("seed", "replications", "years", "fixed", "engine", "version")},
        "scenario": "book-house", "name": "book-house-sweep", "options": [OPTION], "settings": {"level": 0.95},
        "axes": [{"path": "services.cafe.price", "title": title}],
        "outcomes": {"own_level_fiscal_cost": {}, "gate_holds": {}},
    }  # fmt: skip
    lines_ = ["point,services.cafe.price,case,outcome,value,ci_low,ci_high,unit,kind"]
    for point in range(count):
        cost = 250_000 + 10_000 * point
        lines_ += [
            f"{point},{15 + point},{OPTION},own_level_fiscal_cost,{cost},{cost - 5000},{cost + 5000},yuan a year,mean",
            f"{point},{15 + point},{OPTION},gate_holds,1.0,0.4,1.0,share,probability",
        ]
    (tmp_path / "outcomes.csv").write_text("\n".join(lines_) + "\n", encoding="utf-8")
    sweep = Results(tmp_path, "sweep", told, results.scenario)
    found = put_together([results, sweep], "zh")
    text, *rest = said(robustness.points, found)
    assert (
        text.text
        == f"扫描的{count}个取值点中（1年期限），年均本级财政净支出（权责发生制）为25.0至{24 + count}.0万元。"
    )
    assert len(rest) == tables
    if rest:
        assert rest[0].heads == (
            "咖啡价格",
            "本级财政净支出（权责发生制）（万元/年）",
            "公益底线指标达标（%）",
        )
        assert rest[0].rows[1].cells == ("16", "26.0\n25.5至26.5", "100.0\n40.0至100.0")
    assert command(sweep) == (
        f"opsim sweep scenario.yaml --option {OPTION} --vary services.cafe.price=15:{14 + count}:{count} "
        "--replications 3 --years 1 --seed 1"
    )


def test_no_judgment_at_all(place, monkeypatch):
    monkeypatch.setattr(robustness, "judged", lambda found: [])
    assert (
        said(robustness.assumptions, findings(place))
        == "No uncertain parameter rests on expert judgment alone"
    )


def test_chance_only_is_said(copy, unpainted):
    retold(copy, lambda told: told.update(fixed=True))
    text = all_text(findings(copy, "zh"))
    assert "仅计随机性" in text
    assert "在设定参数区间内" not in text.replace("情形占比是设定参数区间内", "")


# Numbering, commands, bad input.


def test_numbers_of_headings_and_captions():
    blocks = [Heading("a"), Heading("b", 2), Heading("c", 3), Heading("d", 2), Heading("e"), Heading("f", 2),
              Heading("g", kind="annex"), Table("t", ("h",), (), (1,)), Heading("s", kind="plain")]  # fmt: skip
    shown_ = [getattr(block, "text", None) or block.caption for block in numbered(blocks, "zh")]
    assert shown_ == ["一、a", "（一）b", "1. c", "（二）d", "二、e", "（一）f", "附件一  g", "表1  t", "s"]
    english = [getattr(block, "text", None) or block.caption for block in numbered(blocks, "en")]
    assert english == [
        "1  a",
        "1.1  b",
        "1.1.1  c",
        "1.2  d",
        "2  e",
        "2.1  f",
        "Annex A  g",
        "Table 1  t",
        "s",
    ]
    assert [chinese(count) for count in (1, 10, 11, 20, 35)] == ["一", "十", "十一", "二十", "三十五"]


def test_a_table_with_a_wrong_row_is_refused():
    from opsim.report.document import Row  # noqa: PLC0415

    with pytest.raises(ValueError, match="must have 2 columns"):
        Table("t", ("a", "b"), (Row(("1",)),), (1, 1))


@pytest.mark.slow
def test_the_command_makes_the_folder_again(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(place / "scenario.yaml", "scenario.yaml")
    line = command(read(place)).split()
    assert line[:3] == ["opsim", "compare", "scenario.yaml"]
    assert main([*line[1:], "--out", "again", "--workers", "1", "--quiet"]) == 0
    for name in ("outcomes.csv", "replications.csv", "treasury.csv", "monthly.csv"):
        assert Path("again", name).read_bytes() == (place / name).read_bytes(), name


def refused(capsys, *words):
    assert main(["memo", *map(str, words), "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


def test_bad_input(place, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = refused(capsys, place, "memo.pdf")
    assert "memo.pdf is no file for a memo — a name ending in .docx or .html, after the folders" in said
    said = refused(capsys, "nowhere", tmp_path, "memo.txt")
    assert "memo.txt is no file" in said
    assert "nowhere: there is no such folder" in said
    assert "holds no results of opsim" in said
    assert "no results folder is named" in refused(capsys, "memo.docx")
    assert "also from opsim compare" in refused(capsys, place, place, "memo.docx")
    Path("memo.docx").write_text("by hand", encoding="utf-8")
    assert "there is a file memo.docx already" in refused(capsys, place, "memo.docx")
    assert Path("memo.docx").read_text(encoding="utf-8") == "by hand"
    assert [path.name for path in tmp_path.iterdir()] == ["memo.docx"]


def test_folders_of_other_scenarios_and_options_are_refused(place, copy, tmp_path, capsys):
    retold(copy, lambda told: told.update(command="run", option=OPTION))
    other = load("book-house", ["catchment.population=9999"])
    (copy / "scenario.yaml").write_text(dump(other), encoding="utf-8")
    seal(copy)
    said = refused(capsys, place, copy, tmp_path / "m.docx")
    assert "another version of the scenario: catchment.population" in said
    (copy / "scenario.yaml").write_text(dump(load("senior-canteen")), encoding="utf-8")
    seal(copy)
    assert "about Senior canteen, not Book house (staffed)" in refused(
        capsys, place, copy, tmp_path / "m.docx"
    )
    unlike = stressed(place, {})
    unlike.told["option"] = "contracted"
    with pytest.raises(InputError, match=r"about the option \['embedded'\], not contracted"):
        put_together([results_of(place), unlike], "en")


def test_a_memo_of_the_same_folder_is_the_same_to_the_byte(place, tmp_path, unpainted, monkeypatch):
    for name, years_on in (("one.docx", 0), ("other.docx", 3)):
        now = time.time() + years_on * 31_557_600
        monkeypatch.setattr(time, "time", lambda now=now: now)  # from which an archive dates its files
        assert main(["memo", str(place), str(tmp_path / name), "--lang", "zh", "--quiet"]) == 0
    assert (tmp_path / "one.docx").read_bytes() == (tmp_path / "other.docx").read_bytes()


def test_json_names_file_and_option(place, tmp_path, capsys, unpainted):
    file = tmp_path / "memo.html"
    assert main(["memo", str(place), str(file), "--format", "json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "file": str(file), "option": OPTION, "folders": [str(place)],
    }  # fmt: skip
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_place_that_cannot_be_written_to(place, tmp_path, capsys, unpainted):
    assert main(["memo", str(place), str(tmp_path / "no" / "memo.docx"), "--lang", "en"]) == 1
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_every_shipped_scenario_has_its_memo(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["compare", name, "--replications", "2", "--years", "1", "--out", "c", "--quiet"]) == 0
    for language, ending in (("zh", "docx"), ("en", "html"), ("zh", "html")):
        assert main(["memo", "c", f"{language}.{ending}", "--lang", language, "--quiet"]) == 0
    assert len(word_tables(tmp_path / "zh.docx")) == 11
    for language in ("en", "zh"):
        told = (tmp_path / f"{language}.html").read_text(encoding="utf-8")
        assert told.count("data:image/png") == 3
        words = re.findall(r"<p[ >].*?</p>|<li>.*?</li>|<td.*?</td>", told)
        assert [each for each in words if re.search(r"(?<!\w)(nan|None)(?![\w ])|[{}]", each)] == []
