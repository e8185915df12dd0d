"""Mails in: every charset newsletters come in, parts within their limits, and no trust in what a mail says of itself."""

from base64 import b64encode
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.office_samples import docx_of, paragraph, zip_of
from tests.adapters.parse_samples import document, profile
from tests.adapters.pdf_samples import CJK, cjk_pdf, scanned_pdf
from warning.collect import mail_items
from warning.collect.mail_bundle import bundled, unbundled
from warning.collect.parse import parse
from warning.core.formats import MailFormat
from warning.errors import ParseError

MAIL = MailFormat(format="mail")
TEXTS = {
    "gb2312": "商务部公布镓锗出口管制，朱镕基",  # 镕 is in GBK only: declared with its smaller relative
    "gbk": "海关总署公告",
    "gb18030": "稀土出口许可",
    "big5": "戰略性高科技貨品",
    "euc-kr": "중국, 갈륨 수출통제",
    "iso-2022-jp": "中国、ガリウムの輸出規制",
    "shift_jis": "レアアース①",
    "euc-jp": "黒鉛の輸出許可",
    "utf-8": "镓 ガリウム 갈륨 gallium",
}
WIDER = {"gb2312": "gb18030", "euc-kr": "cp949", "shift_jis": "cp932"}


def raw_mail(text: str, charset: str, *, header: str = "") -> bytes:
    packed = text.encode(WIDER.get(charset, charset))
    subject = f"=?{charset}?B?{b64encode(packed).decode()}?="
    head = f"From: News <news@press.example>\r\nSubject: {subject}\r\nMessage-ID: <1@press.example>\r\nDate: Mon, 3 Jul 2023 18:30:00 +0800\r\n{header}Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return head.encode() + packed + b"\r\n"


def only(body: bytes, layout: MailFormat = MAIL):
    (item,) = parse(document(body), layout, profile()).items
    return item


