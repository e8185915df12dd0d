"""A server that answers as the services of trade statistics do: Korea Customs, US Census, Eurostat and Comtrade."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from multidict import MultiMapping

REFUSED = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>"
    "SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg></cmmMsgHeader></OpenAPI_ServiceResponse>"
)


@dataclass
class Statistics:
    """`more` is added to every figure of the first month of an answer: a revision. `refuses` makes all refuse in their way."""

    base: str = ""
    more: int = 0
    refuses: bool = False
    asked: list[str] = field(default_factory=list)


def months(first: str, last: str) -> list[str]:
    year, month = int(first[:4]), int(first[-2:])
    count = (int(last[:4]) - year) * 12 + int(last[-2:]) - month + 1
    return [f"{year + (month - 1 + n) // 12}-{(month - 1 + n) % 12 + 1:02}" for n in range(count)]


def korea(said: Statistics, query: MultiMapping[str]) -> web.Response:
    span = months(query["strtYymm"], query["endYymm"])
    if said.refuses:
        return web.Response(text=REFUSED, content_type="text/xml")
    if len(span) > 12:
        text = "<response><header><resultCode>99</resultCode><resultMsg>조회기간은 1년이내 기간만 가능합니다.</resultMsg></header></response>"
        return web.Response(text=text, content_type="text/xml")
    rows = [("총계", "-", "-", 900)]
    rows += [
        (month.replace("-", "."), query["hsSgn"], "CN", 100 + said.more * (month == span[0]))
        for month in span
    ]
    items = "".join(
        f"<item><year>{year}</year><hsCd>{code}</hsCd><statCd>{state}</statCd><impWgt>{kg}</impWgt><impDlr>{kg}</impDlr></item>"
        for year, code, state, kg in rows
    )
    head = "<header><resultCode>00</resultCode><resultMsg>NORMAL SERVICE.</resultMsg></header>"
    return web.Response(
        text=f"<response>{head}<body><items>{items}</items></body></response>", content_type="text/xml"
    )


def census(said: Statistics, query: MultiMapping[str]) -> web.Response:
    if said.refuses:
        return web.Response(text="<html><title>Missing Key</title></html>", content_type="text/html")
    first, last = re.findall(r"\d{4}-\d\d", query["time"])
    head = ["CTY_CODE", "GEN_VAL_MO", "time", "COMM_LVL", "I_COMMODITY"]
    states = {"-": 500, "0003": 77, "1XXX": 9, "4280": 5, "5700": 100}
    rows = [
        [state, str(value + said.more * (month == first)), month, "HS6", "811292"]
        for state, value in states.items()
        for month in months(first, last)
    ]
    return web.json_response([head, *rows])


def eurostat(said: Statistics, query: MultiMapping[str]) -> web.Response:
    if said.refuses:
        return web.Response(
            status=404, text="<faultstring>No results found</faultstring>", content_type="text/xml"
        )
    span = months(query["startPeriod"], query["endPeriod"])
    figures = [
        str(11 + said.more),
        "",
        ":",
        *["9"] * (len(span) - 3),
    ]  # the second confidential, the third missing
    rows = [
        f"ESTAT:DS-045409(1.0),18/11/26,M,EU27_2020,CN,811292,1,QUANTITY_IN_100KG,{month},{value},"
        for month, value in zip(span, figures, strict=True)
    ]
    head = "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE,OBS_FLAG"
    return web.Response(text="\r\n".join([head, *rows]), content_type="text/csv")


def comtrade(said: Statistics, query: MultiMapping[str]) -> web.Response:
    periods = query["period"].split(",")
    if len(periods) > 12:
        return web.json_response({"statusCode": 400}, status=400)
    rows = [
        {
            "period": period, "reporterCode": int(query["reporterCode"]), "partnerCode": int(partner), "cmdCode": code,
            "flowCode": query["flowCode"], "netWgt": 5.0 + said.more * (period == periods[0]), "primaryValue": 9.0,
        }
        for period in periods for partner in query["partnerCode"].split(",") for code in query["cmdCode"].split(",")
    ]  # fmt: skip
    if said.refuses:
        return web.json_response({"count": 0, "data": [], "error": "Temporarily unavailable"})
    return web.json_response({"count": len(rows), "data": rows[:500], "error": ""})


SERVICES = {"nitemtrade": korea, "intltrade": census, "comext": eurostat, "/C/M/HS": comtrade}


@asynccontextmanager
async def statistics_server() -> AsyncIterator[Statistics]:
    said = Statistics()

    async def answer(request: web.Request) -> web.Response:
        said.asked.append(str(request.rel_url))
        return next(serve for part, serve in SERVICES.items() if part in request.path)(said, request.query)

    app = web.Application()
    app.router.add_route("*", "/{name:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    said.base = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
    try:
        yield said
    finally:
        await runner.cleanup()
