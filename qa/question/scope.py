"""Why there is no answer: not a question for these documents, or one on which they are silent."""

import re
from collections.abc import Mapping

from policyqa.index.text.suspicion import ADDRESSES
from policyqa.index.text.words import normalise

# Orders that a reader gives to the assistant itself, beside those that texts give it.
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
UNKNOWN = 0.7  # share of the question's bigrams, by rarity, from which no document speaks of it
TALK_UNKNOWN = 0.9
NEAR = 0.1  # share of them near the best sentence, below which nothing is near
ELSEWHERE = 0.5  # share of the question's places that the evidence is not about


def is_order(query: str) -> bool:
    """Whether a question tells the assistant how to behave instead of asking something."""
    return bool(ORDERS.search(query) or ADDRESSES.search(query))


def is_talk(query: str, unknown: float = 0.0) -> bool:
    """Whether somebody only talks: nothing else is said, or nothing that any document speaks of.

    Args:
        query: the question.
        unknown: share of its bigrams that no document has, where that is known.
    """
    plain = normalise(query)
    if ALL_TALK.fullmatch(plain):
        return True
    return unknown >= TALK_UNKNOWN and TALK.search(plain) is not None


def is_out_of_scope(features: Mapping[str, float]) -> bool:
    """Whether nothing near the question is in the documents, or only of another place.

    Args:
        features: as `qa.retrieve.confidence.features` gives them.
    """
    if features["place_missing"] >= ELSEWHERE:
        return True
    return features["unknown"] >= UNKNOWN and features["near_bigrams"] < NEAR
