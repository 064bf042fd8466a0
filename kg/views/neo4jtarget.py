"""One database of a Neo4j server: connecting, reading queries, and errors that name the next step."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import neo4j
from neo4j import exceptions as failures

from kg.errors import InputError, ParameterError, QueryError, ServerError

DEFAULT_URI = "bolt://localhost:7687"
DEFAULT_USER = "neo4j"
DEFAULT_DATABASE = "neo4j"
#: Property with the hash of a record of ours; queries that return a node do not show it.
STAMP = "casegraph_hash"
# What the driver logs of a cut connection or a server's notices goes to who has asked for logs, not to the terminal.
logging.getLogger("neo4j").addHandler(logging.NullHandler())
#: The oldest release of Neo4j that is written to.
OLDEST = 5


@dataclass(slots=True)
class Neo4jTarget:
    """One database of one server; connects when it is first used. Use it as a context manager.

    Args:
        uri: address, such as ``bolt://localhost:7687`` or ``neo4j+s://host``.
        user: user name.
        password: never printed, nor part of any message.
        database: name of the database.

    Raises:
        ServerError: if the address cannot be one, or holds a password.
    """

    uri: str
    user: str
    password: str = field(repr=False)
    database: str = DEFAULT_DATABASE
    _driver: neo4j.Driver | None = field(default=None, init=False, repr=False)
    #: Where the password was found, in words.
    _secret: str = field(default="the one that was given", init=False, repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"(bolt|neo4j)(\+s|\+ssc)?://[^@\s]+", self.uri):
            # The value is not repeated: it may hold a password.
            raise ServerError(
                "this is no address of a Neo4j server; write bolt://HOST:7687 or neo4j://HOST:7687, without user "
                "and password"
            )

    @classmethod
    def from_environment(
        cls,
        uri: str | None = None,
        user: str | None = None,
        password_file: Path | None = None,
        database: str | None = None,
    ) -> Neo4jTarget:
        """Return the target that the arguments name, and the environment where they are None.

        Args:
            uri: address; else ``NEO4J_URI``, else ``bolt://localhost:7687``.
            user: user name; else ``NEO4J_USERNAME``, else ``neo4j``.
            password_file: file whose first line is the password; else ``NEO4J_PASSWORD`` holds it.
            database: name of the database; else ``NEO4J_DATABASE``, else ``neo4j``.

        Raises:
            ServerError: if there is no password.
            InputError: if the password file cannot be read.
        """
        if password_file is not None:
            try:
                password = password_file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
            except (OSError, UnicodeDecodeError) as error:
                raise InputError(
                    f"cannot read the password file {password_file}: {type(error).__name__}",
                    value=str(password_file),
                ) from error
        else:
            password = os.environ.get("NEO4J_PASSWORD", "")
        if not password:
            raise ServerError("no password for Neo4j; set NEO4J_PASSWORD, or name a file with --password-file")
        found = cls(
            uri or os.environ.get("NEO4J_URI") or DEFAULT_URI,
            user or os.environ.get("NEO4J_USERNAME") or DEFAULT_USER,
            password,
            database or os.environ.get("NEO4J_DATABASE") or DEFAULT_DATABASE,
        )
        found._secret = "that of NEO4J_PASSWORD" if password_file is None else f"the first line of {password_file}"
        return found

    def __enter__(self) -> Neo4jTarget:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; a later use opens it again."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    def connect(self) -> neo4j.Driver:
        """Return the driver, connected.

        Raises:
            ServerError: if the server cannot be reached, refuses, or is too old.
        """
        with self.explained():
            if self._driver is None:
                try:
                    self._driver = self._open(notifications_min_severity="OFF")
                except failures.UnsupportedServerProduct:
                    raise
                except failures.ConfigurationError:
                    # The driver cannot ask a server before 5.7 to keep its notices for itself.
                    self._driver = self._open(warn_notification_severity="OFF")
            return self._driver

    def _open(self, **options: Any) -> neo4j.Driver:
        driver = neo4j.GraphDatabase.driver(
            self.uri, auth=(self.user, self.password), connection_timeout=10.0, user_agent="casegraph", **options
        )
        try:
            driver.verify_connectivity()
            self._refuse_old(driver.get_server_info().agent)
        except BaseException:
            driver.close()
            raise
        return driver

    def session(self, *, write: bool = False) -> neo4j.Session:
        """Return a driver session on the database, reading unless ``write``.

        Raises:
            ServerError: if the server cannot be reached or refuses.
        """
        access = neo4j.WRITE_ACCESS if write else neo4j.READ_ACCESS
        return self.connect().session(database=self.database, default_access_mode=access)

    def _refuse_old(self, agent: str) -> None:
        found = re.match(r"Neo4j/(\d+)\.", agent)
        if found and int(found[1]) < OLDEST:
            raise self._too_old(agent)

    def _too_old(self, agent: str) -> ServerError:
        return ServerError(
            f"{agent} at {self.uri} is too old; casegraph needs Neo4j {OLDEST} or newer: upgrade it, or name another "
            "server with --uri",
            value=agent,
        )

    def run_read(
        self, query: str, parameters: Mapping[str, Any] | None = None, timeout: float = 60.0
    ) -> list[dict[str, Any]]:
        """Run a reading query in a managed transaction; the server refuses it where it writes.

        Args:
            query: Cypher.
            parameters: values of its ``$names``, bound by the driver.
            timeout: seconds after which the server stops the query; 0 is no limit.

        Returns:
            One dict a row, keys as in ``RETURN``; a node or a relationship as the dict of its properties,
            without the stamp.

        Raises:
            ParameterError: if a parameter of the query is missing.
            QueryError: if the query is wrong, writes, or takes too long.
            ServerError: if the server cannot be reached or refuses.
        """

        @neo4j.unit_of_work(timeout=timeout)
        def work(transaction: neo4j.ManagedTransaction) -> list[dict[str, Any]]:
            result = transaction.run(query, dict(parameters or {}))
            return [{key: _plain(record[key]) for key in record.keys()} for record in result]  # noqa: SIM118

        with self.explained(query), self.session() as session:
            return session.execute_read(work)

    @contextmanager
    def explained(self, query: str | None = None, *, then: str = "") -> Iterator[None]:
        """Turn the driver's errors into ours, each with the next step.

        Args:
            query: the query that is run, where it is the user's.
            then: what is to be said besides, of what comes after that step.
        """
        try:
            yield
        except failures.Neo4jError as error:
            raise self._refusal(error, query, then) from error
        except (failures.ServiceUnavailable, failures.SessionExpired, OSError) as error:
            raise ServerError(
                f"cannot reach Neo4j at {self.uri}; start the server, or name another with --uri or NEO4J_URI{then}",
                value=self.uri,
            ) from error
        except failures.UnsupportedServerProduct as error:
            raise self._too_old("the server") from error
        except failures.DriverError as error:
            raise ServerError(f"the Neo4j driver failed at {self.uri}: {error}{then}", value=self.uri) from error

    def _refusal(self, error: failures.Neo4jError, query: str | None, then: str) -> Exception:
        code = error.code or ""
        if isinstance(error, failures.AuthError) or "AuthenticationRateLimit" in code:
            hint = f"it is {self._secret}"
            if "RateLimit" in code:
                hint = "wait a few seconds: it was wrong too often"
            if "CredentialsExpired" in code:
                hint = "it has expired: change it in the Neo4j Browser first"
            if "Forbidden" not in code:
                return ServerError(
                    f"Neo4j at {self.uri} does not accept the password of the user {self.user}; {hint}",
                    value=self.user,
                )
        if "DatabaseNotFound" in code:
            return ServerError(
                f"Neo4j at {self.uri} has no database {self.database}; create it, or name another with --database",
                value=self.database,
            )
        if "DatabaseUnavailable" in code:
            return ServerError(
                f"the database {self.database} at {self.uri} is not online; start it, or look into its log{then}",
                value=self.database,
            )
        if query is not None and "AccessMode" in code:
            return QueryError("queries only read here: this one writes", value=query)
        if query is not None and "ParameterMissing" in code:
            return ParameterError(f"{error.message}", value=query)
        if query is not None and "TimedOut" in code:
            return QueryError(
                "the server stopped the query: it took too long; allow it more with --timeout", value=query
            )
        if query is not None and "Neo.ClientError.Statement" in code:
            return QueryError(f"{error.message}", value=query)
        refused = ("ReadOnly", "AccessMode", "Forbidden", "NotALeader")
        if any(word in code for word in refused) or self.database == "system":
            return ServerError(
                f"the database {self.database} at {self.uri} cannot be written by the user {self.user}; make it "
                "writable, or name another with --database or --user",
                value=self.database,
            )
        if code.startswith("Neo.DatabaseError"):
            said = " ".join((error.message or "").split())[:160]
            return ServerError(
                f"the database {self.database} at {self.uri} has failed ({code}: {said}); the server's logs/debug.log "
                f"says why, a full disk for one: mend that and restart the server{then}",
                value=code,
            )
        if "OutOfMemory" in code:
            return ServerError(
                f"the memory of the server at {self.uri} does not suffice for a transaction; name a smaller --batch, "
                f"or give it more (server.memory.heap.max_size){then}",
                value=code,
            )
        return ServerError(f"Neo4j at {self.uri} answers {code}: {error.message}{then}", value=code)


def _plain(value: Any) -> Any:
    """Return nodes and relationships, at any depth, as their properties without the stamp."""
    if isinstance(value, neo4j.graph.Entity):
        return {key: item for key, item in value.items() if key != STAMP}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
