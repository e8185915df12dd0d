"""How the pages look that publishers' defences put in the place of a document. Marks are searched in lower case."""

import re
from re import Pattern


def _marks(*texts: str) -> tuple[Pattern[str], ...]:
    return tuple(re.compile(text) for text in texts)


CHALLENGES: tuple[tuple[str, tuple[Pattern[str], ...]], ...] = (
    ("Cloudflare", _marks(r"_cf_chl_opt", r"cf-browser-verification", r"cf_chl_(?:opt|prog|rt_tk)", r"cf-error-details[^>]*>.*cloudflare", r"challenge-error-text", r"attention required! \| cloudflare")),
    ("Akamai", _marks(r"errors\.edgesuite\.net", r"sec-if-cpt-container", r"bm-verify=", r"/_sec/cp_challenge/", r"reference&#32;&#35;", r"ak_bmsc.{0,200}challenge")),
    ("Imperva Incapsula", _marks(r"_incapsula_resource", r"incapsula incident id", r"pardon our interruption")),
    ("Alibaba Cloud", _marks(r"acw_sc__v[23]", r"aliyun_?waf", r"errors?\.aliyun(?:dun)?\.com", r"aliyuncaptcha", r"punish-component", r"_____tmd_____")),
    ("Tencent Cloud", _marks(r"tencentcaptcha", r"tcaptcha(?:-global)?\.js", r"captcha\.(?:gtimg|qq|myqcloud)\.com", r"waf\.tencent", r"/wafcaptcha", r"腾讯云waf|腾讯t-sec")),
    ("Huawei Cloud", _marks(r"hwwafses(?:id|time)", r"huaweicloudwaf")),
    ("RiverSecurity", _marks(r"\$_ts\s*=\s*window\[['\"]\$_ts", r"\$_ts\.(?:nsd|cd)\b", r"window\[['\"]\$_ts['\"]\]")),
    ("Knownsec Jiasule", _marks(r"__jsl_clearance", r"__jsluid", r"yunaq\.com|365cyd\.net|创宇盾|加速乐")),
    ("Chinese site guard", _marks(r"yunsuo_session_verify", r"安全狗|网站防火墙|云锁|safedog", r"您的请求(?:疑似|带有|可能).{0,20}(?:攻击|不合法|拦截)", r"您的访问(?:行为|请求).{0,20}(?:异常|拦截)", r"访问(?:过于|太)频繁", r"wzws-waf|wzwschallenge|wzwsconfirm")),
    ("Sina", _marks(r"sina visitor system", r"passport\.(?:weibo|sina)\.(?:com|cn)/visitor", r"security\.weibo\.com/captcha")),
    ("WeChat", _marks(r"wappoc_appmsgcaptcha", r"secitptpage/verify", r"当前环境异常，完成验证后即可继续访问")),
    ("Baidu", _marks(r"wappass\.baidu\.com/static/captcha", r"百度安全验证", r"百度云加速.{0,200}拦截")),
    ("DataDome", _marks(r"captcha-delivery\.com", r"geo\.captcha-delivery")),
    ("HUMAN", _marks(r"px-captcha", r"_pxappid|perimeterx\.net")),
    ("AWS", _marks(r"awswaf(?:cookiedomainlist|integration|captcha)", r"token\.awswaf\.com", r"gokuprops")),
    ("Sucuri", _marks(r"sucuri_cloudproxy", r"sucuri website firewall")),
    ("F5", _marks(r"the requested url was rejected\. please consult", r"your support id is:? *\d{6}", r"/tspd/\?type=")),
    ("Anubis", _marks(r"within\.website/x/cmd/anubis", r"making sure you(?:'|&#39;|’)re not a bot")),
    ("DDoS-Guard", _marks(r"ddos-guard\.net", r"check\.ddos-guard")),
    ("Vercel", _marks(r"vercel security checkpoint")),
    ("Google", _marks(r"/sorry/index", r"our systems have detected unusual traffic", r"consent\.google\.com/(?:save|m\?)")),
    ("Kakao or Naver", _marks(r"ncaptcha|nidlogin\.captcha", r"비정상적인 (?:접근|트래픽|요청)이 (?:감지|탐지)", r"자동\s?입력\s?방지\s?문자를 입력")),
    ("Radware", _marks(r"validate\.perfdrive\.com", r"stormcaster\.js|rdwr_|shieldsquare")),
)  # fmt: skip

TITLES = (
    "just a moment", "checking your browser", "attention required!", "are you a robot", "are you human", "verify you are human",
    "human verification", "bot verification", "robot check", "security check", "access denied", "you have been blocked",
    "request rejected", "403 forbidden", "security verification", "one more step", "ddos protection",
    "安全验证", "人机验证", "访问验证", "滑动验证", "访问被拒绝", "访问受限", "拦截提示", "禁止访问", "请完成验证", "身份验证",
    "アクセスが拒否", "アクセス制限", "画像認証", "ロボットではありません", "セキュリティチェック",
    "접근이 차단", "접근 차단", "보안 인증", "자동등록방지", "로봇이 아닙니다", "비정상적인 접근",
)  # fmt: skip

CAPTCHA_FORMS: tuple[tuple[str, Pattern[str]], ...] = (
    ("reCAPTCHA", re.compile(r"class=[\"'][^\"']*g-recaptcha|recaptcha/(?:api|enterprise)\.js|google\.com/recaptcha/api2/anchor")),
    ("hCaptcha", re.compile(r"class=[\"'][^\"']*h-captcha|hcaptcha\.com/1/api\.js")),
    ("Turnstile", re.compile(r"cf-turnstile|challenges\.cloudflare\.com/turnstile")),
    ("GeeTest", re.compile(r"initgeetest|geetest\.com|gt\.js\b")),
    ("NetEase Yidun", re.compile(r"initnecaptcha|yidun_|dun\.163\.com")),
    ("FunCaptcha", re.compile(r"arkoselabs\.com|funcaptcha")),
    ("image code", re.compile(r"<img[^>]+(?:captcha|verifycode|checkcode|validatecode|vcode|kaptcha)[^>]*>")),
)  # fmt: skip

LOGIN_WORDS = (
    "log in", "login", "sign in", "sign-in", "signin", "password", "subscribers only", "member login",
    "登录", "登陆", "请先登录", "会员登录", "用户名", "密码", "ログイン", "パスワード", "会員", "로그인", "비밀번호", "아이디",
)  # fmt: skip
LOGIN_PATHS = re.compile(
    r"/(?:log-?in|sign-?in|sso|passport|auth|account/login|cas/login|member/login|wp-login\.php|saml2?)(?:[/._?]|$)"
)

GONE_WORDS = (
    "has moved", "have moved", "moved permanently", "object moved", "document moved", "new address", "new website", "new location",
    "no longer available at this address", "this site has been moved", "has been relocated", "redirecting",
    "已迁移", "已搬迁", "新网站", "新版网站", "网址已变更", "网站已更换", "页面已转移", "正在跳转", "将自动跳转",
    "移転しました", "移動しました", "urlが変更", "urlを変更", "新しいページ", "アドレスが変わりました",
    "이전되었습니다", "이전하였습니다", "이동되었습니다", "주소가 변경", "새 주소", "홈페이지가 변경",
)  # fmt: skip
