"""Pure values and rules: no I/O, no clock but the injected one."""
