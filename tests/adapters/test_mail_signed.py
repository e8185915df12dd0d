"""Signed mails: what OpenSSL, as a reader's mail program would, makes of them."""

import subprocess
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.adapters.alert_samples import message, row
from tests.adapters.digest_samples import digest
from warning.app.system import channels_of
from warning.channels.mail_mime import MailIdentity, mime, signed_mail
from warning.channels.smime import SigningFiles
from warning.errors import SettingsError
from warning.report.mail import digest_mail
from warning.report.pdf import as_pdf
from warning.settings import Settings


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> SigningFiles:
    home = tmp_path_factory.mktemp("smime")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Early Warning")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name("ews@example.org")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (home / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (home / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    return SigningFiles(certificate=home / "cert.pem", key=home / "key.pem", password="secret")


def verified(mail: bytes, files: SigningFiles) -> subprocess.CompletedProcess:
    command = ["openssl", "cms", "-verify", "-noverify", "-certfile", files.certificate, "-purpose", "any"]
    return subprocess.run(command, input=mail, capture_output=True, check=False)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_signed_mail_is_verified_and_reads_as_before(files, language):
    identity = MailIdentity(sender="Early Warning <ews@example.org>", signer=files.signer())
    raw = mime(message(language=language), row(language=language, channel="mail"), identity, root_ref=None)
    checked = verified(raw, files)
    assert b"erification successful" in checked.stderr, checked.stderr
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail.get_content_type() == "multipart/signed"
    assert mail["Message-ID"].startswith("<d-")
    assert mail["Subject"] == message(language=language).subject
    assert len(mail.get_all("MIME-Version")) == 1
    body = mail.get_body(("plain",))
    assert message(language=language).title in body.get_content()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_signed_digest_is_verified_and_keeps_its_pdf(files, language):
    identity = MailIdentity(sender="Early Warning <ews@example.org>", signer=files.signer())
    document = digest(language)
    plain = digest_mail(
        document, sender="ews@example.org", recipient="desk@example.org", attached=as_pdf(document)
    )
    raw = signed_mail(plain, identity)
    checked = verified(raw, files)
    assert b"erification successful" in checked.stderr, checked.stderr
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail.get_content_type() == "multipart/signed"
    (pdf,) = (part for part in mail.walk() if part.get_content_type() == "application/pdf")
    assert pdf.get_content() == as_pdf(document)
    assert mail["Subject"] == message_from_bytes(plain, policy=policy.default)["Subject"]
    changed = raw.replace(b"List-Unsubscribe", b"X-Other")
    assert verified(changed, files).returncode == 0, "headers outside are not signed"
    assert verified(raw.replace(b"application/pdf", b"application/zip"), files).returncode != 0


def test_mail_that_was_changed_on_its_way_does_not_verify(files):
    identity = MailIdentity(sender="Early Warning <ews@example.org>", signer=files.signer())
    raw = mime(message(), row(channel="mail"), identity, root_ref=None)
    changed = raw.replace(b"Gallium", b"Wolfram")
    assert changed != raw
    assert verified(changed, files).returncode != 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"certificate": Path("/none.pem")}, "WARNING_SMIME_CERT"),
        ({"key": Path("/none.pem")}, "WARNING_SMIME_KEY"),
        ({"password": "wrong"}, "WARNING_SMIME_KEY"),
        ({"password": ""}, "WARNING_SMIME_KEY"),
    ],
)
def test_what_mails_are_signed_with_is_refused_in_words_when_it_cannot_be_read(files, changes, said):
    given = {"certificate": files.certificate, "key": files.key, "password": files.password, **changes}
    with pytest.raises(SettingsError, match=said) as raised:
        SigningFiles(**given).signer()
    assert "secret" not in str(raised.value)


def test_a_certificate_without_its_key_is_a_mistake_in_the_settings(tmp_path, files):
    with pytest.raises(SettingsError, match="both"):
        channels_of(Settings(home=tmp_path, smime_cert=files.certificate))
