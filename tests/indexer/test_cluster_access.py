"""Entering the cluster: settings, certificate, secrets."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from core.errors import BadInputError, MissingToolError
from core.model import owner
from indexer.elastic import open_elastic
from indexer.elastic.index import ElasticIndex
from indexer.elastic.settings import KEY_VARIABLE, PASSWORD_VARIABLE, URL_VARIABLE, ElasticSettings
from indexer.port import SearchRequest
from support.elastic import ElasticNode, settings_of

RIGHTS = {
    "cluster": ["monitor"],
    "indices": [{"names": ["quyen-*"], "privileges": ["read", "write", "create_index", "manage"]}],
}
READING = {**RIGHTS, "indices": [{"names": ["quyen-*"], "privileges": ["read", "view_index_metadata"]}]}
"""What docs/elasticsearch.md asks for, to write and to search."""


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://máy:9200"},
        {"url": "https://"},
        {"url": "https://máy:cổng"},
        {"url": "https://user:matkhau@localhost:9200"},
        {"url": "http://10.0.0.7:9200"},
        {"prefix": "Kho"},
        {"prefix": "-kho"},
        {"prefix": ""},
        {"prefix": "a" * 61},
        {"prefix": "kho*"},
        {"shards": 0},
    ],
)
def test_settings_that_cannot_be_used_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"url|prefix|shards") as refused:
        ElasticSettings(**wrong)  # type: ignore[arg-type]
    assert "matkhau" not in str(refused.value)


def test_environment_goes_before_files(tmp_path: Path) -> None:
    key = tmp_path / "khoa"
    key.write_text("tu-tep\n")
    key.chmod(0o600)
    settings = ElasticSettings("https://a:9200", api_key_file=Path("khoa")).within(tmp_path, {})
    assert settings.access({}).api_key == "tu-tep"
    assert settings.access({KEY_VARIABLE: "tu-moi-truong"}).api_key == "tu-moi-truong"
    assert settings.within(tmp_path, {URL_VARIABLE: "https://b:9200"}).url == "https://b:9200"
    with pytest.raises(BadInputError):
        settings.within(tmp_path, {URL_VARIABLE: "http://b:9200"})
    user = ElasticSettings("https://a:9200", user="butluc").access({PASSWORD_VARIABLE: "m"})
    assert (user.user, user.password, user.api_key) == ("butluc", "m", None)
    assert "tu-tep" not in repr(settings.access({})) and "'m'" not in repr(user)


@pytest.mark.parametrize(("content", "mode"), [(None, 0), (b"", 0o600), (b"\xff", 0o600), (b"khoa", 0o640)])
def test_secret_that_is_missing_empty_or_open_is_refused(tmp_path: Path, content: bytes | None, mode: int) -> None:
    path = tmp_path / "khoa"
    if content is not None:
        path.write_bytes(content)
        path.chmod(mode)
    with pytest.raises(BadInputError) as refused:
        open_elastic(ElasticSettings("https://localhost:9200", api_key_file=path))
    assert refused.value.code in ("indexer.secret-unreadable", "indexer.secret-open")


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"])
def test_certificate_file_without_a_certificate_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInputError) as refused:
        open_elastic(ElasticSettings("https://localhost:9200", ca=path))
    assert refused.value.code == "indexer.ca-unreadable"


def test_unknown_certificate_is_not_trusted(elastic_node: ElasticNode) -> None:
    with pytest.raises(MissingToolError) as refused:
        open_elastic(ElasticSettings(elastic_node.url, user="a")).version()
    assert refused.value.code == "indexer.tls"


def test_wrong_secret_is_told_and_never_shown(
    elastic_node: ElasticNode, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = tmp_path / "mat-khau"
    secret.write_text("rat-bi-mat")
    secret.chmod(0o600)
    caplog.set_level(logging.DEBUG)
    index = open_elastic(
        ElasticSettings(elastic_node.url, ca=elastic_node.ca, user=elastic_node.user, password_file=secret)
    )
    with pytest.raises(MissingToolError) as refused:
        index.count()
    assert refused.value.code == "indexer.not-allowed"
    shown = f"{refused.value} {refused.value.params} {index!r} {index._cluster!r} {caplog.text}"
    assert "rat-bi-mat" not in shown


def test_key_with_the_documented_rights_is_enough_and_reaches_nothing_else(
    elastic_node: ElasticNode, tmp_path: Path
) -> None:
    admin = Elasticsearch(
        elastic_node.url, ca_certs=str(elastic_node.ca), basic_auth=(elastic_node.user, elastic_node.password)
    )

    def enter(prefix: str, rights: dict[str, object]) -> ElasticIndex:
        made = admin.security.create_api_key(name="butluc", role_descriptors={"butluc": rights})
        key = tmp_path / "khoa"
        key.touch(0o600)
        key.write_text(made["encoded"])
        return open_elastic(ElasticSettings(elastic_node.url, prefix, ca=elastic_node.ca, api_key_file=key))

    index = enter("quyen", RIGHTS)
    assert index.version().startswith("elasticsearch 8.")
    for act in (index.writing, index.rebuilding, index.writing):
        with act() as writer:
            writer.replace_documents(["A.1987.1.0000001"], [])
    assert (index.count(), list(index.contents())) == (0, [])
    reading = enter("quyen", READING)
    assert reading.search(SearchRequest("án"), owner("thư ký")).total == reading.count() == 0
    for kept_out in (enter("khac", RIGHTS), enter("quyen", READING)):
        with pytest.raises(MissingToolError) as refused, kept_out.writing():
            pass
        assert refused.value.code == "indexer.not-allowed"


def test_other_server_is_not_taken_for_elasticsearch(elastic_node: ElasticNode) -> None:
    settings = settings_of(elastic_node, "butluc")
    with pytest.raises(MissingToolError) as away:
        open_elastic(ElasticSettings("https://127.0.0.1:1", ca=settings.ca)).version()
    assert away.value.code == "indexer.unreachable"
