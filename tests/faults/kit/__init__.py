"""What the fault tests break things with: a clock that stands, a proxy that cuts, a process that dies where told."""
