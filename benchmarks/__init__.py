"""How certain and how fast the steps are: measured by hand, never at night and not in the suite."""

from jobs.runtime.files import keep_private

# Each of them can be run on real registers too.
keep_private()
