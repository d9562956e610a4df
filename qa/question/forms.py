"""The forms that questions have: what is asked, told by how it is asked. One table, read once a
question by `asked.understood`; what texts must hold to answer stands with the reader of texts.
"""

import re
from typing import Literal, get_args

from policyqa.index.text.numerals import TENS

Kind = Literal[
    "fee",
    "money",
    "percent",
    "phone",
    "address",
    "date",
    "year",
    "day",
    "age",
    "count",
    "material",
    "duration",
    "definition",
    "procedure",
    "",
]

Want = Literal[
    "list",  # several things: 有哪些, 什么条件
    "steps",  # how something is done, in its order
    "verdict",  # whether something may be done, had or counted in
    "yes_no",  # whether something is so
    "opposite",  # whether something is not so: 不用交吗
    "target",  # what is to be reached
    "versions",  # what a new rule changes in the old one
    "document_number",  # 文号
    "negated",  # what is not needed, who may not: 不需要什么材料, 哪些人不能申请
    "order",  # nothing: it tells the assistant how to behave
    "talk",  # nothing: a greeting, a joke, and nothing else
    "thanks",  # nothing: thanks, or a word that says as little
    "who",  # who answers
    "chat",  # it holds words of talk, beside others
    "bare",  # nothing that could be looked for: 怎么申请?
]

# ---- What kind of answer, the first that fits: a number names its unit more often than not, a time
# its grain.
NUMERAL = rf"(\d+(\.\d+)?|[{TENS}两百千]+)"
COUNTED = "人名位家所项个条种类款门支场次批部件届倍座栋套间篇本处期轮级步"
_HOW_MANY = "(多少|好多|几多)"
_ASKS: tuple[tuple[Kind, str], ...] = (
    ("phone", r"电话|热线|手机号|联系方式|联系人|微信号|邮箱|传真|phone|e-?mail"),
    ("address", r"网址|网站|链接|下载|哪下|公众号叫|website|\burl\b|download"),
    ("age", r"年龄|多少岁|几岁|周岁|多大年纪|\d岁.*(能|可以|行|符合)|how old|\bage\b"),
    (
        "money",
        rf"{_HOW_MANY}(万|亿|个亿)?(元|块|钱|资金|奖金|补贴|补助|资助|津贴|经费|贷款|奖励|工资|薪|租金)"
        r"|几(万|亿|百|千)(元|块|钱)|发钱|给钱吗|值多少钱"
        r"|(补贴|补助|资助|奖金|奖励|津贴|租金|工资|月薪|年薪|薪酬|费用|报名费|额度|金额|价格|房租|安家费|经费|资金"
        rf"|标准)[^,。?，？]{{0,6}}({_HOW_MANY}|多高|怎么算|是什么标准)(?!万?[{COUNTED}])"
        r"|最(高|多)(可以|能|可)?(贷|拿|领|补|奖|给)[^,。?]{0,4}(多少|好多)"
        r"|how much (money|subsid|fund)",
    ),
    ("percent", r"利率|百分之几|百分比|比例|比率|占比|占.{0,12}多少|增长了?(多少|几)|同比"),
    (
        "material",
        r"(什么|哪些|哪几样|啥子?|那些)(申请|申报)?(材料|资料|证明|手续|证件)|要交(什么|哪些)|准备(什么|哪些)",
    ),
    (
        "duration",
        r"多久|多长时间|几[天晚夜]|多少[天晚夜]|几个?(月|年)(?!份)|多少(年|个月)|好久(能|可以|才)|期限|有效期"
        r"|how long",
    ),
    ("fee", r"收费|免费|要钱|花钱|交钱|free of charge"),
    ("year", r"哪一?年|几几年|何年|(what|which) year"),
    (
        "day",
        r"哪一?天|几月几|几号|哪一?日|几月|哪(一|个)月|多少号|what (date|day)|which (day|date)",
    ),
    (
        "date",
        r"什么时[候间]|啥子?时候?|何时|哪阵|几点|截止|时间是|日期|多会儿|好久(开|举|召|启|办|印|发|成|建)"
        r"|when\b|deadline",
    ),
    (
        "count",
        rf"{_HOW_MANY}|(?<!哪)几(百|千|万|亿|成|[{COUNTED}])|数量|总数|总量|人数|规模(是|有)"
        r"|how many|number of|how much",
    ),
    (
        "definition",
        r"什么是|^[“\"《]?[^的,，“”]{2,16}[”\"》]?(?<!条件)(?<!材料)(?<!资料)(?<!要求)(?<!流程)(?<!程序)(?<!标准)(?<!电话)(?<!地址)(?<!内容)(?<!对象)(?<!范围)(?<!目标)是(什么|啥)\??$|是什么意思|(?<![各别])指的?是?(什么|啥)|定义|含义|(怎么|如何)界定|[什啥]么?叫"
        r"|meaning of",
    ),
    (
        "procedure",
        r"(怎么|咋个?|如何|怎样|啷个)(去|来)?(申请|申报|办理|报名|申领|领取|参加|报)|流程|手续|apply",
    ),
)
ASKS = tuple((kind, re.compile(pattern, re.I)) for kind, pattern in _ASKS)
ASKED_UNIT = re.compile(rf"(?:多少|好多|几多|几)(?:百|千|万|亿|来|余|多)*(人次|人|[{COUNTED}])")
HOW_MANY, UNIT_NAMED = (
    re.compile(_HOW_MANY),
    re.compile(rf"{_HOW_MANY}(?:百|千|万|亿|来|余|多)*[{COUNTED}]"),
)

