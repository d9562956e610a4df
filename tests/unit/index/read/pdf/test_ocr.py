"""Recognition of images: how findings become lines, and once the real thing."""

import numpy as np
import pytest

from policyqa.index.read.pdf import ocr
from policyqa.index.read.pdf.ocr import Seen, evened, lines_seen


def test_pieces_of_one_row_share_it_and_points_are_scaled() -> None:
    lines, dropped = lines_seen(
        [
            Seen("第二行", 20, 60, 80, 80, 0.9),
            Seen("右", 200, 12, 220, 32, 0.9),
            Seen("左", 20, 10, 40, 30, 0.9),
        ],
        page=3,
        scale=2.0,
    )
    assert [(line.text, line.row, line.x0, line.x1) for line in lines] == [
        ("左", 0, 10.0, 20.0),
        ("右", 0, 100.0, 110.0),
        ("第二行", 1, 10.0, 40.0),
    ]
    assert {line.page for line in lines} == {3}
    assert dropped == 0


def test_unsure_and_empty_lines_are_counted() -> None:
    seen = [
        Seen("清楚", 0, 0, 40, 20, 0.5),
        Seen("模糊", 0, 40, 40, 60, 0.49),
        Seen(" ", 0, 0, 1, 1, 1),
    ]
    lines, dropped = lines_seen(seen, page=1, scale=1.0)
    assert [line.text for line in lines] == ["清楚"]
    assert dropped == 2


def test_size_is_measured_on_long_lines_and_evened() -> None:
    long = Seen("一二三四五六七八九十", 0, 0, 300, 40, 0.9)
    short = Seen("标题", 0, 100, 140, 190, 0.9)
    lines, _ = lines_seen([long, long._replace(x1=310), short], page=1, scale=1.0)
    assert lines[0].size == pytest.approx(30.0)
    even = evened(lines, lines)
    assert even[0].size == even[1].size
    assert even[2].size == pytest.approx(0.78 * 90)


def test_nothing_seen() -> None:
    assert lines_seen([], page=1, scale=1.0) == ([], 0)
    assert evened([], []) == []


def test_available_says_whether_the_extra_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "find_spec", lambda name: None)
    assert not ocr.available()
    monkeypatch.setattr(ocr, "find_spec", lambda name: object())
    assert ocr.available()


def test_rapidocr_sees_nothing_on_white_and_words_on_black_letters() -> None:
    pytest.importorskip("rapidocr")
    recognise = ocr.load()
    page = np.full((200, 600, 3), 255, np.uint8)
    assert list(recognise(page)) == []
    cv2 = pytest.importorskip("cv2")
    cv2.putText(page, "POLICY 2026", (40, 120), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 4)
    (seen,) = recognise(page)
    assert seen.text.replace(" ", "") == "POLICY2026"
    assert seen.confidence > 0.8
    assert 20 < seen.x0 < 60
