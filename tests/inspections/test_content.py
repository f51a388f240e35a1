"""The hazard library, the checklists and the words of the demonstration, as their files hold them."""

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from python_calamine import CalamineWorkbook

from inspections import demo_text
from inspections.content import (
    DATA,
    ContentError,
    cite,
    items_for,
    load_bases,
    load_checklists,
    load_library,
)
from inspections.demo_text import Firm, can_occur, hazard_text, photo, photo_kind

ROOT = Path(__file__).resolve().parents[2]
RULEBOOK = ROOT / "scoring" / "data" / "rulebook-v1.csv"
LIST = ROOT / "tests" / "data" / "enterprise-list-2026.xlsx"
LIBRARY = {entry.code: entry for entry in load_library()}


def clauses() -> dict[str, dict[str, str]]:
    with RULEBOOK.open(encoding="utf-8-sig", newline="") as file:
        return {row["clause"]: row for row in csv.DictReader(file)}


def firms() -> list[Firm]:
    rows = CalamineWorkbook.from_path(str(LIST)).get_sheet_by_index(0).to_python()[3:]
    return [Firm(row[3], f"{row[7]} {row[13]}", int(row[8]), int(row[10])) for row in rows]


def written(path: Path, head: list[str], rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def library_with(tmp_path):
    """A copy of the library in which one entry is changed."""
    with (DATA / "hazard_library.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    def change(entry: str, **columns: str) -> Path:
        for row in rows:
            if row["code"] == entry:
                row.update(columns)
        return written(tmp_path / "hazard_library.csv", list(rows[0]), rows)

    return change


def test_every_clause_of_the_rule_book_has_an_entry_with_its_legal_basis():
    bases = load_bases()
    used = {entry.clause_code for entry in LIBRARY.values()}
    assert used == clauses().keys()
    for entry in LIBRARY.values():
        words = clauses()[entry.clause_code]["legal_basis"].split("；")
        plain = [word for word in words if "判定标准" not in word]
        wanted = {str(one) for word in plain for one in cite(word, bases)}
        assert wanted <= {str(one) for one in entry.citations}, entry.code


def test_an_entry_is_major_exactly_where_the_rule_book_says_so():
    for entry in LIBRARY.values():
        clause = clauses()[entry.clause_code]
        is_major = "M" in clause["flags"]
        assert (entry.severity == "major") == (is_major or entry.code == "J35"), entry.code
        for word in ("第三条第二项", "第三条第一项", "第十三条第一项", "第十三条第二项"):
            if f"判定标准{word}" in clause["legal_basis"]:
                assert entry.criterion == f"《工贸企业重大事故隐患判定标准》{word}"


def test_dates_stand_where_they_are_known_and_nowhere_else():
    assert LIBRARY["J14"].in_force_from == date(2023, 5, 15)
    assert LIBRARY["J27"].in_force_from == date(2019, 4, 1)
    assert LIBRARY["S01"].in_force_from is None, "nobody told us from when the law holds"
    assert LIBRARY["J25"].in_force_from is None, "one of its two bases has no date"
    assert load_bases()["安全生产法"].in_force_from is None


def test_articles_are_written_out_as_a_paper_cites_them():
    found = [str(one) for one in cite("安全生产法第四、二十一、二十二条", load_bases())]
    assert found == ["《中华人民共和国安全生产法》第四条、第二十一条、第二十二条"]
    local = [str(one) for one in cite("属地监管要求（本规则）", load_bases())]
    assert local == ["属地监管要求（本规则）"], "a local requirement is not dressed as a law"


def test_a_criterion_without_text_says_so_and_counts_its_items():
    missing = [entry for entry in LIBRARY.values() if entry.is_text_missing]
    assert [entry.item_count for entry in missing] == [8, 13, 8, 7, 7, 2, 2, 10, 2]
    assert sum(entry.item_count or 0 for entry in missing[:7]) == 47
    assert not any(entry.description or entry.measure for entry in missing)


def test_the_papers_can_hold_what_the_library_says():
    for entry in LIBRARY.values():
        assert len(f"{entry.criterion}；{entry.basis}") <= 300
        assert entry.severity == "general" or "条" in entry.criterion + entry.basis
        assert entry.is_text_missing or "；" in entry.measure, "what to do, and how it is confirmed"


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"code": "J02"}, "J02: the code stands twice"),
        ({"severity": "特大"}, "severity '特大' is not one of"),
        ({"basis": "安全条例第三条"}, "unknown legal basis 安全条例第三条"),
        ({"basis": ""}, "no legal basis"),
        ({"description": ""}, "a text is there, or is said to be missing"),
        ({"deadline_days": "0"}, "deadline_days must be from 1 to 180"),
        ({"deadline_days": "三"}, "deadline_days must be from 1 to 180"),
        ({"deadline_unit": "天"}, "deadline_unit '天' is not one of"),
        ({"criterion": "判定标准第三条第一项"}, "a criterion makes it major"),
        ({"title": "长" * 81}, "title is longer than 80 characters"),
        ({"provenance": "official"}, "provenance 'official' is not one of"),
    ],
)
def test_a_broken_entry_is_named_with_file_and_row(library_with, columns, words):
    with pytest.raises(ContentError) as error:
        load_library(library_with("J03", **columns))
    assert "hazard_library.csv row 4" in str(error.value)
    assert words in str(error.value)


