"""The parts of an invented night that is reported on: frames, assessments, registers."""