# ---- Several things, steps, permission, time
ASKS_LIST = re.compile(
    rf"哪些|哪几|有什么|有啥|哪[{TENS}]+[个类种项大方条]|包括什么|分(为|成)?(哪|几)|几(种|类|个方面|大)"
    r"|什么(样的)?(情况|情形|条件|材料|资料|政策|措施|服务|待遇|支持|要求|流程|步骤|手续|好处|权益|任务|内容|福利|优惠)"
    r"|(要|需要?|得|准备|提交|提供|满足|具备)(满足|具备|提交|提供|准备|带|交)?(些)?(什么|啥|哪些)"
    r"|(条件|材料|流程|步骤|要求|待遇|内容)(是|有)?(什么|啥|呢)?[?？。]?$"
    r"|what (are|kinds|documents|conditions|benefits)",
    re.I,
)
ASKS_STEPS = re.compile(r"怎么|如何|咋|流程|步骤|程序|手续|怎样|how (do|to|can)", re.I)
ASKS_VERDICT = re.compile(
    r"(能不能|可不可以|可否|能否|是否(可|能|允许|享受|有资格|符合|属于)|行不行|有没有资格|允不允许|算不算"
    r"|够不够(?!用)|够条件|够格|给不给|符不符合|成不成)"
    r"|(?<!只)(能|可以|可|允许|享受|有资格|适用)[^?,，。多几哪什怎]{1,40}(吗|么|嘛|不)[?。!]?$"
    r"|[^?]{2,}(可以|行|能行|允许)(吗|么|嘛|不)[?。!]?$|^(can|may|is it possible|am i)\b",
    re.I,
)
YES_NO = re.compile("是否|[吗么嘛][?。!]?$|(.)不\\1")
# What is answered by yes or no, as people ask it.
CLOSED = re.compile(
    r"是否|能否|可否|(?<![什怎多])[吗么嘛](?:$|[?。!,，])|[不没否](?:有)?[?。!]?$|([\u4e00-\u9fff])[不没]\1"
    r"|有没有|有无|^(?:can|may|am|is|are|do|does|will|must)\b",
    re.I,
)
A_NOT_A = re.compile(r"([\u4e00-\u9fff]{1,2})[不没]\1")
# Who asks so asks the opposite of what he names: yes and no would be taken for each other.
OPPOSITE = re.compile(r"不(?:能|可以(?!吗)|得|用|需要|算|是|要)|会不会(?:被|取消)")
# What follows a word of permission and makes an open question of it.
OPEN = re.compile("哪些|什么|多少|怎么|如何|几[个年月天次项种]|谁|哪里|何时")
NEGATED_QUESTION = re.compile(r"不能|不可以(?!吗)|不得|会不会(被|取消)|要不要|需不需要")
ASKS_TARGET = re.compile(
    r"目标|规划|计划|到(?:20\d\d|[“\"]?十[四五六]五)|要(?:达|增|做|引|培|占|建|提(?![交供])|到)"
    r"|力争|拟|将(?:要|会|达)|打算|预期|预计|will|target|plan",
    re.I,
)
ASKS_VERSIONS = re.compile(
    r"新[老旧]|[老旧原](?:的)?(?:办法|政策|规定|标准|版)|(?:跟|和|与|比起?|较)(?:以前|之前|过去|原来|从前|去年)"
    r"|(?:以前|之前|过去|原来)(?:的|是|相比)|有(?:什么|哪些|没有|无)?(?:变化|调整|不同|修改)|(?:改|调整|修订)了(?:什么|哪|多)"
)
EITHER = re.compile("能不能|可不可以")
_WHICH = "(?:哪些|哪几|哪[种类]|何种|(?<![为凭])什么(?!时)|(?<![为凭])啥(?!时)|谁)"
_NEEDLESS = "(?:不需要?|不用|无需|不必|可以免|能免)"
_BARRED = (
    "(?:不能|不可以|不得|不[让给准许予]|不享受|不适用|不符合|不算|不纳入|不包括|不受理|没资格"
    "|[拿领]不到)"
)
ASKS_NEGATED = re.compile(
    rf"{_NEEDLESS}再?(?:提交|提供|交|带|准备|出具|办)?{_WHICH}"
    rf"|{_WHICH}[^,，。?？]{{0,8}}(?:{_NEEDLESS}|{_BARRED})"
    rf"|{_BARRED}[^,，。?？]{{0,6}}{_WHICH}"
)
# What texts hold that say so.
DENIES = re.compile(
    "不(?![同断仅少限动]|低于|少于|小于)|无需|无须|毋需|免|禁|停[发止]|除外|取消|终止|撤销|未|没有|只"
)
ASKS_NUMBER = re.compile("文号|发文|几号文|编号")

