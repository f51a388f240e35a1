"""What a program may send: as the schema says it, neither more nor less."""

import pytest
from rest_framework.exceptions import ValidationError

from common.api_fields import Whole
from inspections.api.hazards import RecheckBody, RecheckPhotos, RectifyBody


@pytest.mark.parametrize("said", [289, 289.0])
def test_a_whole_number_is_one_however_it_is_written(said):
    assert Whole(min_value=0, max_value=1000).run_validation(said) == 289


@pytest.mark.parametrize("said", [2.5, 1e300, float("inf"), "5", True, -1.0])
def test_what_is_no_whole_number_within_its_bounds_is_none(said):
    with pytest.raises(ValidationError):
        Whole(min_value=0, max_value=1000).run_validation(said)


def test_a_form_with_files_knows_no_null_and_json_does():
    assert RecheckBody().fields["new_due_on"].allow_null
    assert not RecheckPhotos().fields["new_due_on"].allow_null
    assert not RectifyBody().fields["cost"].allow_null


def test_less_than_nothing_is_for_the_form_to_refuse_as_a_rule():
    """The schema says a decimal as text, which has no least: 422, not 400."""
    assert RectifyBody().fields["cost"].run_validation("-1.00") < 0