def message(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    for name, value in (
        {"From": "desk@mission.example", "Subject": "report", "Message-ID": "<2@m>"} | headers
    ).items():
        mail[name] = value
    return mail


@pytest.mark.parametrize("charset", TEXTS)
def test_subject_and_text_are_read_in_their_charset(charset):
    item = only(raw_mail(TEXTS[charset], charset))
    assert item.title == TEXTS[charset]
    assert item.body == TEXTS[charset]
    assert item.published_at.isoformat() == "2023-07-03T10:30:00+00:00"


@pytest.mark.parametrize(
    ("said", "sent"), [("utf-8", "gb18030"), ("us-ascii", "utf-8"), ("no-such-set", "cp949")]
)
def test_a_charset_that_lies_is_seen_through(said, sent):
    text = (
        "중국 갈륨 수출통제 발표에 대한 업계의 반응을 정리한다"
        if sent == "cp949"
        else "商务部公布对镓锗相关物项实施出口管制的公告全文"
    )
    raw = (
        b"Subject: x\r\nFrom: a@b\r\nContent-Type: text/plain; charset="
        + said.encode()
        + b"\r\n\r\n"
        + text.encode(sent)
    )
    assert only(raw).body == text


@pytest.mark.parametrize(
    ("said", "sent", "subject", "text"),
    [
        ("ks_c_5601-1987", "cp949", "갈륨 속보", "중국 갈륨 수출통제 발표에 대한 업계의 반응"),
        ("utf-8", "gb18030", "镓出口管制", "商务部公布对镓锗相关物项实施出口管制的公告全文"),
        ("shift_jis", "cp932", "ガリウム速報", "天津税関でガリウムの貨物が止まっている"),
        ("gb2312", "utf-8", "镓出口管制", "商务部公布对镓锗相关物项实施出口管制的公告全文"),
    ],
)
def test_a_subject_in_bare_bytes_is_read_as_the_text_below_it(said, sent, subject, text):
    raw = b"Subject: " + subject.encode(sent) + b"\r\nFrom: a@b\r\n"
    raw += b"Content-Type: text/plain; charset=" + said.encode() + b"\r\n\r\n" + text.encode(sent)
    assert (only(raw).title, only(raw).body) == (subject, text)


def test_html_is_read_as_text_where_there_is_no_plain_part():
    mail = message()
    mail.set_content(
        "<html><head><style>p{}</style></head><body><p>Customs hold</p><script>x()</script><p>at Ningbo</p></body></html>",
        subtype="html",
    )
    assert only(mail.as_bytes()).body == "Customs hold\nat Ningbo"


def test_the_plain_part_goes_before_the_html_part():
    mail = message()
    mail.set_content("plain words")
    mail.add_alternative("<p>other words</p>", subtype="html")
    assert only(mail.as_bytes()).body == "plain words"


def test_attachments_are_named_with_their_hash_and_read_within_their_limits():
    mail = message()
    mail.set_content("see annex")
    mail.add_attachment(cjk_pdf("GBK-EUC-H"), maintype="application", subtype="pdf", filename="公告.pdf")
    mail.add_attachment(b"MZ\x00", maintype="application", subtype="octet-stream", filename="a/b.exe")
    item = only(mail.as_bytes())
    assert CJK["GBK-EUC-H"][2] in item.body
    assert "[attachment 公告.pdf, application/pdf, " in item.body
    assert "[attachment a_b.exe, application/octet-stream, 3 bytes, SHA-256 " in item.body
    none = only(mail.as_bytes(), MailFormat(format="mail", attachments=0))
    assert CJK["GBK-EUC-H"][2] not in none.body
    assert "公告.pdf" in none.body


def test_attachments_that_are_not_read_leave_their_places_to_those_that_are():
    mail = message()
    mail.set_content("see annex")
    archive = zip_of({"unseen.txt": "unseen"})
    for number in range(5):
        mail.add_attachment(archive, maintype="application", subtype="zip", filename=f"{number}.zip")
    mail.add_attachment(b"PK\x03\x04damaged", maintype="application", subtype="zip", filename="damaged.docx")
    for number in range(6):
        annex = docx_of(paragraph(f"cable {number}"))
        mail.add_attachment(
            annex, maintype="application", subtype="octet-stream", filename=f"cable-{number}.docx"
        )
    parsed = parse(document(mail.as_bytes()), MAIL, profile())
    body = parsed.items[0].body
    assert [number for number in range(6) if f"cable {number}" in body] == [0, 1, 2, 3, 4]
    assert "0.zip: a ZIP archive, which is not read" in " ".join(parsed.problems)


def test_a_scanned_annex_is_a_problem_of_its_mail():
    mail = message()
    mail.set_content("see annex")
    mail.add_attachment(scanned_pdf(), maintype="application", subtype="pdf", filename="scan.pdf")
    parsed = parse(document(mail.as_bytes()), MAIL, profile())
    assert parsed.records == 1
    assert "mail 1: scan.pdf: scanned" in parsed.problems[0]


def test_what_a_mail_says_of_its_sender_is_shown_and_not_believed():
    forged = raw_mail("x", "utf-8", header="Authentication-Results: mx.us.example; dkim=pass; spf=pass\r\n")
    item = only(forged)
    assert item.summary == "From: News <news@press.example> (not verified)"
    assert "pass" not in repr(item)


@pytest.mark.parametrize(
    ("sender", "kept"),
    [
        ("a@press.example", 1),
        ("b@news.press.example", 1),
        ("press.example@evil.test", 0),
        ("x@notpress.example", 0),
    ],
)
def test_senders_are_kept_by_address_or_domain(sender, kept):
    chosen = MailFormat(format="mail", senders=("press.example",))
    mail = message(From=f'"press.example" <{sender}>')
    mail.set_content("x")
    assert parse(document(mail.as_bytes()), chosen, profile()).records == kept


def test_a_bundle_an_mbox_and_a_message_give_the_same_items():
    one, two = raw_mail("a", "utf-8"), raw_mail("b", "utf-8").replace(b"<1@", b"<2@")
    bundle, box = bundled([(7, one), (9, two)]), b"From x\n" + one + b"\nFrom y\n" + two
    titles = [[item.title for item in parse(document(body), MAIL, profile()).items] for body in (bundle, box)]
    assert titles == [["a", "b"], ["a", "b"]]
    assert only(one).id == parse(document(bundle), MAIL, profile()).items[0].id


def test_a_mail_that_came_twice_is_one_item():
    twice = bundled([(1, raw_mail("a", "utf-8")), (2, raw_mail("a", "utf-8"))])
    assert parse(document(twice), MAIL, profile()).records == 1


def said(
    subject: str = "Hold at Tianjin",
    sender: str = "desk@mission.example",
    text: str = "Gallium is held",
    attached: bytes = b"",
) -> bytes:
    mail = message(**{"Subject": subject, "From": sender, "Message-ID": "<7@mission.example>"})
    mail.set_content(text)
    if attached:
        mail.add_attachment(attached, maintype="application", subtype="octet-stream", filename="a")
    return mail.as_bytes()


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "Nothing to report"}, {"sender": "someone@else.example"}, {"text": "All is released"},
        {"attached": b"other"},
    ],
    ids=str,
)  # fmt: skip
def test_mails_that_differ_under_one_message_id_are_both_kept_and_remarked_on(other):
    """An id is the writer's to choose: whoever knows one could suppress a report with it."""
    parsed = parse(document(bundled([(1, said()), (2, said(**other)), (3, said())])), MAIL, profile())
    assert [(i.title, "Gallium is held" in i.body) for i in parsed.items] == [
        ("Hold at Tianjin", True),
        (other.get("subject", "Hold at Tianjin"), "text" not in other),
    ]
    assert parsed.unread == ()
    (told,) = parsed.remarks
    assert told.startswith(
        "2 mails have the Message-ID <7@mission.example> and differ in subject, sender or text"
    )
    assert other.get("subject", "Hold at Tianjin") in told


