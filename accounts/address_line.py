"""Reads a whole address line, as people copy it out of a chat or another shop.

It only helps: what it finds is shown in the form, and checked there like anything
typed. What it is not sure of it leaves out. Why it is our own: docs/decisions/0008.
"""

import re
import unicodedata
from dataclasses import dataclass

from accounts import identifiers, region_reader
from accounts.region_reader import Spot

LONGEST = 300
FIELDS = ("recipient", "phone", "province", "city", "district", "street")

#: Marks of our own in the text; `_folded` leaves no such character of the line's.
PHONE_WAS, REGION_WAS, NAME_IS_NEXT = "\x01", "\x02", "\x03"
MARKS = PHONE_WAS + REGION_WAS + NAME_IS_NEXT

PHONES = tuple(
    re.compile(
        rf"(?<![\d*])(?:\(?(?:\+|00)?86\)?[\s-]*)?(?P<number>{number})"
        r"(?:\s?(?:转|-|#|ext\.?|x)\s?(?P<extension>\d{1,6})(?![\d号室栋楼]))?(?!\d)",
        re.IGNORECASE,
    )
    for number in (
        # The best one first: a mobile phone, a landline, a hotline.
        r"1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|1[3-9]\d{2}[\s-]?\d{3}[\s-]?\d{4}",
        r"\(?0\d{2,3}\)?[\s-]?\d{3,4}[\s-]?\d{4}",
        r"[48]00[\s-]?\d{3,4}[\s-]?\d{3,4}",
    )
)
#: A phone with its middle hidden, an identity card, a postcode in brackets.
USELESS = re.compile(
    r"(?<!\d)(?:1\d{2}\*{4}\d{4}|\d{17}[\dX])(?!\d)|\(\d{6}\)", re.IGNORECASE
)
POSTCODE = re.compile(r"\d{6}")

NAME_LABEL = r"(?:(?:收货|收件|联系)人(?:姓名)?|姓名|名字|收|recipient|consignee|name)"
OTHER_LABEL = (
    r"(?:(?:收货|收件|联系)?人?(?:手机号码|手机号|手机|电话号码|电话|联系方式|地址)|座机|固话|"
    r"(?:所在|收货|收件)?(?:地区|区域)|省市区县?|省份|城市|区县|(?:详细|街道|家庭)地址|住址|"
    r"身份证号?码?|邮政编码|邮编|postcode|zip(?: code)?|phone|mobile|tel|address)"
)
#: With a colon anywhere; without one where a word begins and ends; the plainest ones
#: also where a word begins.
LABEL = re.compile(
    rf"(?:(?P<name>{NAME_LABEL})|{OTHER_LABEL})\s*[:=]"
    rf"|(?<![^\s,;|])(?:(?P<bare_name>{NAME_LABEL})|{OTHER_LABEL})(?=\s)"
    r"|(?<![^\s,;|])(?:(?:收货|收件|联系|详细)?地址|(?P<glued_name>(?:收货|收件|联系)人))",
    re.IGNORECASE,
)
NOISE = re.compile(
    r"中国|中华人民共和国|(?:p\.?\s?r\.?\s?)?china|寄到|送到|发到|收货信息|收件信息|默认|备用|收|男|女",
    re.IGNORECASE,
)
#: Between the parts of a line. A space within English words does not part them, nor
#: does the stroke of 12/F.
BETWEEN = re.compile(
    r"[\n,;|]+|(?<![A-Za-z0-9])/|/(?![A-Za-z0-9])|(?<![!-~])\s+|\s+(?![!-~])"
)

HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
HONORIFIC = r"(?:先生|女士|小姐|太太|老师|同学|师傅|经理)"
SURNAME = (
    r"(?:欧阳|司马|上官|诸葛|东方|尉迟|公孙|慕容|司徒|令狐|皇甫|夏侯|端木|"
    r"[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于"
    r"杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫段雷龙黎"
    r"史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪辛柯庄温牛樊葛邢安齐庞颜倪章鲁俞"
    r"毕聂纪焦关包柳祝左耿岳凌霍阮舒韩])"
)
#: "李雷[1234]": the number that other shops add to hide the phone.
NAME = re.compile(
    rf"(?:{HAN}{{2,4}}|{HAN}{{1,4}}{HONORIFIC}|{HAN}+(?:[·•・]{HAN}+)+|[A-Z][A-Z .'-]+)"
    r"(?:[\[(]\d{2,6}[\])])?",
    re.IGNORECASE,
)
KNOWN_NAME = re.compile(
    rf"(?:{SURNAME}{HAN}{{1,2}}|{HAN}{{1,4}}{HONORIFIC})(?!{HAN})|{HAN}+[·•・]|[A-Z]",
    re.IGNORECASE,
)
#: The end of a street or a place, and never of a name.
PLACE_END = re.compile(
    r".*(?:[路街巷弄号室栋幢层座村镇乡区县市省州院店厂厦]|大道|大楼|花园|公寓|单元|驿站|公司"
    r"|\b(?:road|rd|street|st|avenue|ave|lane|room|building|district|city|province)\.?)",
    re.IGNORECASE,
)
#: "…3栋501李雷": a street and a name without anything between them.
GLUED = re.compile(rf"(.*[号室楼层栋幢座户\d])\(?({SURNAME}{HAN}{{1,2}}?)收?\)?")
IN_BRACKETS = re.compile(r"^\(([^()]*)\)$")
RECEIVES = re.compile(r"\s*\(收\)$|(?<=..)收$")


