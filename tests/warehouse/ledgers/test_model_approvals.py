"""The ledger of linkage models: the last approval that holds says which one is in use."""

import pytest
import sqlalchemy as sa

from jobs.runtime.errors import BadInput
from jobs.warehouse import approve_model, approved_model, model_approvals, withdraw_model


def approve(engine: sa.Engine, version: str, *, by: str = "B. Head", reason: str = "better") -> int:
    return approve_model(
        engine, version=version, digest=f"digest of {version}", model=f"model {version}",
        quality="{}", by=by, reason=reason,
    )  # fmt: skip


def test_none_is_approved_at_first(warehouse: sa.Engine) -> None:
    assert approved_model(warehouse) is None
    assert model_approvals(warehouse).empty


def test_the_last_approval_that_holds_is_in_use_and_all_are_kept(warehouse: sa.Engine) -> None:
    approve(warehouse, "1")
    approve(warehouse, "2")
    assert approved_model(warehouse) == "model 2"
    withdraw_model(warehouse, version="2", by="C. Chief", reason="too many false links")
    assert approved_model(warehouse) == "model 1"
    kept = model_approvals(warehouse)
    assert kept["model_version"].to_list() == ["1", "2"]
    assert kept["deleted_by"].to_list()[1] == "C. Chief"
    with pytest.raises(BadInput, match="no approval of it holds"):
        withdraw_model(warehouse, version="2", by="C. Chief", reason="again")


def test_approving_the_model_in_use_again_changes_nothing(warehouse: sa.Engine) -> None:
    assert approve(warehouse, "1") == approve(warehouse, "1", by="somebody else")
    assert len(model_approvals(warehouse)) == 1


@pytest.mark.parametrize("missing", ["by", "reason"])
def test_an_approval_needs_a_name_and_a_reason(warehouse: sa.Engine, missing: str) -> None:
    with pytest.raises(BadInput, match=rf"lacks \[{missing}\]"):
        approve(warehouse, "1", **{missing: " "})
    assert approved_model(warehouse) is None


def test_an_approval_cannot_be_changed_or_deleted(warehouse: sa.Engine) -> None:
    approve(warehouse, "1")
    for change in ("UPDATE review.models SET approved_by = 'x'", "DELETE FROM review.models"):
        with pytest.raises(sa.exc.IntegrityError), warehouse.begin() as connection:
            connection.execute(sa.text(change))
