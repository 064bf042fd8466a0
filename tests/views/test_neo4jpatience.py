"""Steps that fail in passing are tried again, those that fail for good are not."""

from __future__ import annotations

from threading import Timer

import pytest
from neo4j import exceptions as failures

from kg.views.neo4jpatience import Patience

DEADLOCK = failures.Neo4jError._hydrate_neo4j(code="Neo.TransientError.Transaction.DeadlockDetected", message="wait")
OFFLINE = failures.Neo4jError._hydrate_neo4j(code="Neo.TransientError.General.DatabaseUnavailable", message="wait")
SYNTAX = failures.Neo4jError._hydrate_neo4j(code="Neo.ClientError.Statement.SyntaxError", message="no")


class Step:
    """A step that fails some times before it comes through."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.tried = 0

    def __call__(self) -> int:
        self.tried += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.tried


def test_it_is_tried_again() -> None:
    patience = Patience(60)
    assert patience.run(Step(DEADLOCK, failures.IncompleteCommit("cut"), OFFLINE, failures.SessionExpired())) == 5
    assert patience.repeated == 4


@pytest.mark.parametrize("error", [SYNTAX, failures.AuthError(), failures.ConfigurationError(), ValueError()])
def test_for_good_is_for_good(error: Exception) -> None:
    step = Step(error)
    with pytest.raises(type(error)):
        Patience(60).run(step)
    assert step.tried == 1


def test_it_ends() -> None:
    step = Step(*[failures.ServiceUnavailable("gone")] * 1000)
    with pytest.raises(failures.ServiceUnavailable, match="gone"):
        Patience(0.5).run(step)
    assert 1 < step.tried < 5


def test_who_is_not_there_is_not_waited_for_where_that_is_so_asked() -> None:
    step = Step(failures.ServiceUnavailable("gone"))
    with pytest.raises(failures.ServiceUnavailable):
        Patience(60).run(step, away=False)
    assert step.tried == 1
    assert Patience(60).run(Step(OFFLINE), away=False) == 2


def test_waiting_is_ended_from_outside() -> None:
    patience = Patience(600)
    timer = Timer(0.3, patience.stop.set)
    timer.start()
    with pytest.raises(failures.TransientError):
        patience.run(Step(*[DEADLOCK] * 1000))
    timer.join()
