"""Small PDFs made by hand: standard CJK character maps without any embedded font, scans, and hostile shapes."""

CJK = {
    "UniGB-UCS2-H": ("GB1", "utf-16-be", "商务部公告2023年第23号 镓 锗"),
    "GBK-EUC-H": ("GB1", "gbk", "海关总署对镓锗相关物项实施出口管制"),
    "UniGB-UTF16-H": ("GB1", "utf-16-be", "自2023年8月1日起正式实施"),
    "90ms-RKSJ-H": ("Japan1", "cp932", "輸出規制 ガリウム"),
    "UniJIS-UCS2-H": ("Japan1", "utf-16-be", "輸出貿易管理令の一部改正"),
    "KSCms-UHC-H": ("Korea1", "cp949", "수출통제 갈륨 게르마늄"),
    "UniKS-UCS2-H": ("Korea1", "utf-16-be", "전략물자 수출입고시"),
    "ETen-B5-H": ("CNS1", "big5", "戰略性高科技貨品出口管制"),
}


def pdf_of(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, the first its catalogue."""
    out, places = b"%PDF-1.5\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )


def stream(body: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%b>>stream\n%b\nendstream" % (len(body), more, body)


def page_of(content: bytes, *others: bytes, resources: bytes = b"", trailer: bytes = b"") -> bytes:
    return pdf_of(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%b>>>>" % resources,
            stream(content),
            *others,
        ],
        trailer,
    )


def cjk_pdf(character_map: str, *, title: str = "") -> bytes:
    """A page in a font that is only named, as many official Chinese, Japanese and Korean PDFs have it."""
    ordering, codec, text = CJK[character_map]
    shown = b"BT /F1 12 Tf 72 700 Td <%b> Tj ET" % text.encode(codec).hex().encode()
    font = b"<</Type/Font/Subtype/Type0/BaseFont/Any/Encoding/%b/DescendantFonts[6 0 R]>>"
    inner = (
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/Any/CIDSystemInfo<</Registry(Adobe)/Ordering(%b)"
        b"/Supplement 4>>/FontDescriptor 7 0 R>>"
    )
    outline = (
        b"<</Type/FontDescriptor/FontName/Any/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800"
        b"/Descent -200/CapHeight 800/StemV 80>>"
    )
    info = b"<</Title<feff%b>>>" % title.encode("utf-16-be").hex().encode()
    return page_of(
        shown,
        font % character_map.encode(),
        inner % ordering.encode(),
        outline,
        info,
        resources=b"/Font<</F1 5 0 R>>",
        trailer=b"/Info 8 0 R" if title else b"",
    )


def scanned_pdf() -> bytes:
    """A page that is one picture."""
    picture = stream(
        b"\x00" * 8, b"/Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceGray/BitsPerComponent 1"
    )
    return page_of(b"q 595 0 0 842 0 0 cm /I1 Do Q", picture, resources=b"/XObject<</I1 5 0 R>>")
