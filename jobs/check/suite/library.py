"""Great Expectations, imported where it is needed: it takes seconds, and it is talkative.

It looks for Spark when it is imported, though pandas is all that is asked of it here. Where Spark
is installed without its remote client, Spark's modules end the process at that; so they are kept
out of its sight.
"""

import logging
import os
import sys
from functools import cache
from typing import Any

_OUT_OF_SIGHT = ("pyspark", "pyspark.sql.connect")


@cache
def great_expectations() -> Any:
    """The package, imported once, without Spark and without its talk."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    logging.getLogger("great_expectations._docs_decorators").setLevel(logging.WARNING)
    hidden = [name for name in _OUT_OF_SIGHT if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        import great_expectations as gx
        import great_expectations.expectations
    finally:
        for name in hidden:
            del sys.modules[name]
    # This one sets its own level when it is imported.
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)
    return gx


def validator_of(definition: Any, result_format: Any, parameters: Any) -> Any:
    """What asks a suite of a batch that is yet to be made."""
    great_expectations()
    from great_expectations.validator.v1_validator import Validator

    return Validator(definition, result_format, parameters)
