"""Cells of the register: corrected, signed and taken out, in the files, with a line of the log."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import Engine

from policyqa.index.conditions.types import Branch, Leaf, Node
from policyqa.index.errors import SourceError
from policyqa.qa.errors import RegisterError, meaning
from policyqa.qa.register import shelf
from policyqa.qa.register.examining import place_of
from policyqa.qa.register.marking import Marker
from policyqa.qa.register.renewing import proposals
from policyqa.qa.register.types import FIELDS, Cell, Condition, Programme, Signature
from policyqa.ui.programmes.held import Held
from policyqa.ui.store.accounts import Account
from policyqa.ui.store.audit import Act, note
from policyqa.ui.store.transactions import Store, transaction

READ: Act = "programme_read"
CHANGED = "这一格在您打开之后有改动，请核对后再签。"
NO_CELL = "没有这一格，请从登记册重新打开。"
REVIEW = "这一格的原文有变（{}），不能签；请在登记册首页重新读出。"
NOT_OF_A_FORM = {"quote", "signed", "tree", "purpose", "others", "months", "attribute", "rank"}


class Place(NamedTuple):
    """A cell as a form names it: programme, field, number in it, and the seal that was shown."""

    programme: str
    field: str
    number: int
    seal: str


class Signing(Store):
    """Who changes the register of a service. Signing and dropping raise `RegisterError` where the
    cell is not there any more, is another one than was shown, or cannot be so.

    Args:
        engine: of the log.
        held: the register.
        marker: gives what marks sentences, when files are read.
    """

    def __init__(
        self, engine: Engine, held: Held, marker: Callable[[], Marker | None] = lambda: None
    ) -> None:
        super().__init__(engine)
        self._held = held
        self._marker = marker
        self._turn = threading.Lock()

    def sign(self, account: Account, place: Place, form: Mapping[str, str]) -> None:
        """Sign a cell as a form has it. What was signed before and says something else now is a
        new version of the programme."""
        with self._turn:
            programme, cell = self._at(place)
            standing = self._held.now().standings.of(cell)
            if standing.state == "review":
                raise RegisterError(REVIEW.format(standing.because))
            said = corrected(cell, form)
            changed = said.seal != cell.seal
            time = datetime.now(UTC).isoformat(timespec="milliseconds")
            signature = Signature(by=account.shown, time=time, seal=said.seal)
            now = said.model_copy(update={"signed": signature})
            details = {"text": now.text} | ({"was": cell.text} if changed else {})
            again = changed and cell.is_signed
            self._put(account, place, programme, [now], "cell_signed", details, again=again)

    def drop(self, account: Account, place: Place) -> None:
        """Take a cell out; a signed one out of a new version."""
        with self._turn:
            programme, cell = self._at(place)
            details, again = {"was": cell.text}, cell.is_signed
            self._put(account, place, programme, [], "cell_dropped", details, again=again)

    def read(self, account: Account, sources: Sequence[str]) -> int:
        """Read programmes out of these files; cells whose words stand as they did stay
        as they are. How many programmes are new or have a new version.

        Raises:
            RegisterError: there is no such file.
        """
        with self._turn:
            now = self._held.now()
            try:
                corpus, marker = now.standings.corpus, self._marker()
                found = list(proposals(corpus, now.shelf, sources, marker))
            except SourceError as error:
                raise RegisterError(str(error)) from error
            new = [each.now for each in found if each.now]
            with transaction(self._engine) as session:
                for programme in new:
                    shown = f"第 {programme.version} 版"
                    note(session, self._now(), account.name, READ, programme.id, place=shown)
                session.flush()
                for programme in new:
                    shelf.write(self._held.folder, programme)
        return len(new)

    def _at(self, place: Place) -> tuple[Programme, Cell]:
        programme = self._held.now().shelf.of(place.programme)
        cells = getattr(programme, place.field, ()) if place.field in FIELDS else ()
        if not 0 <= place.number < len(cells):
            raise RegisterError(NO_CELL)
        cell: Cell = cells[place.number]
        if cell.seal != place.seal:
            raise RegisterError(CHANGED)
        return programme, cell

    def _put(
        self,
        account: Account,
        place: Place,
        programme: Programme,
        instead: Sequence[Cell],
        act: Act,
        details: Mapping[str, str],
        *,
        again: bool,
    ) -> None:
        cells = list(getattr(programme, place.field))
        cells[place.number : place.number + 1] = instead
        version = programme.version + 1 if again else programme.version
        now = programme.model_copy(update={place.field: tuple(cells), "version": version})
        where = place_of(place.field, place.number)
        with transaction(self._engine) as session:  # no file without its line, nor the other way
            note(session, self._now(), account.name, act, programme.id, place=where, **details)
            session.flush()
            shelf.write(self._held.folder, now)


def corrected(cell: Cell, form: Mapping[str, str]) -> Cell:
    """A cell as a form has it.

    Raises:
        RegisterError: a field of it cannot be so.
    """
    said: dict[str, Any] = cell.model_dump()
    for name in set(said) - NOT_OF_A_FORM:
        if name in form:
            value = " ".join(form[name].split()) if name != "text" else form[name].strip()
            said[name] = None if name in ("amount", "cap") and not value else value
    if isinstance(cell, Condition):
        said["tree"] = _marked(cell.tree, form, iter(range(10_000))).model_dump()
    try:
        return type(cell).model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        label = {"text": "文字", "amount": "金额", "cap": "最高", "unit": "单位"}
        name = str(first["loc"][0])
        raise RegisterError(f"{label.get(name, name)}{meaning(first)}") from error


def _marked(node: Node, form: Mapping[str, str], numbers: Any) -> Node:
    """A tree whose leaves are marked as a form has them, by their order: settled by their limit
    alone (`whole-N`), or left to the office (`office-N`)."""
    if isinstance(node, Branch):
        parts = tuple(_marked(part, form, numbers) for part in node.parts)
        return node.model_copy(update={"parts": parts})
    number = next(numbers)
    office = f"office-{number}" in form
    kept: Any = node.mark if node.mark == "exception" else ""
    whole = bool(node.attribute) and f"whole-{number}" in form
    return Leaf.model_validate(
        {**node.model_dump(), "mark": "office" if office else kept, "whole": whole}
    )
