"""What the results of several steps say in the same words."""

from jobs.contract import codes as c
from jobs.contract.schema import codes

OWN = c.PROJECT

REGISTER = codes("register", OWN, {"prison": "prison", "immigration": "immigration"})
