"""What readers are told when there is no answer."""

NO_EVIDENCE = "现有文件里没有找到能回答这个问题的依据。"
UNCLEAR = (
    "问题里没有说明指的是哪项政策、哪类人才或哪项服务，请补充后再问，例如“博士后有哪些支持政策？”。"
)
NEXT_STEP = "可以换个说法再问，或向文件的发布单位咨询。"
