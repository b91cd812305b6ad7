"""What the build of the binary beside this module says of itself. The tool that makes a wheel writes it anew."""

# Whether telemetry is off until somebody enables it (`--off-by-default`).
OFF_BY_DEFAULT = False
