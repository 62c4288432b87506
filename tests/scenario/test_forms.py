"""The forms of a service are said in three places, which agree."""

from typing import get_args

from opsim.scenario.checking.references import FORMS
from opsim.scenario.facility import AnyService
from opsim.scenario.service import Service


def test_a_form_is_a_word_a_model_and_a_kind_of_reference() -> None:
    models = get_args(get_args(AnyService)[0])
    words = get_args(Service.model_fields["form"].annotation)
    assert set(words) == set(FORMS)
    assert {form for model in models for form in get_args(model.model_fields["form"].annotation)} == set(
        FORMS
    )
