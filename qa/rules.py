"""The families of rules between a question and its answer, by name, and what each does.

Each can be left out (`Assistant(..., without=…)`), so that `policyqa eval rules` can show what it
is worth. A rule that is worth nothing outside the documents it was written for has no place here.
"""

from collections.abc import Collection, Mapping

from policyqa.qa.errors import SettingsError

RULES: Mapping[str, str] = {
    # how a question is read
    "spelling": "按读音、字形改成文件里的词",
    "glossary": "英文问题补上中文词",
    "other_names": "口语和简称另按文件里的叫法查",
    "followups": "接着上一问的话补全",
    "own": "补全的问题里，这次问的词算得更重",
    "order": "对助手下的指令不理会",
    "talk": "问候和闲谈不去查",
    "bare": "什么都没说的问题反问",
    # what it asks for
    "expectation": "问的是哪类答案（金额、时间、人数…），句子里要有",
    "headings": "问的是哪一项（条件、材料、流程…），标题要对",
    "classes": "只说别的类别（硕士、购房、A类…）的句子不用",
    "years": "问到年份的，年份要对",
    "editions": "问到第几届、第几批的，要对",
    "places": "问到地方的，地方要对",
    "document_number": "问文号时文号算内容",
    "itself": "问文件本身（文号、谁发的、哪天发的、何时到期）的，用文件的信息答",
    "negated": "问不要什么、谁不能的，只用说不的句子",
    "list": "要一串事项的，给整张清单",
    "steps": "问怎么办的，给步骤",
    "verdict": "问能不能的，先说可以、不可以",
    "ruling": "问能不能、要不要的，由判断模型判断条款的意思",
    "circumstances": "说了自己情况的，逐条对照文件的条件",
    "yes_no": "问是不是的，带上后面的例外",
    "target": "问目标的，目标不另加说明",
    "versions": "问新旧规定的，两份都列",
    "parts": "几问并作一问的、几样相比的，逐个去查，说出没有答到的",
    # how sentences are found and ordered
    "inherited": "句子前面的话也算它的",
    "says_nothing": "只有标题、日期、引语的句子不用",
    "questions": "文件里的问句不作答，由后面的答句来说",
    "rows": "问到表里某一行的，别的行不用",
    "replaced": "被替代的文件排在新文件后面",
    # how the answer is put together
    "named": "整个问一件事、标题点名了它的，用标题下的内容答",
    "one_region": "一个答案只用一个地区的文件",
    "leads": "清单前面的引语（有下列情形之一的：）一并说",
    "timeline": "同一个数的其他时间一并列出",
    "targets": "目标与现状分开说",
    "counterparts": "比较的另一方也找一句",
    "compared_places": "几个地方的规定列成表",
    "following": "接着清单、例外的下一句一并说",
    "ambiguity": "几项同样相近的，反问是哪一项",
    "missing": "说出没有答到的部分",
    "deixis": "今年、本届、该区注明所指",
    "out_of_scope": "相近内容都没有的，说不在范围内",
}


def checked(names: Collection[str]) -> frozenset[str]:
    """The names, if all of them are rules.

    Raises:
        SettingsError: one is not.
    """
    unknown = sorted(set(names) - RULES.keys())
    if unknown:
        raise SettingsError(f"没有名为 {unknown[0]} 的规则，可用：{'、'.join(RULES)}")
    return frozenset(names)
