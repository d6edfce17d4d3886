"""A real Elasticsearch node on loopback, with TLS and users; a missing one is an error, never a skip.

``make setup`` fetches it (``tools/elasticsearch-node``). It runs as another user where the tests run as root, for the
server refuses that.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from indexer.elastic import ElasticSettings

_TOOL = Path(__file__).parents[2] / "tools/elasticsearch-node"
_SECONDS = 240
"""More than a start takes on a busy machine (20 s of processor time)."""

_SETTINGS = """\
cluster.name: butluc-tests
node.name: one
path.data: {base}/data
path.logs: {base}/logs
network.host: 127.0.0.1
http.port: {http}
transport.port: {transport}
discovery.type: single-node
action.auto_create_index: false
cluster.routing.allocation.disk.threshold_enabled: false
xpack.security.enabled: true
xpack.security.autoconfiguration.enabled: false
xpack.security.authc.password_hashing.algorithm: pbkdf2_1000
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.key: node.key
xpack.security.http.ssl.certificate: node.crt
"""
_JVM = """\
-Xms512m
-Xmx512m
-XX:+UseSerialGC
-XX:TieredStopAtLevel={tier}
-Djava.io.tmpdir=${{ES_TMPDIR}}
"""
_LOG = """\
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c %m%n
"""


@dataclass
class ElasticNode:
    """One node; its address and data stay the same however often it is killed and started.

    Args:
        base: an empty folder that every user can reach.
        tier: 1 starts quickly, 4 runs quickly.
    """

    base: Path
    tier: int = 1
    user: str = "elastic-tests"
    password: str = field(default_factory=lambda: base64.b32encode(os.urandom(15)).decode())
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        http, transport = _free_port(), _free_port()
        self.url = f"https://127.0.0.1:{http}"
        self.ca = self.base / "config/node.crt"
        found = subprocess.run((_TOOL, sys.executable), stdout=subprocess.PIPE, text=True, check=True)
        shutil.copytree(found.stdout.strip(), self.base / "node", copy_function=_link)
        for name in ("config", "data", "logs", "tmp"):
            (self.base / name).mkdir()
        config = self.base / "config"
        settings = _SETTINGS.format(base=self.base, http=http, transport=transport)
        files = {"elasticsearch.yml": settings, "jvm.options": _JVM.format(tier=self.tier), "log4j2.properties": _LOG}
        files |= {"users": f"{self.user}:{_hashed(self.password)}\n", "users_roles": f"superuser:{self.user}\n"}
        for name, text in files.items():
            (config / name).write_text(text)
        _make_certificate(config)
        if os.geteuid() == 0:
            for path in (config, *config.iterdir(), self.base / "data", self.base / "logs", self.base / "tmp"):
                shutil.chown(path, "nobody", "nogroup")

    def start(self) -> None:
        """Start it, unless it runs, and wait until it answers."""
        if self._process is not None and self._process.poll() is None:
            return
        node = self.base / "node"
        java = ("java", "-Xms4m", "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
        about = ("-Dcli.name=server", "-Dcli.script=bin/elasticsearch", "-Dcli.libs=lib/tools/server-cli")
        paths = (f"-Des.path.home={node}", f"-Des.path.conf={self.base / 'config'}", "-Des.distribution.type=tar")
        path = ("-cp", f"{node}/lib/*:{node}/lib/cli-launcher/*", "org.elasticsearch.launcher.CliToolLauncher")
        runtime = Path(shutil.which("java") or "java").resolve().parents[1]
        other = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        with (self.base / "node.log").open("ab") as log:
            self._process = subprocess.Popen(
                (*java, *about, *paths, *path), cwd=node, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={"PATH": os.environ["PATH"], "ES_JAVA_HOME": str(runtime), "ES_TMPDIR": str(self.base / "tmp")},
                start_new_session=True, **other,  # type: ignore[call-overload]
            )  # fmt: skip
        self._wait()

    def kill(self) -> None:
        """SIGKILL, as when the power fails."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Let it end in good order."""
        self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> None:
        if self._process is None:
            return
        os.killpg(self._process.pid, sign)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        # The server is a child of what was started and may outlive it a little.
        while _alive_in_group(self._process.pid):
            time.sleep(0.02)
        self._process = None

    def _wait(self) -> None:
        assert self._process is not None
        end = time.monotonic() + _SECONDS
        context = ssl.create_default_context(cafile=str(self.ca))
        basic = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        ask = urllib.request.Request(
            f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=5s", headers={"Authorization": f"Basic {basic}"}
        )
        while self._process.poll() is None and time.monotonic() < end:
            try:
                with urllib.request.urlopen(ask, context=context, timeout=10):
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError(f"Elasticsearch does not start:\n{(self.base / 'node.log').read_text()[-3000:]}")


def _alive_in_group(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def make_base() -> Path:
    """A folder for a node that other users can reach, unlike those of pytest."""
    base = Path(tempfile.mkdtemp(prefix="butluc-elastic-"))
    base.chmod(0o755)
    return base


def settings_of(node: ElasticNode, prefix: str) -> ElasticSettings:
    """How the node is entered by the user of the tests."""
    password = node.base / "password"
    if not password.exists():
        password.touch(0o600)
        password.write_text(node.password)
    return ElasticSettings(node.url, prefix, ca=node.ca, user=node.user, password_file=password)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _hashed(password: str) -> str:
    """As the server's file of users wants it."""
    salt = os.urandom(32)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 1000, 32)
    return "{PBKDF2}1000$" + base64.b64encode(salt).decode() + "$" + base64.b64encode(key).decode()


def _make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "node.key").write_bytes(key.private_bytes(pem, plain, serialization.NoEncryption()))
    (folder / "node.crt").write_bytes(certificate.public_bytes(pem))
