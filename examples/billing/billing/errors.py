"""What a caller can be told. The middleware turns each into `{"error": {"code", "message"}}`.

Problem
├── BadRequest      400  the body is no JSON object
├── Unauthorized    401  a token is missing or wrong
├── Declined        402  the payment provider refused the money
├── NotFound        404
├── Conflict        409  right request, wrong moment
├── Unprocessable   422  a field is missing or makes no sense
└── Unavailable     502  the payment provider did not answer
"""

from typing import ClassVar


class Problem(Exception):
    """An outcome that the caller must hear about, with a stable code and a readable message."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class BadRequest(Problem):
    status = 400


class Unauthorized(Problem):
    status = 401


class Declined(Problem):
    status = 402


class NotFound(Problem):
    status = 404

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"{kind}_not_found", f"there is no {kind} {key!r}")


class Conflict(Problem):
    status = 409


class Unprocessable(Problem):
    status = 422


class Unavailable(Problem):
    status = 502
