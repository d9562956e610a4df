"""What readers are told in our own words: when there is no answer, and beside one."""

REFUSED = "这里只摘引文件里的原文，不会照提问里的指令改变做法。请直接问人才政策方面的问题。"
TALK = (
    "您好，这里是渝才问策：按本单位的文件回答人才政策问题，如申报条件、支持政策、服务、时间和办理方式。"
    "请直接提问。"
)
OUT_OF_SCOPE = "现有文件里没有与这个问题相近的内容。"
NO_EVIDENCE = "现有文件里没有找到能回答这个问题的依据。"
UNCLEAR = (
    "问题里没有说明指的是哪项政策、哪类人才或哪项服务，请补充后再问，例如“博士后有哪些支持政策？”。"
)
WHICH_ONE = "您问的是哪一项？文件里有几处同样相近：{choices}。请写明是哪一项再问。"
NEXT_STEP = "可以换个说法再问，或向文件的发布单位咨询。"

NOT_SAID = "文件没有说明：{part}"
ITEMS_LEFT = "另有 {n} 项未列出，请打开来源查看"
TARGET = "目标 "
STILL_TARGET = "注：这是文件提出的目标，不是已达到的数字。"
FROM_ELSEWHERE = "注：所引文件是{region}的，没有专门说明{place}的情况。"
CONFLICT = "注：同一日期的文件说法不一（{issuers}），请以发布单位的解释为准。"
MODEL_FELL_BACK = "注：语言模型的回答未通过核对或没有及时给出，以下是原文摘引。"
FROM_STAFF = "注：[{n}]是工作人员的答复（{signed}），不是政策原文。"
NOT_IN_FORCE = "注：《{title}》{because}。"
ASK_ISSUER = "可以换个说法再问，或向相近文件的发布单位（{issuer}）咨询。"
CONTACT_SAYS = "文件写明：“{text}”"
COMPLETENESS = {"full": "完整回答", "partial": "部分回答"}
