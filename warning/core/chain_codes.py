"""How the reasons are called by which an alert tells of its case."""

LATE = "chain.late"
SUSPENDED = "chain.suspended"
