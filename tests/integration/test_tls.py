"""Connections to AWS are encrypted, to a server with the right name and a trusted certificate."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.exceptions import SSLError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from image_search.aws.json_client.connections import Connections, Timeouts
from image_search.aws.json_client.tls import Trust
from integration.loopback_aws import answers, loopback_aws

TIMEOUTS = Timeouts(connect=5, read=5)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """One that vouches for itself, in a file with its key, for `localhost`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture(scope="module")
def aws(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with loopback_aws(context) as aws:
        aws.plays(answers({}))
        yield aws


@pytest.fixture(autouse=True)
def no_bundles(monkeypatch):
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def amazons_and(certificate, directory):
    """A list as botocore's, with the certificate among others than Amazon's."""
    amazons = Path(botocore.__file__).with_name("cacert.pem").read_text()
    public = certificate.read_text().partition("-----BEGIN PRIVATE")[0]
    path = directory / "cacert.pem"
    path.write_text(f'{amazons}\n\n# Label: "Localhost"\n{public}')
    return path


def post(aws, trust):
    connections = Connections(aws.url, TIMEOUTS, lambda: trust)
    statuses = [connections.post({}, b"{}").status for _ in range(2)]
    connections.drop()
    return statuses


def test_five_of_amazons_authorities_are_enough_for_aws():
    authorities: Any = Trust().context.get_ca_certs()
    found = [dict(name for (name,) in each["subject"]) for each in authorities]
    names = {each["commonName"] for each in found}
    assert names == {
        "Amazon Root CA 1",
        "Amazon Root CA 2",
        "Amazon Root CA 3",
        "Amazon Root CA 4",
        "Starfield Services Root Certificate Authority - G2",
    }


def test_the_server_is_asked_for_its_name_and_certificate():
    context = Trust().context
    assert (context.check_hostname, context.verify_mode, context.minimum_version) == (
        True,
        ssl.CERT_REQUIRED,
        ssl.TLSVersion.TLSv1_2,
    )


def test_a_stranger_is_refused(aws):
    with pytest.raises(SSLError, match="certificate verify failed"):
        post(aws, Trust())


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_a_bundle_of_ones_own_is_trusted(aws, certificate, monkeypatch, name):
    monkeypatch.setenv(name, str(certificate))
    assert post(aws, Trust()) == [200, 200]


def test_where_amazons_do_not_do_all_others_are_tried(aws, certificate, tmp_path):
    assert post(aws, Trust(amazons_and(certificate, tmp_path))) == [200, 200]


def test_a_list_without_labels_is_loaded_whole(aws, certificate):
    assert post(aws, Trust(certificate)) == [200, 200]


def test_a_server_of_another_name_is_refused(aws, certificate):
    aws.url = aws.url.replace("localhost", "127.0.0.1")
    with pytest.raises(SSLError, match="IP address mismatch"):
        post(aws, Trust(certificate))
