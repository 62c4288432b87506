"""What holds for every test."""

from hypothesis import HealthCheck, settings

# A generated case takes as long as the machine is busy: neither its time nor that of its making is a fault.
settings.register_profile("opsim", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("opsim")
