"""The customs codes of materials: every code by which notices and statistics know one, in each edition of the nomenclature."""

import pytest

from warning.catalog.load import load_rulebook
from warning.core.text.hs_codes import materials_of_codes
from warning.resources import tree


@pytest.fixture(scope="module")
def terms():
    return load_rulebook(tree("rules"), tree("feeds"), None).terms


def materials(code: str, terms) -> set[str]:
    return {
        name for name, one in terms.materials.items() if any(code.startswith(own) for own in one.hs_codes)
    }


def test_the_heirs_of_an_ended_code_are_of_the_materials_it_was_of(terms):
    lost = {
        (code, heir): materials(code, terms) - materials(heir, terms)
        for code, revision in terms.hs_revisions.items()
        for heir in revision.becomes
        if materials(code, terms) - materials(heir, terms)
    }
    assert lost == {}


@pytest.mark.parametrize(
    ("code", "material"),
    [
        ("8110101000", "antimony"),
        ("8110200000", "antimony"),
        ("8110900000", "antimony"),
        ("2617109090", "antimony"),
        ("8101940001", "tungsten"),
        ("8106101000", "bismuth"),
        ("8106901000", "bismuth"),
        ("8102100001", "molybdenum"),
        ("8105201000", "cobalt"),
        ("75022000", "nickel"),
        ("28046900", "silicon"),
        ("71101100", "platinum_group"),
        ("72029210", "vanadium"),
        ("72029300", "niobium"),
        ("8104190000", "magnesium"),
        ("8109290000", "zirconium"),
        ("81124900", "rhenium"),
        ("71059000", "superhard"),
        ("28442000", "uranium"),
    ],
)
def test_a_code_of_a_notice_or_a_statistic_names_its_material(code, material, terms):
    assert materials_of_codes([code], terms.materials) == {material}