# Of a document itself, by the field of its metadata that says it.
_WHEN = "(?:是?(?:在|从)?(?:什么时[候间]|啥时候?|何时|哪一?年|哪一?天|几号|几月几[号日]))"
_MADE = "(?:印发|发布|出台|颁布|下发|公布|制定|发文|成文)"
ASKS_ITSELF: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(pattern))
    for field, pattern in (
        (
            "doc_number",
            r"的?(?:文号|发文字?号|文件编号)(?:是?(?:什么|多少|几号|啥))?[?？。]?|是?几号文[?？。]?",
        ),
        (
            "issuer",
            rf"是?(?:由?谁|由?[哪什][个家些么]?(?:部门|单位|机关|机构))(?:联合)?{_MADE}的?[?？。]?$"
            rf"|是谁发的[?？。]?$|的?{_MADE}(?:单位|机关|部门|机构)(?:是|叫)?(?:谁|什么|哪[个家]?)?[?？。]?$",
        ),
        (
            "date",
            rf"{_WHEN}(?:正式)?(?:{_MADE}|发)(?:出来)?的?[?？。]?$|的?{_MADE}(?:时间|日期)(?:是{_WHEN}?)?[?？。]?$",
        ),
        (
            "expires",
            rf"{_WHEN}(?:会|就)?(?:到期|过期|失效|截止有效)的?[?？。]?$|的?有效期(?:是|到|至|有)*(?:{_WHEN}|多久|多长|几年|多少年)?[?？。]?$",
        ),
        (
            "effective",
            rf"{_WHEN}(?:开始|起)?(?:正式)?(?:施行|实施|生效|执行)的?[?？。]?$|的?(?:施行|实施|生效|执行)(?:时间|日期)(?:是{_WHEN}?)?[?？。]?$",
        ),
    )
)
ASKS_WHICH_FILE = re.compile(
    "(?:什么|哪个|哪份|啥)文件|是(?:什么|啥)[?？。]?$|叫什么|(?:讲|说|管)的?是?什么"
)

FORMS: tuple[tuple[Want, re.Pattern[str]], ...] = (
    ("list", ASKS_LIST),
    ("steps", ASKS_STEPS),
    ("target", ASKS_TARGET),
    ("versions", ASKS_VERSIONS),
    ("document_number", ASKS_NUMBER),
    ("negated", ASKS_NEGATED),
)