def test_a_row_with_too_few_columns_is_named(tmp_path):
    path = tmp_path / "legal_bases.csv"
    path.write_text("name,title\n安全生产法\n", encoding="utf-8")
    with pytest.raises(ContentError, match="legal_bases.csv row 2: more or fewer columns"):
        load_bases(path)


def test_a_basis_that_ends_before_it_begins_is_refused(tmp_path):
    with (DATA / "legal_bases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[1]["in_force_until"] = "2023-05-14"
    with pytest.raises(ContentError, match="row 3: ends before it begins"):
        load_bases(written(tmp_path / "legal_bases.csv", list(rows[0]), rows))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"library": ["S999"]}, "TY 2026-2 R01: offers S999"),
        ({"library": ["Z01"]}, "offers Z01, which is not an entry with a text"),
        ({"library": []}, "R01: offers nothing"),
        ({"part": "desk"}, "R01: part 'desk' is not one of soft、site"),
        ({"code": "R02"}, "R02: the item stands twice"),
        ({"method": ""}, "R01: no text or no method"),
    ],
)
def test_a_broken_question_is_named(tmp_path, change, words):
    lists = json.loads((DATA / "checklists.json").read_text("utf-8"))
    lists[0]["items"][0].update(change)
    path = tmp_path / "checklists.json"
    path.write_text(json.dumps(lists), encoding="utf-8")
    with pytest.raises(ContentError) as error:
        load_checklists(path)
    assert words in str(error.value)


def test_a_question_is_major_when_it_offers_a_major_entry():
    for one in load_checklists():
        for item in one.items:
            offered = {LIBRARY[code].severity for code in item.library}
            assert item.is_major == ("major" in offered), (one.code, item.code)


def test_every_entry_with_text_can_be_found_by_a_question_but_the_refusal():
    offered = {c for one in load_checklists() for item in one.items for c in item.library}
    assert {e.code for e in LIBRARY.values() if not e.is_text_missing} - offered == {"J40"}


def test_papers_are_asked_before_the_site_and_the_common_list_before_the_special():
    items = items_for("轻工", "液氨泄漏、有限空间中毒窒息、机械伤害")
    assert [item.part for item in items] == sorted((i.part for i in items), reverse=True)
    codes = [item.code for item in items]
    assert codes[0] == "R01"
    assert codes.index("X01") < codes.index("L01") < codes.index("K01") < codes.index("K31")


def test_cement_dust_does_not_explode_and_wood_dust_does():
    cement = {item.code for item in items_for("建材", "粉尘、高处坠落、有限空间中毒窒息")}
    wood = {item.code for item in items_for("轻工", "木粉尘爆炸、火灾")}
    assert "K11" not in cement
    assert {"K11", "K21"} <= wood


def test_no_question_is_asked_before_its_checklist_is_in_use():
    assert items_for("机械", "", date(2026, 4, 30)) == ()
    assert items_for("机械", "", date(2026, 5, 1)) == items_for("机械", "")


def test_every_firm_of_the_list_can_fail_nearly_every_question_it_is_asked():
    for firm in firms():
        items = items_for(firm.industry, firm.hints)
        open_to = [item for item in items if any(can_occur(c, firm) for c in item.library)]
        assert len(items) - len(open_to) <= 3, firm
        assert len(open_to) >= 30


def story(seed: int) -> list[tuple[Firm, str, demo_text.DemoHazard]]:
    """About eleven hazards for each firm, as a visit finds them."""
    rng, found = Random(seed), []
    for firm in firms():
        items = items_for(firm.industry, firm.hints)
        for item in rng.sample(items, k=11):
            if codes := [code for code in item.library if can_occur(code, firm)]:
                code = rng.choice(codes)
                found.append((firm, code, hazard_text(rng, LIBRARY[code], firm)))
    return found


told = cache(story)


def test_a_thousand_hazards_seldom_repeat_a_description():
    for seed in (1, 2, 3):
        texts = [hazard.description for _, _, hazard in told(seed)][:1000]
        assert len(texts) == 1000
        repeats = sum(count - 1 for count in Counter(texts).values()) / len(texts)
        assert repeats < 0.08


