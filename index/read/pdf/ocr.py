"""Text in images: rapidocr behind a Protocol, and its findings as lines of a page.

rapidocr: PP-OCR for Chinese as ONNX, weights inside the wheel, no network, no PaddlePaddle.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from statistics import median
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from policyqa.index.read.pdf.glyphs import closed_up, ems
from policyqa.index.read.pdf.lines import PdfLine

Image = NDArray[np.uint8]
"""Height × width × 3, blue first, as OpenCV has it."""

MIN_CONFIDENCE = 0.5
MAX_THREADS = 2
SAME_SIZE = 0.22
MIN_MEASURED_EMS = 6.0
BOX_TO_EM = 0.78
SAME_ROW = 0.5


class Seen(NamedTuple):
    """One line that was recognised, with its box in pixels and a confidence from 0 to 1."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    confidence: float


class Recogniser(Protocol):
    """Reads the lines of text in one image, in any order."""

    def __call__(self, image: Image) -> Sequence[Seen]: ...


class RapidRecogniser:
    """rapidocr with two threads, without its log."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def __call__(self, image: Image) -> Sequence[Seen]:
        found = self._engine(image, use_cls=False)
        if found.boxes is None or found.txts is None:
            return []
        return [
            _seen(box, text, score)
            for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        ]


def available() -> bool:
    """Whether the ocr extra is installed. Imports nothing."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def load() -> Recogniser:
    """The recogniser with the weights of its wheel; about 1.5 s.

    Raises:
        ImportError: the ocr extra is not installed.
    """
    from rapidocr import RapidOCR  # heavy: 1 s and 200 MB, for scans only

    engine = RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": MAX_THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Global.log_level": "critical",
        }
    )
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    return RapidRecogniser(engine)


def _seen(box: NDArray[np.float32], text: str, score: float) -> Seen:
    xs, ys = box[:, 0], box[:, 1]
    return Seen(
        text, float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()), float(score)
    )


def lines_seen(seen: Sequence[Seen], *, page: int, scale: float) -> tuple[list[PdfLine], int]:
    """What was recognised as pieces of rows in points, and how many were too unsure to keep.

    Args:
        scale: pixels a point.
    """
    sure = [s for s in seen if s.confidence >= MIN_CONFIDENCE and s.text.strip()]
    ordered = sorted(sure, key=lambda s: s.top + s.bottom)
    lines: list[PdfLine] = []
    row, middle = -1, float("-inf")
    for one in ordered:
        here, high = (one.top + one.bottom) / 2, one.bottom - one.top
        if here - middle > SAME_ROW * high:
            row, middle = row + 1, here
        lines.append(_line(one, page, row, scale))
    return lines, len(seen) - len(sure)


def _line(seen: Seen, page: int, row: int, scale: float) -> PdfLine:
    text = closed_up(seen.text)
    em = BOX_TO_EM * (seen.bottom - seen.top)
    if ems(text) >= MIN_MEASURED_EMS:
        em = min(em * 1.3, max(em * 0.7, (seen.x1 - seen.x0) / ems(text)))
    base = seen.bottom - 0.22 * (seen.bottom - seen.top)
    return PdfLine(
        text=text,
        x0=seen.x0 / scale,
        x1=seen.x1 / scale,
        base=base / scale,
        size=em / scale,
        page=page,
        row=row,
    )


def evened(lines: Sequence[PdfLine], among: Sequence[PdfLine]) -> list[PdfLine]:
    """Lines whose measured size is about the usual one of all pages given exactly that."""
    if not among:
        return list(lines)
    usual = round(median(line.size for line in among for _ in line.text), 1)
    return [
        replace(line, size=usual) if abs(line.size - usual) <= SAME_SIZE * usual else line
        for line in lines
    ]
