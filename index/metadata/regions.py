"""Places of China: which one a text names, and which lies in which.

The names stand in `regions.txt`. A place is written as its path (`重庆市渝北区`),
a development zone with its city once (`重庆高新区`), the whole country as `全国`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

COUNTRY = "全国"
MAX_NAME_CHARS = 24
PEOPLES = (
    "壮族|满族|回族|苗族|土家族|侗族|瑶族|藏族|彝族|蒙古族|蒙古|羌族|白族|傣族|哈尼族|傈僳族|景颇族|朝鲜族|哈萨克|柯尔克孜|布依族"
    "|黎族|畲族|仡佬族|水族|土族|撒拉族|裕固族|保安族|东乡族|达斡尔族|纳西族|拉祜族|佤族|布朗族|独龙族|怒族|普米族|各族|仫佬族"
    "|毛南族|锡伯|塔吉克|鄂伦春|鄂温克族|维吾尔"
)
ENDING = re.compile(r"(?:自治[区县州旗]|特别行政区|地区|[省市区县盟旗州])$")
PEOPLE_ENDING = re.compile(f"(?:{PEOPLES})$")
ZONE = re.compile(
    r"(?P<区>高新技术产业开发区|高新技术开发区|高新区)|(?P<开>经济技术开发区|经济开发区|经开区)|(?P<新>新区)"
)
ZONE_NAMES = {"区": "高新区", "开": "经开区", "新": "新区"}
# 中山大学、重庆路 and 四川北路 are no places of a policy; 南京市场 is.
NO_PLACE_AFTER = re.compile(
    "大学|学院|路|街(?!道)|大道|银行|日报|晚报|晨报|商报|都市报|时报|合作组织"
)
NATIONAL = re.compile(
    r"中共中央|中央|国务院|全国|国家|中华人民共和国|最高人民|中国共产党|新华社"
    r"|(?:人力资源(?:和)?社会保障|人社|科学技术|科技|教育|财政|公安|民政|司法|工业和信息化|自然资源|生态环境|住房(?:和)?城乡建设"
    r"|交通运输|水利|农业农村|农业|商务|文化和旅游|文化|应急管理|退役军人事务|外交|国防|人事|劳动和社会保障|环境保护|卫生)部(?!门)"
    r"|(?:税务|市场监管|市场监督管理|广播电视)总局|海关总署|中国人民银行|审计署|国资委$|银保监会|证监会|中国科学院|中国科协"
)


@dataclass(frozen=True)
class Place:
    """One place: its path, its own name, and what it lies in (None: the country)."""

    name: str
    own: str
    parent: "Place | None" = None

    def lies_in(self, other: "Place") -> bool:
        """Whether it is another place or lies in it."""
        return self == other or (self.parent is not None and self.parent.lies_in(other))


@dataclass(frozen=True)
class Mention:
    """A place that a text names at `text[start:end]`."""

    place: Place
    start: int
    end: int


class _Gazetteer:
    """Places by their names, full and short."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.by_name: dict[str, list[Place]] = defaultdict(list)
        self.by_path: dict[str, Place] = {}
        province = Place("", "")
        for line in lines:
            head, *names = line.split()
            if head.startswith("＋"):
                self._add_zones(self.by_path[head[1:]], names)
                continue
            if head.endswith("："):
                province = parent = self._added(head[:-1], None, short=True)
            else:
                parent = self._added(head, province, short=True)
            for name in names:
                self._added(name.rstrip("*"), parent, short=name.endswith("*"))
        self.by_start: dict[str, tuple[str, ...]] = self._starts()

    def _added(self, own: str, parent: Place | None, *, short: bool) -> Place:
        place = Place((parent.name if parent else "") + own, own, parent)
        self.by_path[place.name] = place
        names = {own, short_name(own)} if short else {own}
        for name in names:
            if len(name) > 1:
                self.by_name[name].append(place)
        return place

    def _add_zones(self, parent: Place, entries: Sequence[str]) -> None:
        for entry in entries:
            own, *others = entry.split("|")
            place = Place(own, own, parent)
            self.by_path[own] = place
            for name in (own, *others):
                self.by_name[name] = [place]

    def _starts(self) -> dict[str, tuple[str, ...]]:
        groups: dict[str, list[str]] = defaultdict(list)
        for name in self.by_name:
            groups[name[:2]].append(name)
        return {start: tuple(sorted(names, key=len)[::-1]) for start, names in groups.items()}


@cache
def _gazetteer() -> _Gazetteer:
    text = resources.files(__package__).joinpath("regions.txt").read_text(encoding="utf-8")
    return _Gazetteer([x for x in text.splitlines() if x.strip() and not x.startswith("#")])


def short_name(name: str) -> str:
    """A name without its kind: 重庆 of 重庆市, 恩施 of 恩施土家族苗族自治州."""
    short = ENDING.sub("", name) if len(name) > 2 else name
    while (people := PEOPLE_ENDING.search(short)) and people.start() >= 2:
        short = short[: people.start()]
    return short


