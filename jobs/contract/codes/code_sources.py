"""Where code lists come from."""

from typing import Final

PRISON_API: Final = "public schema of the prison APIs"
PROJECT: Final = "this project: no public schema exists"
