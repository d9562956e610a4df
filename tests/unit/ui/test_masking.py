"""What is masked, and what stays."""

import pytest

from policyqa.ui.masking import is_card_number, is_identity_number, masked

# The example of GB 11643-1999 and card numbers that issuers publish for tests.
IDENTITY = "11010519491231002X"
CARD = "6222021234567894"


@pytest.mark.parametrize(("text", "kept"), [
    (f"我的身份证是{IDENTITY}，能落户吗", "我的身份证是〔身份证号〕，能落户吗"),
    ("１１０１０５１９４９１２３１００２Ｘ", "〔身份证号〕"),
    ("110105 19491231 002x", "〔身份证号〕"),
    ("110105 1949 1231 002X。", "〔身份证号〕。"),
    ("老证110105491231002", "老证〔身份证号〕"),
    ("电话13812345678", "电话〔手机号〕"),
    ("电话 138-1234-5678，微信同号", "电话 〔手机号〕，微信同号"),
    ("+86 138 1234 5678", "〔手机号〕"),
    ("+8613812345678", "〔手机号〕"),
    ("１３８１２３４５６７８", "〔手机号〕"),
    ("护照E12345678和EA1234567", "护照〔护照号〕和〔护照号〕"),
    ("我的护照号是：x", "我的护照号是：x"),
    ("护照号：AB123456", "护照〔护照号〕"),
    ("发到zhang.san+hr@example.com.cn吧", "发到〔邮箱〕吧"),
    (f"卡号{CARD}", "卡号〔银行卡号〕"),
    ("4111 1111 1111 1111", "〔银行卡号〕"),
    ("6222-0212-3456-7894", "〔银行卡号〕"),
    ("13812345678和13912345678", "〔手机号〕和〔手机号〕"),
])  # fmt: skip
def test_what_names_a_person_is_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize("text", [
    "渝府发〔2021〕15号",
    "人才资源总量650万人，其中高技能人才179.5万人",
    "110105194912310021",  # check digit does not hold
    "110105194913310029",  # no such day
    "6222021234567890",  # Luhn does not hold
    "咨询电话023-12345678",
    "2025-01-01至2026-12-31",
    "91500000MA5U123456",  # 统一社会信用代码
    "12345678901234567890",
    "0000000000000000",
    "经费1381234.5678万元",
    "编号X13812345678",
    "",
])  # fmt: skip
def test_ordinary_numbers_stay(text: str) -> None:
    assert masked(text) == text


def test_checksums_by_hand() -> None:
    assert is_identity_number(IDENTITY)
    assert not is_identity_number("110105194912310020")
    assert is_card_number("79927398713")  # Luhn's textbook example
    assert not is_card_number("79927398710")


def test_what_is_masked_is_masked_once() -> None:
    once = masked(f"{IDENTITY} 13812345678 a@b.cn {CARD} E12345678")
    assert masked(once) == once
    assert not any(c.isdigit() for c in once)
