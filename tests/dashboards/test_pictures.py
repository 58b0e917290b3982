"""Still pictures of charts: every figure the pages make becomes one, in its place, whatever its size."""

from __future__ import annotations

import re
from typing import Any

import pytest

from smartmoney.store.db import Store
from smartmoney.widgets import palette
from smartmoney.widgets.components import ChartPanel
from smartmoney.widgets.document.charts.picture import Picture, picture
from smartmoney.widgets.document.charts.scales import scale, written
from smartmoney.widgets.document.parts import renderer
from smartmoney.widgets.figures import (
    band,
    bars,
    dates,
    dollars,
    figure,
    filled,
    line,
    lying,
    words,
)
from tests.kit.page_views import Make, page, parts


def kinds(drawn: Picture) -> list[str]:
    return [shape["kind"] for shape in drawn.shapes]


def of(drawn: Picture, kind: str) -> list[dict[str, Any]]:
    return [shape for shape in drawn.shapes if shape["kind"] == kind]


def inside(drawn: Picture) -> None:
    """Nothing lies outside of the picture."""
    for shape in drawn.shapes:
        for key in ("x", "x1", "x2"):
            assert -0.01 <= shape.get(key, 0) <= 100.01, shape
        for key in ("y", "y1", "y2"):
            assert -1 <= shape.get(key, 0) <= drawn.height + 1, shape
        for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", shape.get("points", "")):
            assert -1 <= float(x) <= 1_001 and -1 <= float(y) <= drawn.height + 1


@pytest.mark.parametrize("name", ["overview", "trader", "market", "validation"])
def test_every_chart_of_the_pages_becomes_a_picture(made: Make, seen: Store, name: str) -> None:
    charts = [part for part in parts(page(made, seen, name).root) if isinstance(part, ChartPanel)]
    drawn = [picture(chart.figure, chart.height) for chart in charts if chart.figure]
    assert drawn and all(len(one.shapes) > 3 for one in drawn)
    for one in drawn:
        inside(one)
    assert "<svg" in renderer().part(next(chart for chart in charts if chart.figure))


def test_a_line_goes_from_edge_to_edge_and_up_where_it_rises() -> None:
    made = figure([line([0, 1, 2], [1.0, 2.0, 4.0], palette.GAIN)], showlegend=False)
    points = of(picture(made, 200), "line")[0]["points"].split()
    across, down = zip(*(map(float, point.split(",")) for point in points), strict=True)
    assert across == (0, 500, 1_000) and down[0] > down[1] > down[2]
    assert of(picture(made, 200), "line")[0]["colour"] == "var(--gain)"


def test_bars_stand_on_zero_and_are_as_long_as_their_values() -> None:
    drawn = picture(figure([bars(["a", "b"], [10, -5])], xaxis=words(), yaxis=dollars()), 300)
    up, down = of(drawn, "bar")
    assert up["height"] == pytest.approx(2 * down["height"]) and up["y"] + up["height"] == down["y"]
    assert up["colour"] == "var(--gain)" and down["colour"] == "var(--loss)"


def test_bars_of_several_tiers_are_stacked_on_both_sides() -> None:
    two = [bars(["d"], [4], colour="#111111"), bars(["d"], [6], colour="#222222")]
    drawn = picture(figure(two, barmode="relative", xaxis=words(), yaxis={}), 300)
    first, second = of(drawn, "bar")
    assert second["y"] + second["height"] == pytest.approx(first["y"])
    flat = [lying([3], ["S"], colour="#111111"), lying([-3], ["S"], colour="#222222")]
    right, left = of(picture(figure(flat, barmode="relative", yaxis=words()), 300), "bar")
    assert left["x"] + left["width"] == pytest.approx(right["x"])
    assert left["width"] == pytest.approx(right["width"])


def test_a_band_lies_between_its_bounds_and_an_area_reaches_zero() -> None:
    area = of(picture(figure(band([0, 1], [1, 1], [3, 3])), 200), "area")
    assert len(area) == 1 and len(area[0]["points"].split()) == 4
    ground = filled([0, 1], [5, 5], palette.GAIN, alpha=0.1)
    drawn = picture(figure([ground]), 200)
    foot = max(float(point.split(",")[1]) for point in of(drawn, "area")[0]["points"].split())
    zero = next(rule for rule in of(drawn, "rule") if rule["zero"])
    assert foot == pytest.approx(zero["y"], abs=0.1)


@pytest.mark.parametrize(
    "more", [{}, {"width": 3_600_000}, {"width": 3_600_000, "offset": 0}], ids=str
)
def test_the_outer_bars_of_a_time_axis_are_drawn_whole(more: dict[str, float]) -> None:
    hours = [f"2026-11-27T0{at}:00:00Z" for at in range(3)]
    drawn = picture(figure([bars(hours, [1.0, 3.0, 2.0], **more)], xaxis={"type": "date"}), 200)
    found = of(drawn, "bar")
    assert len(found) == 3
    assert all(one["x"] >= 0 and one["x"] + one["width"] <= 100 + 1e-9 for one in found)
    assert min(one["width"] for one in found) > 10


def test_one_value_and_equal_values_are_drawn() -> None:
    for values in ([5.0], [5.0, 5.0], [0.0, 0.0], [-3.0]):
        inside(picture(figure([line(list(range(len(values))), values, palette.GAIN)]), 200))


def test_names_across_leave_room_for_each_other_and_names_down_all_stand() -> None:
    days = [f"2026-0{at}-01" for at in range(1, 9)]
    across = of(picture(figure([bars(days, [1.0] * 8)], xaxis=words()), 200), "word")
    assert [one["words"] for one in across if one["words"] in days] == days[::2]
    down = of(picture(figure([lying([1.0] * 8, days)], yaxis=words(), xaxis={}), 200), "word")
    assert [one["whole"] for one in down if "whole" in one] == days


def test_what_strangers_wrote_stays_text_in_a_picture() -> None:
    hostile = "</text><script>alert(1)</script>"
    chart = ChartPanel(
        title=hostile, figure=figure([lying([1.0], [hostile])], yaxis=words(), xaxis=dollars())
    )
    text = str(renderer().part(chart))
    assert "<script" not in text and "&lt;script&gt;" in text


@pytest.mark.parametrize(
    "value, axis, said",
    [
        (2_000, {"tickprefix": "$", "tickformat": "~s"}, "$2k"),
        (-2_500_000, {"tickprefix": "$", "tickformat": "~s"}, "−$2.5M"),
        (0.25, {"tickformat": ".0%"}, "25%"),
        (40, {"ticksuffix": "¢"}, "40¢"),
        (0, {"tickprefix": "$", "tickformat": "~s"}, "$0"),
    ],
)
def test_values_are_written_with_sign_unit_and_size(value: float, axis: Any, said: str) -> None:
    assert written(value, axis) == said


def test_marks_are_round_few_and_inside() -> None:
    for low, high in ((0, 7), (-3, 1_234_567), (0.401, 0.409), (-1, 1)):
        marks = scale({}, [low, high]).marks()
        assert 2 <= len(marks) <= 6 and all(-0.001 <= at <= 1.001 for at, _ in marks)
    days = scale(dates(), ["2026-01-01", "2026-12-31"]).marks()
    assert [words for _, words in days][0] == "Jan 2026" and len(days) == 5
