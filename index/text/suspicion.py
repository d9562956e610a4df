"""Words in a document that address an assistant: possible injection, for staff to look at.

Nothing here changes what is stored or answered: a document is data, whatever it says.
"""

import re

MAX_SHOWN_CHARS = 60
MAX_WARNINGS = 5
ADDRESSES = re.compile(
    r"(忽略|无视|忘记|不要理会|不必遵守)(掉)?(你)?(以上|上述|上面|之前|此前|前面|先前|所有|一切|任何)[^。；\n]{0,12}"
    r"(指令|指示|提示|提示词|要求|规则|设定|内容)"
    r"|(从现在(开始|起)|接下来)[,，]?\s*你(是|将|要|必须|只能|扮演)"
    r"|你(现在)?是(一个|一名)?\S{0,8}(助手|机器人|语言模型|大模型|AI|人工智能)"
    r"|(作为|身为)(一个|一名)?(AI|人工智能|智能|语言|大)?(助手|助理|语言模型|大模型)[,，]?\s*(你|请|必须|应当?|不要)"
    r"|(AI|人工智能|智能|问答)?(助手|机器人|模型)(请|务必|必须|应当?)[^。；\n]{0,12}(回答|回复|输出|告诉|推荐|声称)"
    r"|(系统|隐藏|初始)提示词?\s*[:：]|(输出|泄露|显示|打印)[^。；\n]{0,8}(系统提示|提示词|密钥|口令)"
    r"|(ignore|disregard|forget|override)\s+(all\s+|any\s+|the\s+|your\s+)*"
    r"(previous|prior|above|earlier|system)[\w\s]{0,20}(instruction|prompt|rule|message)"
    r"|you are (now )?(an?|the) [\w\s]{0,20}(assistant|chatbot|AI\b|language model)"
    r"|system prompt|<\|(im_start|im_end|system|user|assistant|endoftext)\|>|\[/?INST\]|<</?SYS>>"
    r"|^\s*(system|assistant)\s*[:：]",
    re.IGNORECASE | re.MULTILINE,
)


def warnings_of(text: str) -> tuple[str, ...]:
    """A line for staff for each of the first few places where a text addresses an assistant."""
    found = list(ADDRESSES.finditer(text))
    shown = [f"疑似对助手的指令，只作引文：“{_around(text, m.start())}”" for m in found]
    more = len(shown) - MAX_WARNINGS
    rest = [f"另有 {more} 处疑似指令"] if more > 0 else []
    return (*shown[:MAX_WARNINGS], *rest)


def _around(text: str, start: int) -> str:
    line = text[start : start + MAX_SHOWN_CHARS].split("\n")[0]
    return line.strip()
