"""Tables are readable in any width: nothing is cut, and no word or number is broken that has room on a line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from opsim.report.document import Row, Table
from opsim.report.render.grid import BREAKABLE
from opsim.report.sections import outcomes_table, side_by_side
from opsim.study.run import Comparison
from tests.report.printing import printed


def squeezed(text):
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_results_in_a_narrow_window(result, language, width):
    wide = printed(outcomes_table.blocks(result, language), 400)
    narrow = printed(outcomes_table.blocks(result, language), width)
    tables = narrow[narrow.index("\n", narrow.rindex("· ")) :]
    lines = [line for line in tables.splitlines() if line[:1] not in "±"]
    assert max(map(cell_len, lines[:-3])) <= width
    numbers = re.findall(r"[+−]?\d[\d,.]* ± [\d,.]+", wide)
    assert len(numbers) > 50
    for number in numbers:
        assert number in narrow
    assert min(len(line.split()[0]) for line in lines if line.split()) >= 1
    single = [line for line in lines if len(line.strip()) == 1]
    assert len(single) <= 2, single


@pytest.mark.parametrize("language", ["en", "zh"])
def test_options_side_by_side_in_a_narrow_window(result, language):
    compared = Comparison((result,))
    narrow = printed(side_by_side.blocks(compared, language), 40)
    assert not [line for line in narrow.splitlines() if re.fullmatch(r"\s*\w\s*", line)]


words = st.text(st.sampled_from("abcd 等候时间"), min_size=1, max_size=30).map(str.strip)
grids = st.integers(2, 6).flatmap(
    lambda columns: st.lists(st.lists(words, min_size=columns, max_size=columns), min_size=1, max_size=4)
)


@given(grids, st.integers(20, 100), st.booleans())
def test_no_word_is_broken_and_nothing_lost(rows, width, collapse):
    heads = tuple(f"h{place}" for place in range(len(rows[0])))
    said = printed([Table("", heads, tuple(Row(tuple(row)) for row in rows), tight=collapse)], width)
    assert max(map(cell_len, said.splitlines())) <= width
    for row in rows:
        for cell in row:
            for word in cell.split():
                if re.search("[abcd]", word):
                    assert cell_len(word) > min(BREAKABLE, width - 8) or word in said
    letters = sorted("".join(cell for row in rows for cell in row).replace(" ", ""))
    heads = re.sub(r"h\d(: |：)?", "", said)
    assert sorted(re.sub(r"[\s─：]|: ", "", heads)) == letters