@dataclass(frozen=True)
class Guess:
    """What a line seems to say; a part that was not found is empty."""

    recipient: str = ""
    phone: str = ""
    #: Of a landline, or of a number that hides the real one.
    extension: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """What was found, by the names of the form's fields.

        A phone is stored without its extension; that goes where the courier reads it.
        """
        extension = f"转{self.extension}" if self.extension else ""
        street = " ".join(filter(None, (self.street, extension)))
        found = {name: getattr(self, name) for name in FIELDS}
        return {
            name: text for name, text in (found | {"street": street}).items() if text
        }

    @property
    def missing(self) -> tuple[str, ...]:
        """What was not found, by the same names."""
        return tuple(name for name in FIELDS if not getattr(self, name))


def read(line: str) -> Guess:
    """Return what the line says about recipient, phone and place. It never raises."""
    text, phone, extension = _without_phones(_folded(line))
    text = LABEL.sub(_break, text)
    spot = region_reader.find(text, MARKS)
    parts = _parts(text, spot)
    recipient = _take_labelled_name(parts) or _take_name(parts)
    place = (*(spot.place if spot else ()), "", "", "")
    return Guess(
        recipient=RECEIVES.sub("", recipient),
        phone=phone,
        extension=extension,
        province=place[0],
        city=place[1],
        district=place[2],
        street=_street(parts),
    )


def _folded(line: str) -> str:
    """Write the line with half-width digits and signs, without control characters."""
    return "".join(
        "\n" if c in "\r\n\t\v\f" else " " if c.isspace() else c
        for c in unicodedata.normalize("NFKC", line)[:LONGEST]
        if c.isspace() or not unicodedata.category(c).startswith("C")
    )


def _without_phones(text: str) -> tuple[str, str, str]:
    """Return the text with a mark for each phone, the best of them, its extension."""
    found: list[tuple[str, str]] = []

    def take(match: re.Match[str]) -> str:
        stored = identifiers.any_phone(match["number"])
        if not stored:
            return match[0]
        found.append((identifiers.national_phone(stored), match["extension"] or ""))
        return f"\n{PHONE_WAS}\n"

    text = USELESS.sub("\n", text)
    for pattern in PHONES:
        text = pattern.sub(take, text)
    return text, *(found[0] if found else ("", ""))


def _break(label: re.Match[str]) -> str:
    is_name = label["name"] or label["bare_name"] or label["glued_name"]
    return f"\n{NAME_IS_NEXT}\n" if is_name else "\n"


def _parts(text: str, spot: Spot | None) -> list[str]:
    """Cut a text at its separators; marks become parts of their own."""
    if spot:
        text = f"{text[: spot.start]}\n{REGION_WAS}\n{text[spot.end :]}"
    parts = [
        IN_BRACKETS.sub(r"\1", part.strip(" .:-·。、")) for part in BETWEEN.split(text)
    ]
    return [
        part
        for part in parts
        if part and not POSTCODE.fullmatch(part) and not NOISE.fullmatch(part)
    ]


def _take_labelled_name(parts: list[str]) -> str:
    if NAME_IS_NEXT not in parts[:-1]:
        return ""
    at = parts.index(NAME_IS_NEXT) + 1
    is_name = parts[at] not in MARKS and not parts[at][0].isdigit()
    return parts.pop(at) if is_name else ""


def _take_name(parts: list[str]) -> str:
    """Take the likeliest name out of the parts, if there is one."""
    scores = {at: _likeness(parts, at) for at in range(len(parts))}
    best = max(scores, key=lambda at: (scores[at], -at), default=0)
    if scores.get(best):
        return parts.pop(best)
    for at, part in enumerate(parts):
        glued = GLUED.fullmatch(part)
        if glued and PHONE_WAS in parts[at + 1 : at + 2]:
            parts[at] = glued[1]
            return glued[2]
    return ""


def _likeness(parts: list[str], at: int) -> int:
    """Tell how much a part is like a name where it stands; 0 if it is none."""
    part = RECEIVES.sub("", parts[at])
    if not NAME.fullmatch(part) or PLACE_END.fullmatch(part):
        return 0
    is_known = KNOWN_NAME.match(part) is not None
    is_by_phone = PHONE_WAS in parts[max(at - 1, 0) : at + 2]
    is_after_region = REGION_WAS in parts[:at]
    if is_after_region and not is_known:
        # A short one by the phone may do, unless it is all the street there is.
        others = [other for other in parts if other not in MARKS]
        if not is_by_phone or len(part) > 3 or len(others) == 1:
            return 0
    return 1 + 2 * is_known + 4 * is_by_phone + 2 * (not is_after_region)


def _street(parts: list[str]) -> str:
    """Put together what is left: first what stood after the region."""
    cut = parts.index(REGION_WAS) if REGION_WAS in parts else 0
    ordered = parts[cut:] + parts[:cut]
    return " ".join(part for part in ordered if part not in MARKS)