def mentions(text: str) -> Iterator[Mention]:
    """The places that a text names, in order; ambiguous names (朝阳区) only where another name
    of the text, before it or anywhere, tells which one is meant."""
    found = list(_names(text))
    certain = {places[0] for places, _, _ in found if len(places) == 1}
    above: Place | None = None
    for places, start, end in found:
        place = _chosen(places, above, certain)
        if place:
            yield Mention(place, start, end)
            above = place


def _names(text: str) -> Iterator[tuple[list[Place], int, int]]:
    """Each name with what it may mean, the longest at each place; zones by their ending."""
    known = _gazetteer()
    at = 0
    while at < len(text) - 1:
        name = next(
            (n for n in known.by_start.get(text[at : at + 2], ()) if text.startswith(n, at)), ""
        )
        if not name:
            at += 1
            continue
        places, end = known.by_name[name], at + len(name)
        zone = ZONE.match(text, end)
        if zone and not ZONE.search(name):
            places, end = _zone(name, places, ZONE_NAMES[str(zone.lastgroup)]), zone.end()
        elif name[-1] not in "省市区县州旗" and NO_PLACE_AFTER.match(text, end):
            places = []
        if places:
            yield places, at, end
        at = end


def _zone(name: str, places: list[Place], kind: str) -> list[Place]:
    """The zone of a place (永川高新区); 某某新区 only when it is listed."""
    listed = _gazetteer().by_path.get(short_name(name) + kind)
    if listed:
        return [listed]
    if kind == "新区" or len(places) != 1:
        return []
    own = short_name(name) + kind
    return [Place(own, own, places[0])]


def _chosen(places: list[Place], above: Place | None, certain: set[Place]) -> Place | None:
    if len(places) == 1:
        return places[0]
    tops = [p for p in places if all(q == p or _outranks(p, q) for q in places)]
    if tops:
        return tops[0]
    near = [p for p in places if above is not None and p.lies_in(above)]
    if len(near) == 1:
        return near[0]
    told = [p for p in places if any(p.lies_in(c) for c in certain)]
    return told[0] if len(told) == 1 else None


def _outranks(place: Place, other: Place) -> bool:
    """Whether a shared short name means this one: 吉林 the province, 邯郸 the city above 邯郸县."""
    return place.parent is None or other.lies_in(place)


def places_of(text: str) -> list[Place]:
    """The places named in a short text, those alone that no deeper one stands for: 重庆市渝北区
    is one place."""
    found = [mention.place for mention in mentions(text)]
    deepest = [p for p in found if not any(q != p and q.lies_in(p) for q in found)]
    return list(dict.fromkeys(deepest))


def begins_with_place(text: str) -> bool:
    """Whether a text begins with the name of a place."""
    return next((True for _, start, _ in _names(text[:MAX_NAME_CHARS]) if start == 0), False)


def is_national(text: str) -> bool:
    """Whether a text begins with an organ of the whole country (国务院…, 人力资源社会保障部…)."""
    return NATIONAL.match(text.strip()) is not None


def region_in(part: str, context: str = "") -> str:
    """The region that a text names (`重庆市渝北区`), "" where it names none.

    The context only tells ambiguous names apart. Of several places the one that holds them all,
    else the first, counts; 国家税务总局重庆市税务局 is of 重庆市, 国务院 of the whole country.
    """
    if part.strip() == COUNTRY:
        return COUNTRY
    organ = part.split("关于", 1)[0]
    places = places_of(organ) or ([] if is_national(part) else places_of(part))
    if not places and not is_national(part):
        places = [m.place for m in mentions(f"{part}\n{context}") if m.end <= len(part)][-1:]
    if places:
        return next((p for p in places if all(q.lies_in(p) for q in places)), places[0]).name
    return COUNTRY if is_national(part) else ""


def most_named(
    text: str, *, least: int = 3, max_chars: int = 30_000
) -> tuple[str, float, tuple[int, int]]:
    """The region that a text is mostly about, its share of all places named, and where it is named
    first. ("", 0, (0, 0)) when no place is named so many times, at `least`."""
    found = list(mentions(text[:max_chars]))
    counts = Counter(m.place for m in found)
    if not counts:
        return "", 0.0, (0, 0)
    weight = {p: sum(n for q, n in counts.items() if q.lies_in(p)) for p in counts}
    best = max(weight, key=lambda p: (weight[p], counts[p]))
    deeper = [p for p in weight if p != best and p.lies_in(best) and counts[p] * 2 > weight[best]]
    best = max(deeper, key=lambda p: counts[p], default=best)
    if weight[best] < least:
        return "", 0.0, (0, 0)
    first = next(m for m in found if m.place == best)
    return best.name, weight[best] / len(found), (first.start, first.end)


def place(region: str) -> Place | None:
    """The place that a region's name means, None for the country and for unknown names."""
    known = _gazetteer().by_path.get(region)
    if known:
        return known
    found = places_of(region)
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4096)
def within(region: str, other: str) -> bool:
    """Whether one region is another or lies in it; nothing is known of unknown names."""
    if not region or not other:
        return False
    if region == other or other == COUNTRY:
        return True
    inner, outer = place(region), place(other)
    return inner is not None and outer is not None and inner.lies_in(outer)
