"""The side panel's forms as HTML: what a reader thinks of an answer, what is missing, sharing."""

from policyqa.ui.chat.language import say
from policyqa.ui.chat.render import escape, inline
from policyqa.ui.store.types import MAX_COMMENT_CHARS, REASONS

SHARED = "拿到链接的人都能看到这个问题和回答。"
UNSHARED = "生成链接后，拿到链接的人都能看到这个问题和回答；现在还没有人能看到。"
THANKS = "谢谢，已经记下。"
PRIVACY = "请不要写身份证号、电话等个人信息；写了也会先遮去再保存。"


CLOSE = f'<button type="button" class="close" data-open="close">{say("关闭")}</button>'


def framed(name: str, inside: str) -> str:
    """A panel with a heading and a button that closes it."""
    return (
        f'<section class="source form" aria-label="{say(name)}"><div class="bar">'
        f'<h2 tabindex="-1">{say(name)}</h2>{CLOSE}'
        f"</div>{inside}</section>"
    )


def judgement_form(turn: int) -> str:
    """Asks why an answer was of no use."""
    reasons = "".join(
        f'<label class="choice"><input type="checkbox" name="reasons" value="{value}">'
        f"<span>{say(name)}</span></label>"
        for value, name in REASONS.items()
    )
    return framed(
        "哪里不好？",
        f'<form data-send="down-{turn}"><fieldset><legend>{say("可以多选")}</legend>'
        f"{reasons}</fieldset>"
        f"{_comment('还想说什么（可以不填）')}{_send('提交')}</form>",
    )


def gap_form(turn: int, question: str) -> str:
    """Asks what the documents should say."""
    return framed(
        "请补充文件",
        f'<p class="remark">{say("我们会把这个问题转给工作人员：{}", inline(question))}</p>'
        f'<form data-send="gap-{turn}">{_comment("想补充的情况（可以不填）")}'
        f"{_send('提交')}</form>",
    )


def share_form(turn: int, address: str) -> str:
    """Makes a public address for an answer, or shows it with the button that takes it away."""
    if not address:
        return framed(
            "分享这个回答",
            f'<p class="remark">{say(UNSHARED)}</p>'
            f'<form data-send="share-{turn}">{_send("生成链接")}</form>',
        )
    return framed(
        "分享这个回答",
        f'<p class="remark">{say(SHARED)}</p><p class="address"><input '
        f'type="text" readonly aria-label="{say("分享链接")}" data-address="{escape(address)}" '
        f'value="{escape(address)}"></p>'
        '<div class="foot"><button type="button" data-copy="address">'
        f"{say('复制链接')}</button></div>"
        f'<form data-send="unshare-{turn}">{_send("停止分享")}</form>',
    )


def told(name: str, words: str) -> str:
    """A panel that says one thing, in words of ours."""
    return framed(name, f'<p class="remark" role="status">{say(words)}</p>')


def _comment(label: str) -> str:
    return (
        f'<label class="comment"><span>{say(label)}</span><textarea name="comment" rows="4" '
        f'maxlength="{MAX_COMMENT_CHARS}"></textarea></label><p class="hint">{say(PRIVACY)}</p>'
    )


def _send(words: str) -> str:
    return f'<div class="foot"><button type="submit" class="turn">{say(words)}</button></div>'
