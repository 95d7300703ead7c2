"""What can go wrong, as callers tell it apart.

GateError                one line for a person: what failed, where, what was seen, what to try
├── RequestError         the request is wrong: usage, configuration, a bundle that cannot be read (exit 2)
├── CandidateError       the candidate does not migrate or start where the baseline does (exit 1)
└── InconclusiveError    the gate could not judge: engine, port, baseline, missing evidence (exit 3)

Anything else that is raised is a bug of the gate (exit 4).
"""

import errno

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a system says that has no room for a file: the disk, a quota, a limit."""


class GateError(Exception):
    """An expected failure; ``str()`` is the one line that a person reads."""

    exit_code = 3


class RequestError(GateError):
    """What was asked for is wrong: usage, configuration, or an unreadable bundle."""

    exit_code = 2


class CandidateError(GateError):
    """The change itself is broken: it does not migrate or start where the baseline does."""

    exit_code = 1


class InconclusiveError(GateError):
    """The gate could not judge; never the fault of the change."""

    exit_code = 3