# ---- What is asked of a thing, and the headings under which it stands
# One line a kind: what a question calls it, and the headings under which it stands.
KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked), re.compile(heading))
    for asked, heading in (
        ("材料|资料|证件|手续", "材料|资料|要件"),
        ("条件|资格|要求|哪些人|什么人|谁(可以|能)|对象", "条件|资格|要求|对象|范围"),
        (
            "流程|程序|步骤|环节|几步|一步一步|怎么(办|申|报|领|走|补)|如何(办|申|报|领|补)|咋个?(办|申)",
            "流程|程序|步骤|环节|办理方式|申报方式|补办",
        ),
        (
            "标准|多少钱|多少(万)?元|金额|额度|能领多少|补(贴|助)多少",
            "标准|金额|额度|补贴|资助|奖励",
        ),
        ("时间|什么时候|何时|几号|截止|期限|多久", "时间|期限|时限|日期"),
        ("地点|地址|在哪|哪里(办|交|领)", "地点|地址|窗口"),
        ("电话|热线|联系|咨询", "电话|联系|咨询"),
        ("收费|要钱|费用", "收费|费用"),
        ("措施|举措|做法", "措施|举措|做法"),
        ("服务|待遇|权益|福利|优惠", "服务|待遇|权益|福利|优惠|保障"),
        ("支持|政策|扶持", "支持|政策|扶持|保障"),
        ("任务|重点", "任务|重点"),
        ("目标|指标", "目标|指标"),
        ("问题|困难|不足|短板", "问题|困难|不足|短板|挑战"),
        ("成效|成果|成就", "成效|成果|成就|亮点"),
        ("原则", "原则"),
        ("情况|情形", "情形|情况"),
        ("活动", "活动"),
        ("职责|义务|责任", "职责|义务|责任|管理|监督"),
    )
)  # fmt: skip
# Kinds of which a list under one is no answer to another: materials, conditions, steps.
APART = KINDS[:3]

# ---- Parts of one question
SPLIT = re.compile(
    r"[,，;；?？。]|(?<=[少么时候里儿谁些样])[、和]|以及|还有|另外|同时|并且|并(?=[有在由怎多什哪])"
)
ASKING = re.compile(
    r"[咋啥]|怎样|能不能|可不可以|是不是|要不要|有没有|多少|好多|(?<![好十])几(?=[年月天日号个家名位项次种类条期届批岁点周])|什么|哪|谁|怎么|如何|何时|何地|多久|多长|多大|多高|吗$|呢$"
)
WHERE = re.compile(r"哪里|哪儿|什么地方|在哪|地点|何地")

# ---- No question for the documents
ORDERS = re.compile(
    r"(忘掉|忘记|抛开|别管)(掉)?(你)?(之前|以前|前面|以上|上述|上面)[^。?？]{0,8}(设定|规则|指令|要求|身份)"
    r"|从现在(开始|起)[^。?？]{0,12}(你|回答)|你现在是[^。?？]{0,16}(模式|身份|角色)"
    r"|(没有任何|不受任何|解除|绕过|突破)(的)?(限制|约束)"
    r"|(不要?用?|不再|别)(看|查|管|参考)(任何)?(资料|文件|原文|依据)"
    r"|(打印|输出|复述|显示|告诉我)[^。?？]{0,10}(系统提示|提示词|内部指令)"
    r"|(只|直接)(回复|回答|输出)[“\"']"
    r"|(ignore|disregard)\s+(all|any|the|your)\b[\w\s]{0,24}(instructions?|documents?|rules?|above)"
    r"|reply only with|developer mode|jailbreak",
    re.IGNORECASE,
)
TALK = re.compile(
    r"你好|您好|哈喽|嗨|早上好|下午好|晚上好|晚安|再见|拜拜|在吗|谢谢|多谢|感谢你|辛苦(了|啦)"
    r"|笑话|唱首歌|聊聊天|心情|天气|你是谁|你叫什么|你(会|能)(做|干)?(什么|啥)"
    r"|hello|\bhi\b|thank|goodbye|good (morning|night)",
    re.IGNORECASE,
)
ALL_TALK = re.compile(
    rf"(?:{TALK.pattern}|[呀啊哦呢吗啦了吧,，.。!！?？~～\s]|今天|怎么样|请问)+", re.IGNORECASE
)