def test_a_mail_under_a_known_message_id_takes_no_earlier_mails_place():
    first, later = only(said()), only(said(text="All is released"))
    assert first.id != later.id
    assert first.id == only(said()).id


def test_a_mail_has_one_name_whether_its_attachments_are_read_or_not():
    raw = said(attached=cjk_pdf("GBK-EUC-H"))
    read, bare = only(raw), only(raw, MailFormat(format="mail", attachments=0))
    assert (read.id, read.body == bare.body) == (bare.id, False)


def test_a_long_message_id_leaves_room_for_what_tells_two_mails_apart():
    raws = [said(text=text).replace(b"<7@", b"<" + b"7" * 1500 + b"@") for text in ("one", "two")]
    assert len({only(raw).id for raw in raws}) == 2


def test_parts_within_parts_without_end_are_bounded():
    nested = b"Subject: x\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(300)
    )
    assert parse(document(nested), MAIL, profile()).records <= 1


def test_what_is_no_mail_is_refused():
    for body in (b"", b"<html></html>", b"\x00\x01", b"MAILS/1\n9 99999\nx"):
        with pytest.raises(ParseError):
            parse(document(body), MAIL, profile())


@given(st.lists(st.tuples(st.integers(1, 2**32), st.binary(max_size=50)), max_size=5))
def test_a_bundle_gives_back_what_was_put_in(messages):
    assert unbundled(bundled(messages)) == [raw for _, raw in messages]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([raw_mail(text, charset) for charset, text in TEXTS.items()]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.binary(max_size=8)), max_size=5),
)
def test_mails_mangled_anyhow_give_evidence_or_a_refusal(seed, cuts):
    body = seed
    for place, length, noise in cuts:
        at = int(place * len(body))
        body = body[:at] + noise + body[at + length :]
    try:
        parsed = parse(document(body), MAIL, profile())
    except ParseError:
        return
    assert all(item.title and "\x00" not in item.body for item in parsed.items)


def test_a_mail_whose_attachment_takes_too_long_keeps_its_own_words(monkeypatch):
    def without_end(*_: object, **__: object) -> None:
        while True:
            pass

    monkeypatch.setattr(mail_items, "MAIL_SECONDS", 0.1)
    monkeypatch.setattr(mail_items, "read_file_text", without_end)
    mail = message()
    mail.set_content("urea held")
    mail.add_attachment(
        docx_of(paragraph("镓")), maintype="application", subtype="octet-stream", filename="a.docx"
    )
    parsed = parse(document(mail.as_bytes()), MAIL, profile())
    assert [("urea held" in item.body, "[attachment a.docx" in item.body) for item in parsed.items] == [
        (True, True)
    ]
    (left,) = parsed.left_out
    assert left.name == 'what is attached to the mail "report" <2@m>'
    assert "took longer than 0.1 seconds" in left.reason


def test_a_mail_that_takes_too_long_is_left_out_by_name_and_the_others_are_read(monkeypatch):
    def slow(raw, document, layout, profile):
        while b"hangs" in raw:
            pass
        return real(raw, document, layout, profile)

    real = mail_items._read
    monkeypatch.setattr(mail_items, "_read", slow)
    monkeypatch.setattr(mail_items, "MAIL_SECONDS", 0.1)
    monkeypatch.setattr(mail_items, "OWN_WORDS_SECONDS", 0.1)
    body = bundled(
        enumerate([b"Subject: one\r\n\r\n1", b"Subject: =?euc-kr?B?sKi3ww==?=\r\nMessage-ID: <h@m>\r\n\r\nhangs", b"Subject: two\r\n\r\n2"])
    )  # fmt: skip
    parsed = parse(document(body), MAIL, profile())
    assert [item.title for item in parsed.items] == ["one", "two"]
    (left,) = parsed.left_out
    assert left.name == 'the mail "감련" <h@m>'
    assert left.reason == "reading took longer than 0.1 seconds: given up"
