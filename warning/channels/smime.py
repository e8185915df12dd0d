"""Mails signed by S/MIME, so that a reader's mail program shows who sent them. Needs the extra `smime`."""

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from warning.errors import SettingsError

NEEDED = "signing mails needs the extra smime: pip install 'allied-early-warning[smime]'"


@dataclass(frozen=True, slots=True)
class Signer:
    """A certificate with its key and the authorities between it and the root."""

    certificate: Any
    key: Any = field(repr=False)
    chain: tuple[Any, ...] = ()

    def signed(self, entity: bytes) -> bytes:
        """Return a MIME entity as multipart/signed, headers and body, with CRLF line ends. It is sent as it is signed."""
        pkcs7 = import_module("cryptography.hazmat.primitives.serialization.pkcs7")
        serialization = import_module("cryptography.hazmat.primitives.serialization")
        hashes = import_module("cryptography.hazmat.primitives.hashes")
        builder = (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(entity)
            .add_signer(self.certificate, self.key, hashes.SHA256())
        )
        for authority in self.chain:
            builder = builder.add_certificate(authority)
        whole: bytes = builder.sign(
            serialization.Encoding.SMIME, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        )
        return _crlf(whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningFiles:
    """PEM files: the certificate, first of all it holds, then its authorities; and its key."""

    certificate: Path
    key: Path
    password: str = field(default="", repr=False)

    def signer(self) -> Signer:
        """Read the files. Raises SettingsError that says which of them is wrong."""
        try:
            x509 = import_module("cryptography.x509")
            serialization = import_module("cryptography.hazmat.primitives.serialization")
        except ImportError:
            raise SettingsError(NEEDED) from None
        try:
            found = x509.load_pem_x509_certificates(self.certificate.read_bytes())
        except (OSError, ValueError) as wrong:
            raise SettingsError(
                f"WARNING_SMIME_CERT: {self.certificate} is no certificate in PEM ({_why(wrong)})"
            ) from None
        try:
            key = serialization.load_pem_private_key(
                self.key.read_bytes(), self.password.encode() if self.password else None
            )
        except (OSError, ValueError, TypeError) as wrong:
            raise SettingsError(
                f"WARNING_SMIME_KEY: {self.key} cannot be read as a PEM key ({_why(wrong)})"
            ) from None
        if found[0].public_key() != key.public_key():
            raise SettingsError("WARNING_SMIME_KEY is not the key of WARNING_SMIME_CERT")
        return Signer(certificate=found[0], key=key, chain=tuple(found[1:]))


def _why(wrong: Exception) -> str:
    return wrong.strerror or "" if isinstance(wrong, OSError) else type(wrong).__name__


def _crlf(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