def test_the_same_seed_tells_the_same_story_and_another_seed_another():
    assert story(7) == story(7)
    assert story(7) != story(8)


def test_no_slot_or_choice_is_left_in_any_text():
    for seed in range(6):
        for firm, code, hazard in told(seed):
            words = hazard.place + hazard.description + hazard.rectification_note
            words += hazard.rectification_failed_reason
            assert not set("[]{}|") & set(words), (firm, code, words)
            assert "。。" not in words
            assert len(hazard.place) <= 100


@pytest.mark.parametrize(
    ("word", "owners"),
    [
        ("氨", ("液氨",)),
        ("煤气", ("煤气",)),
        ("铝", ("铝",)),
        ("注塑机", ("注塑件",)),
        ("推台锯", ("板材", "家具")),
        ("梳棉机", ("棉纱", "坯布")),
        ("冲床", ("机械",)),
        ("玻璃架", ("玻璃",)),
    ],
)
def test_a_hazard_belongs_to_the_trade_of_the_firm(word, owners):
    seen = 0
    for seed in range(8):
        for firm, code, hazard in told(seed):
            if word in hazard.place + hazard.description + hazard.rectification_note:
                seen += 1
                assert any(one in firm.industry + firm.hints for one in owners), (code, firm)
    assert seen


def test_a_hazard_that_cannot_occur_is_refused():
    furniture = Firm("轻工", "板材、家具 木粉尘爆炸、火灾")
    assert not can_occur("S39", furniture)
    with pytest.raises(ContentError, match="S39: cannot occur"):
        hazard_text(Random(1), LIBRARY["S39"], furniture)
    with pytest.raises(ContentError, match="no trade for 其他"):
        can_occur("S01", Firm("其他"))


def test_numbers_stay_within_a_small_firm():
    firm = Firm("轻工", "板材、家具", 8, 0)
    assert not can_occur("J15", firm), "nobody there holds such a certificate"
    for seed in range(200):
        words = hazard_text(Random(seed), LIBRARY["J18"], firm).description
        if "花名册" in words:
            assert "花名册8人" in words
        assert hazard_text(Random(seed), LIBRARY["J12"], firm).place


def test_what_is_mended_is_what_was_seen():
    firm = Firm("有色", "铝轮毂、铝型材", 60, 4)
    for seed in range(200):
        hazard = hazard_text(Random(seed), LIBRARY["S94"], firm)
        device = next(one for one in ("电机", "灯具", "插座", "开关") if one in hazard.description)
        assert device in hazard.rectification_note


@pytest.mark.parametrize("kind", sorted(demo_text._data("pictures")["pictures"]))
def test_a_picture_is_small_the_same_again_and_differs_before_and_after(kind):
    before = photo(Random(4), kind, "机加工车间东侧2号配电箱")
    after = photo(Random(4), kind, "机加工车间东侧2号配电箱", is_after=True)
    assert before == photo(Random(4), kind, "机加工车间东侧2号配电箱")
    assert before != after
    assert photo(Random(5), kind, "机加工车间东侧2号配电箱") != before
    for content in (before, after):
        image = Image.open(io.BytesIO(content))
        assert (image.format, image.size) == ("JPEG", (800, 600))
        assert len(content) < 60_000


def test_a_long_caption_does_not_leave_the_picture():
    longer = photo(Random(4), "aisle", "通" * 200)
    assert Image.open(io.BytesIO(longer)).size == (800, 600)
    assert longer == photo(Random(4), "aisle", "通" * 400)


def test_every_entry_has_a_picture_of_its_kind():
    kinds = {photo_kind(e.category, e.subcategory) for e in LIBRARY.values() if e.description}
    assert kinds == demo_text._data("pictures")["pictures"].keys()
    assert photo_kind("基础管理", "应急管理") == "documents"


def test_names_reasons_and_remarks_come_from_the_random_state():
    def words(seed: int) -> list[object]:
        rng = Random(seed)
        return [
            demo_text.person_name(rng),
            demo_text.refusal_reason(rng),
            demo_text.extension_reason(rng),
            demo_text.extension_answer(rng, is_granted=True),
            demo_text.recheck_remark(rng),
            demo_text.spot_remark(rng, is_agreed=False),
            demo_text.process_note(rng, 7),
            demo_text.signature(rng),
        ]

    assert words(3) == words(3)
    assert len({demo_text.person_name(Random(seed)) for seed in range(300)}) > 200
    assert "7项" in demo_text.process_note(Random(1), 7)


def test_content_and_words_need_no_django():
    code = (
        "import sys; from inspections import content, demo_text; content.load_checklists();"
        "sys.exit('django' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert run.returncode == 0
