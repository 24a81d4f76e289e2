"""The environment that configures Hindcast: every variable, its default and its meaning."""

from pathlib import Path
from typing import Annotated, Any, Literal

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

BASE_DIR = Path(__file__).resolve().parent.parent

LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
    BeforeValidator(lambda value: str(value).upper()),
]
CommaSeparated = Annotated[tuple[str, ...], NoDecode]


class Environment(BaseSettings):
    """Variables read from the process environment, then from `.env` beside `manage.py`."""

    # `KEY=` in a `.env` file leaves a variable unset, as people expect of it.
    model_config = SettingsConfigDict(
        env_file=BASE_DIR / ".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # a value may be a secret
    )

    django_debug: bool = Field(
        default=False,
        description="True shows tracebacks in the browser and implies LOCAL_USER: for a developer only.",
    )
    local_user: bool | None = Field(
        default=None,
        description="True lets whoever reaches the site do everything, without a login, as the user `local`. "
        "`make run` sets it, and listens to this machine alone.",
    )
    django_secret_key: SecretStr | None = Field(
        default=None,
        description="Signs sessions and trained models. Unset: a random one is kept in DATA_DIR/secret_key.",
    )
    allowed_hosts: CommaSeparated = Field(
        default=("localhost", "127.0.0.1", "[::1]"),
        description="Host names the site answers to, separated by commas.",
    )
    behind_tls: bool | None = Field(
        default=None,
        description="Whether visitors come over HTTPS; unset: yes, unless LOCAL_USER is true.",
    )
    data_dir: Path = Field(
        default=BASE_DIR / "var",
        description="Folder for the embedded database and the secret key.",
    )
    host: str = Field(
        default="127.0.0.1",
        description="Address that the web server listens on; a container's is 0.0.0.0.",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="Port of the web server.")
    web_concurrency: int = Field(
        default=2, ge=1, description="Processes of the web server: one a core, 300 to 600 MB each."
    )
    drain_seconds: float = Field(
        default=0,
        ge=0,
        description="Seconds between SIGTERM and the closing of the port, in which `/readyz` answers 503 so "
        "that a load balancer looks elsewhere.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="postgresql://user:password@host:port/name; takes precedence over POSTGRES_*.",
    )
    postgres_host: str | None = Field(
        default=None,
        description="PostgreSQL server. Without it and DATABASE_URL an embedded server runs in DATA_DIR.",
    )
    postgres_port: int = Field(default=5432, description="Port of that server.")
    postgres_db: str = Field(default="hindcast", description="Name of the database.")
    postgres_user: str = Field(default="hindcast", description="Database user.")
    postgres_password: SecretStr = Field(default=SecretStr(""), description="That user's password.")
    alpha_vantage_api_key: SecretStr | None = Field(
        default=None,
        description="Key of the market data provider. Without it the sample data is used.",
    )
    alpha_vantage_base_url: str = Field(
        default="https://www.alphavantage.co/query",
        description="Address of the provider's API.",
    )
    alpha_vantage_requests_per_day: int = Field(
        default=25, ge=0, description="Requests the key's plan allows in a day; 0: as many as one likes."
    )
    alpha_vantage_seconds_between_requests: float = Field(
        default=1.2,
        ge=0,
        le=60,
        description="Least time between two requests: free keys may send one a second.",
    )
    alpha_vantage_timeout: float = Field(
        default=20, gt=0, description="Seconds of silence after which a request is given up."
    )
    alpha_vantage_tries: int = Field(
        default=3, ge=1, le=10, description="Requests for one answer where asking again may help."
    )
    alpha_vantage_retry_seconds: float = Field(
        default=2,
        ge=0,
        le=60,
        description="Pause before the second try after a fault; it doubles each time and varies at random.",
    )
    alpha_vantage_burst_seconds: float = Field(
        default=5,
        ge=0,
        le=300,
        description="Pause of all processes when the provider says that requests came too fast.",
    )
    alpha_vantage_probe_minutes: float = Field(
        default=60,
        gt=0,
        description="Minutes between two probes after the provider said that the day's requests are used up.",
    )
    alpha_vantage_actions_days: float = Field(
        default=7,
        ge=0,
        description="Days for which a symbol's splits and dividends are not asked for again.",
    )
    market_data_provider: Literal["alpha_vantage", "tiingo"] = Field(
        default="alpha_vantage",
        description="Where bars of new symbols are fetched from, where its key is set; else from the other.",
    )
    tiingo_api_key: SecretStr | None = Field(
        default=None,
        description="Tiingo's key; a free one has whole histories. Free keys are for personal use alone.",
    )
    tiingo_base_url: str = Field(
        default="https://api.tiingo.com", description="Where Tiingo, or something like it, answers."
    )
    tiingo_requests_per_day: int = Field(
        default=1000, ge=0, description="Requests a day that the Tiingo plan allows; 0: no daily limit."
    )
    tiingo_seconds_between_requests: float = Field(
        default=1.0, ge=0, le=300, description="Seconds between two requests to Tiingo."
    )
    import_megabytes: int = Field(
        default=100, ge=1, le=2000, description="Size up to which CSV files of bars are imported."
    )
    import_bad_rows: int = Field(
        default=20, ge=0, description="Rows of a file that may be wrong, whatever its length."
    )
    import_bad_fraction: float = Field(
        default=0.02, ge=0, le=1, description="Part of a file's rows that may be wrong; they are set aside."
    )
    task_broker_url: SecretStr | None = Field(
        default=None,
        description="redis://:password@host:port/0 (rediss:// with TLS): calls the workers through Redis. "
        "Unset: through PostgreSQL. Jobs are stored in PostgreSQL either way.",
    )
    job_lease_seconds: int = Field(
        default=60, ge=2, description="Seconds of a worker's silence after which another takes over its job."
    )
    history_years: int = Field(
        default=2, ge=1, le=30, description="Years of daily bars that a fetched symbol should come to have."
    )
    refresh_minutes_after_close: int = Field(
        default=90,
        ge=0,
        description="Minutes after a session's close from which watched symbols are fetched again.",
    )
    refresh_minutes_between_tries: int = Field(
        default=240, ge=1, description="Minutes until the next try where a fetch did not bring the session."
    )
    admin_path: str = Field(
        default="admin",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_/-]*$",
        description="Where the administration is, without slashes at its ends.",
    )
    administrator_name: str = Field(
        default="administrator", description="Name of the first administrator, made by `manage.py prepare`."
    )
    administrator_password: SecretStr | None = Field(
        default=None,
        description="That administrator's first password. Unset: none is made. Not read once one exists.",
    )
    proxy_hops: int | None = Field(
        default=None,
        ge=0,
        le=10,
        description="Proxies between visitors and Hindcast; unset: one behind TLS, otherwise none.",
    )
    runs_per_minute: int = Field(
        default=120, ge=0, description="Backtests and forecasts of one user; 0: as many as they like."
    )
    sweeps_per_minute: int = Field(
        default=120,
        ge=0,
        description="Sweeps of one user; one in the form takes two, figures and verdict; 0: no limit.",
    )
    reports_per_minute: int = Field(default=30, ge=0, description="Reports of one user; 0: no limit.")
    imports_per_minute: int = Field(
        default=60, ge=0, description="Imports, fetches and trainings of one member of staff; 0: no limit."
    )
    api_requests_per_minute: int = Field(
        default=600, ge=0, description="Requests of one user to the API; 0: no limit."
    )
    runs_of_a_user: int = Field(
        default=20_000,
        ge=0,
        description="Backtests, sweeps and forecasts that one user may store; 0: no limit.",
    )
    megabytes_of_a_user: int = Field(
        default=2_000, ge=0, description="Megabytes that these may have together, compressed; 0: no limit."
    )
    runs_kept_days: int = Field(
        default=90,
        ge=0,
        description="Days after which backtests and sweeps that nobody saved are deleted; 0: never.",
    )
    records_kept_days: int = Field(
        default=90,
        ge=0,
        description="Days after which finished jobs, raw responses of the provider, revisions of bars and "
        "revoked tokens are deleted; 0: never.",
    )
    audit_kept_days: int = Field(
        default=365, ge=0, description="Days after which entries of the audit trail are deleted; 0: never."
    )
    requests_at_once: int = Field(
        default=4, ge=0, le=64, description="Requests that a web process works on at once; 0: no bound."
    )
    requests_waiting: int = Field(
        default=12, ge=0, le=512, description="Requests that wait beyond those; more are answered with 503."
    )
    alpha_vantage_allow_private: bool | None = Field(
        default=None,
        description="Whether ALPHA_VANTAGE_BASE_URL may be private or plain HTTP; unset: not behind TLS.",
    )
    sentry_dsn: SecretStr | None = Field(
        default=None, description="Where unexpected errors are reported to, without secrets."
    )
    metrics_token: SecretStr | None = Field(
        default=None, description="Opens /metrics to Prometheus, as a bearer token. Unset: there is none."
    )
    log_format: Literal["line", "json"] = Field(
        default="line", description="`json` writes a JSON object a line, with request and job ids."
    )
    log_level: LogLevel = Field(default="INFO", description="Least level of log entries that are written.")

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_on_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("task_broker_url")
    @classmethod
    def _names_a_redis(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(("redis://", "rediss://")):
            raise ValueError("must be an address like redis://:password@host:6379/0")
        return url

    @field_validator("data_dir")
    @classmethod
    def _relative_to_the_project(cls, path: Path) -> Path:
        return BASE_DIR / path.expanduser()

    @property
    def opens_to_local_user(self) -> bool:
        """Whether a visitor without a login may do everything."""
        return self.django_debug if self.local_user is None else self.local_user

    @property
    def uses_tls(self) -> bool:
        """Whether cookies and redirects may rely on HTTPS."""
        return not self.opens_to_local_user if self.behind_tls is None else self.behind_tls

    @property
    def embeds_database(self) -> bool:
        """Whether the database is the server that Hindcast starts itself."""
        return self.database_url is None and self.postgres_host is None

    def database(self) -> dict[str, Any]:
        """Return Django's settings of the default database."""
        if self.database_url is not None:
            return _from_url(self.database_url.get_secret_value())
        if self.postgres_host is not None:
            return {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": self.postgres_host,
                "PORT": self.postgres_port,
                "NAME": self.postgres_db,
                "USER": self.postgres_user,
                "PASSWORD": self.postgres_password.get_secret_value(),
            }
        return {
            "ENGINE": "site_config.database.embedded_postgres",
            "NAME": self.postgres_db,
            "USER": "postgres",
        }


def _from_url(url: str) -> dict[str, Any]:
    try:
        known = conninfo_to_dict(url)
    except ProgrammingError:
        # The error's own words repeat the address, password included.
        raise ValueError(
            "DATABASE_URL is not an address like postgresql://user:password@host:port/name."
        ) from None
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    settings: dict[str, Any] = {names[key]: value for key, value in known.items() if key in names}
    settings["ENGINE"] = "django.db.backends.postgresql"
    settings["OPTIONS"] = {key: value for key, value in known.items() if key not in names}
    return settings


def configuration_table() -> str:
    """Return the README's table of variables, in Markdown."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Environment.model_fields.items():
        rows.append(f"| `{name.upper()}` | {_default_in_words(field.default)} | {field.description} |")
    return "\n".join(rows)


def _default_in_words(default: object) -> str:
    if isinstance(default, SecretStr) or default is None:
        return ""
    if isinstance(default, Path):
        return f"`{default.relative_to(BASE_DIR)}`"
    return f"`{','.join(default) if isinstance(default, tuple) else default}`"
