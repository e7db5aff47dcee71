"""Rules on trial: what proposed rules would have made of a night; nothing of it is published."""

from jobs.trial.comparison import RuleTrial
from jobs.trial.nights import TrialNight, nights_to_try

__all__ = ["RuleTrial", "TrialNight", "nights_to_try"]
