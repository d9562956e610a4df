"""Who changed what, when: written in the transaction of the change itself, and never changed."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from policyqa.index.types import Value
from policyqa.ui.store.tables import AuditRow
from policyqa.ui.store.transactions import transaction

Act = Literal[
    "account_added", "account_renamed", "password_changed", "second_set", "second_reset",
    "account_disabled", "account_enabled",
    "logged_in", "log_in_failed", "locked", "logged_out",
    "reviewed",
    "document_added", "document_withdrawn", "document_restored", "metadata_corrected",
    "answer_drafted", "answer_discarded", "answer_signed", "change_done", "change_failed",
    "gap_given", "gap_released",
    "purged", "imported",
    "judged", "reported", "shared", "unshared",
    "token_added", "token_revoked",
    "cell_signed", "cell_dropped", "programme_read",
]  # fmt: skip
ACTS: dict[Act, str] = {
    "account_added": "新增账号", "account_renamed": "更改显示名",
    "second_set": "设两步验证", "second_reset": "撤去两步验证",
    "password_changed": "更改密码", "account_disabled": "停用账号",
    "account_enabled": "恢复账号", "logged_in": "登录", "log_in_failed": "登录失败",
    "locked": "暂时锁定", "logged_out": "退出", "reviewed": "审阅",
    "document_added": "放入文件", "document_withdrawn": "撤下文件", "document_restored": "恢复旧版",
    "metadata_corrected": "更正信息", "answer_drafted": "起草答复", "answer_discarded": "删去草稿",
    "answer_signed": "签发答复", "gap_given": "安排缺口", "gap_released": "取消安排",
    "change_done": "改动完成", "change_failed": "改动失败",
    "purged": "清除问答", "imported": "放入导出的数据",
    "judged": "评价回答", "reported": "请求补充文件", "shared": "分享回答", "unshared": "停止分享",
    "token_added": "新增令牌", "token_revoked": "吊销令牌",
    "cell_signed": "签登记册", "cell_dropped": "去掉登记册的一格",
    "programme_read": "从文件读出登记册的一项",
}  # fmt: skip
COMMAND = "命令行"  # who, where it was done at a terminal
READER = "读者"  # who, of what is done on the chat page, where nobody has a name
CLOCK = "到期自动"  # who, where nobody did it
STRANGER = "（没有这个账号）"


class Entry(Value):
    """One line of the log. `time` is UTC in ISO 8601."""

    id: int
    time: str
    who: str
    act: str
    what: str
    details: dict[str, object]


def note(
    session: Session, time: datetime, who: str, act: Act, what: str = "", **details: object
) -> None:
    """Write a line in the transaction of the change that it tells of."""
    moment = time.isoformat(timespec="milliseconds")
    session.add(AuditRow(time=moment, who=who, act=act, what=what, details=details))


def latest(engine: Engine, *, count: int, before: int | None = None) -> list[Entry]:
    """The newest lines, newest first; older than line `before` where it is given."""
    wanted = select(AuditRow).order_by(AuditRow.id.desc()).limit(count)
    if before is not None:
        wanted = wanted.where(AuditRow.id < before)
    with transaction(engine) as session:
        return [
            Entry.model_validate({name: getattr(row, name) for name in Entry.model_fields})
            for row in session.scalars(wanted)
        ]
