"""What publishers' defences send in a document's place."""


def page(body: str = "", title: str = "", head: str = "") -> bytes:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()
    )


CHALLENGE_PAGES = {
    "Cloudflare": page("<noscript>Enable JavaScript and cookies to continue</noscript><script>window._cf_chl_opt={cvId:'3'};</script>", "Just a moment..."),
    "Akamai": page("<h1>Access Denied</h1>You don't have permission to access this server.<p>Reference&#32;&#35;18&#46;2d351202<p>https&#58;&#47;&#47;errors&#46;edgesuite&#46;net", "Access Denied"),
    "Imperva Incapsula": page('<iframe id="main-iframe" src="/_Incapsula_Resource?SWUDNSAI=31&xinfo=9">Request unsuccessful. Incapsula incident ID: 1234-5678</iframe>'),
    "Alibaba Cloud": b"<html><script>var arg1='C3B1F7E4A7D9';function reload(x){document.cookie='acw_sc__v2='+x;location.reload()}</script></html>",
    "Tencent Cloud": page("<div id='tc'></div><script src='https://turing.captcha.qcloud.com/TCaptcha.js'></script><script>new TencentCaptcha('1')</script>"),
    "RiverSecurity": b"<html><head><meta content='x'><script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=12345;$_ts.cd='qAq';</script></head><body></body></html>",
    "Knownsec Jiasule": b"<script>document.cookie=('_')+('_')+'jsl';document.cookie='__jsl_clearance_s=1700.1|-1|x';location.href=location.pathname</script>",
    "Sina": page("<script>location.replace('https://passport.weibo.com/visitor/visitor?entry=miniblog')</script>", "Sina Visitor System"),
    "WeChat": page("<p>当前环境异常，完成验证后即可继续访问。</p><a id='js_verify'>去验证</a>"),
    "F5": page("The requested URL was rejected. Please consult with your administrator.<br>Your support ID is: 1234567890", "Request Rejected"),
    "DataDome": page("<script>var dd={'rt':'c','host':'geo.captcha-delivery.com'}</script>", "example.org"),
    "Anubis": page("<h1>Making sure you're not a bot!</h1><script src='/.within.website/x/cmd/anubis/static/js/main.mjs'></script>"),
    "Chinese site guard": page("<p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>", "网站防火墙"),
}  # fmt: skip
