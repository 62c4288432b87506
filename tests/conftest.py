"""What holds for every test."""

import signal

from hypothesis import HealthCheck, settings

# A generated case takes as long as the machine is busy: neither its time nor that of its making is a fault.
settings.register_profile("opsim", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("opsim")

# A shell starts what runs in its background deaf to Ctrl-C, and children inherit it; tests of interrupts hear it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