# Words that thank, agree or wait, and those that ask who answers; a clause with one of them asks
# nothing about policy unless it asks something besides (`ASKS_ANYTHING`).
THANKS = re.compile(
    r"谢|辛苦|麻烦你了|好[的嘞吧哒]|^好$|懂了|明白|知道了|了解了|清楚了|记下|收到|^[行嗯哦噢]+$|哈哈|等[一]?下|稍等|等会"
    r"|不用了|^没(?:有)?了$|没(?:别的)?问题了|真棒|厉害|太好了|先这样|就这样|^ok(?:ay)?$|thank",
    re.IGNORECASE,
)
WHO = re.compile(
    r"你(?:到底)?是(?:谁|什么人|啥)|你叫什么|真人|机器人|人工客服|是不是(?:ai|人工智能)"
    r"|who are you|are you (?:a )?(?:human|robot|bot)",
    re.IGNORECASE,
)
# What goes on from thanks and tells nothing either.
LEAVES = re.compile(
    r"^(?:那)?(?:我|咱)们?(?:先|再|就|去|回去?|拿|记|转告|商量|考虑|看看|问问|想想)"
)
ASKS_ANYTHING = re.compile(
    r"[吗么呢]|多少|几|什|啥|怎|咋|哪|如何|能(?!干)|可以|是否|有没有|多久|条件|材料|\d"
)

# ---- A question that leans on an earlier one
# What points back at an earlier turn.
CONTINUES = re.compile(r"^(那么?|那|还有|以及|其中|另外|此外|and |what about |how about )", re.I)
ENDS_OPEN = re.compile(r"呢[?!。\s]*$")
PRONOUN = re.compile(
    r"(他们|她们|它们|他|她|它|这个|那个|这些|那些|这种|这项|该项|前者|后者"
    r"|上述|上面|刚才|这里面|那里面|这里|那里)"
)
# What can be asked of a thing, and is no thing of its own: 那申请条件呢?
ATTRIBUTE = re.compile(
    r"(?:申请|办理|申报|报名|审批|补贴|第[^,，]{1,3}[个条项点类样种])?"
    r"(?:条件|要求|材料|资料|流程|程序|手续|时间|日期|期限|地点|地址|待遇|标准|对象|范围|金额|额度|电话|费用|方式|办法|名额)?"
)

# All that somebody may have, which depends on who he is: 我能享受什么?, 有哪些补贴我可以申请?
_GIVEN = (
    "(?:(?:政策|待遇|补贴|补助|津贴|奖励|资助|优惠|福利|服务|支持|扶持|好处|项目|东西|名堂)"
    "(?:(?:和|、|或)(?:政策|待遇|补贴|服务|优惠))?)"
)
_ALL = "(?:都|到底|究竟|现在|目前|还)*(?:有)?(?:哪些|哪样|哪种|什么|啥|些什么|些啥|多少种?)"
_MAY = "(?:到底|究竟|现在|目前|都|还)*(?:能够?|可以|可|会|应该|有资格|有权)*"
_HAVE = "(?:享受|享有|申请|申领|申报|领取?|拿|得|获得|符合|够得?上?|用)(?:得?到|上)?(?:了)?"
_ME = "(?:像)?(?:我们?|咱们?|本人|个人|我这(?:种|样的?)(?:情况|人|条件)?|我的情况|我家)"
DUE = re.compile(
    "(?:你好|您好|请问|想问问?|那么?|麻烦问下|[,，。!！?？ ])*"
    f"(?:{_ME}{_MAY}{_HAVE}{_ALL}(?:的)?{_GIVEN}?|{_ALL}(?:的)?{_GIVEN}(?:是)?{_ME}{_MAY}{_HAVE})"
    "(?:条件)?[的吗呢呀啊哦吧了,，。!！?？ ]*"
)

# ---- One value: which kinds are one
# Kinds of answer that are one value, and another one for another programme.
VALUES = frozenset(get_args(Kind)) - {"material", "definition", "procedure", ""}
