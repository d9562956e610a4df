"""What readers are told in our own words: when there is no answer, and beside one."""

from collections.abc import Mapping
from typing import Literal

# By `types.NoteKind`, with a `{}` for each part. `ui/chat/english.toml` has the English.
NOTES: Mapping[str, str] = {
    # in place of an answer
    "refused": "这里只摘引文件里的原文，不会照提问里的指令改变做法。请直接问人才政策方面的问题。",
    "talk": (
        "您好，这里是渝才问策：按本单位的文件回答人才政策问题，如申报条件、支持政策、服务、时间和办理方式。"
        "请直接提问。"
    ),
    "thanks": "好的，不客气。还想了解哪项政策，请随时接着问。",
    "who": (
        "我是渝才问策，一个查询程序，不是真人：只从本单位的文件里找依据，摘引原文作答。请直接提问。"
    ),
    "noted": "记下了：{}。想知道哪一项能不能申请、要什么条件，请接着问。",
    "unclear": (
        "问题里没有说明指的是哪项政策、哪类人才或哪项服务，请补充后再问，例如“博士后有哪些支持政策？”。"
    ),
    "which_one": "您问的是哪一项？文件里有几处同样相近：{}。请写明是哪一项再问。",
    "out_of_scope": "现有文件里没有与这个问题相近的内容。",
    "no_evidence": "现有文件里没有找到能回答这个问题的依据。",
    "near": "内容相近的有：{}。",
    "next_step": "可以换个说法再问，或向文件的发布单位咨询。",
    "ask_issuer": "可以换个说法再问，或向相近文件的发布单位（{}）咨询。",
    "contact": "文件写明：“{}”",
    # beside an answer
    "items_left": "另有 {} 项未列出，请打开来源查看",
    "not_said": "没有找到：{}",
    "target": "注：这是文件提出的目标，不是已达到的数字。",
    "elsewhere": "注：所引文件是{}的，没有专门说明{}的情况。",
    "conflict": "注：同一日期的文件说法不一（{}），请以发布单位的解释为准。",
    "model_fell_back": "注：语言模型的回答未通过核对或没有及时给出，以下是原文摘引。",
    "staff": "注：[{}]是工作人员的答复（{}），不是政策原文。",
    "difference": "注：{}与{}相差{}，由引用的两个数字相减得出，不是文件原文。",
    "not_in_force": "请注意：《{}》{}。",
    "doubtful": "以下是文件里最接近的内容，未必正是您问的，请核对原文：",
    "tell_more": "注：还要看：{}",
    "is_it_so": "注：还要看这一条是不是您的情况：“{}”",
    "self_check": "注：这是按您说的情况对照的自测，没有说到的条件没有算进去，以主管部门认定为准。",
    # of an answer that an earlier version kept, as it stands
    "other": "{}",
}
# Notes to what asks nothing of documents.
SMALL_TALK: tuple[Literal["talk", "thanks", "who"], ...] = ("talk", "thanks", "who")
# How a verdict stands before an answer, where its name alone says too little or too much.
VERDICTS = {"符合": "符合文件列出的条件"}
TARGET = "目标 "
# What an answer leaves open is said; that one is whole, nobody can know.
COMPLETENESS = {"partial": "部分回答"}
# Notes that stand above an answer: who reads no further must know it.
ABOVE = frozenset({"not_in_force", "doubtful"})
