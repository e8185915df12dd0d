"""What customs and statistics offices call countries: alpha-2 | UN M49 numbers | alpha-3 | names.

English, Chinese (both scripts), Japanese and Korean names, and the variants that trade statistics use. The
numbers include those of UN Comtrade that differ from ISO 3166 (842 United States, 251 France, 490 Taiwan).
"""

PLACES = """\
AD|20|AND|Andorra|安道尔|安道爾|アンドラ|안도라
AE|784|ARE|United Arab Emirates|阿拉伯联合酋长国|阿拉伯聯合大公國|アラブ首長国連邦|아랍에미리트|UAE|U.A.E.|Utd. Arab Emir.
AF|4|AFG|Afghanistan|阿富汗|アフガニスタン|아프가니스탄|Islamic Republic of Afghanistan
AG|28|ATG|Antigua & Barbuda|安提瓜和巴布达|安地卡及巴布達|アンティグア・バーブーダ|앤티가 바부다
AI|660|AIA|Anguilla|安圭拉|安奎拉|アンギラ|앵귈라
AL|8|ALB|Albania|阿尔巴尼亚|阿爾巴尼亞|アルバニア|알바니아
AM|51|ARM|Armenia|亚美尼亚|亞美尼亞|アルメニア|아르메니아
AO|24|AGO|Angola|安哥拉|アンゴラ|앙골라
AQ|10|ATA|Antarctica|南极洲|南極洲|南極|남극 대륙
AR|32|ARG|Argentina|阿根廷|アルゼンチン|아르헨티나
AS|16|ASM|American Samoa|美属萨摩亚|美屬薩摩亞|米領サモア|아메리칸 사모아
AT|40|AUT|Austria|奥地利|奧地利|オーストリア|오스트리아
AU|36|AUS|Australia|澳大利亚|澳洲|オーストラリア|오스트레일리아|Commonwealth of Australia|豪州|호주
AW|533|ABW|Aruba|阿鲁巴|荷屬阿魯巴|アルバ|아루바
AX|248|ALA|Åland Islands|奥兰群岛|奧蘭群島|オーランド諸島|올란드 제도
AZ|31|AZE|Azerbaijan|阿塞拜疆|亞塞拜然|アゼルバイジャン|아제르바이잔
BA|70|BIH|Bosnia & Herzegovina|波斯尼亚和黑塞哥维那|波士尼亞與赫塞哥維納|ボスニア・ヘルツェゴビナ|보스니아 헤르체고비나|Bosnia and Herzegovina|Bosnia Herzegovina|Bosnia
BB|52|BRB|Barbados|巴巴多斯|巴貝多|バルバドス|바베이도스
BD|50|BGD|Bangladesh|孟加拉国|孟加拉|バングラデシュ|방글라데시
BE|56|BEL|Belgium|比利时|比利時|ベルギー|벨기에
BF|854|BFA|Burkina Faso|布基纳法索|布吉納法索|ブルキナファソ|부르키나파소
BG|100|BGR|Bulgaria|保加利亚|保加利亞|ブルガリア|불가리아
BH|48|BHR|Bahrain|巴林|バーレーン|바레인
BI|108|BDI|Burundi|布隆迪|蒲隆地|ブルンジ|부룬디
BJ|204|BEN|Benin|贝宁|貝南|ベナン|베냉
BL|652|BLM|St. Barthélemy|圣巴泰勒米|聖巴瑟米|サン・バルテルミー|생바르텔레미
BM|60|BMU|Bermuda|百慕大|百慕達|バミューダ|버뮤다
BN|96|BRN|Brunei|文莱|汶萊|ブルネイ|브루나이|Brunei Darussalam|Brunei Dar.
BO|68|BOL|Bolivia|玻利维亚|玻利維亞|ボリビア|볼리비아|Bolivia (Plurinational State of)|Bolivia, Plurinational State of
BQ|535|BES|Caribbean Netherlands|荷属加勒比区|荷蘭加勒比區|オランダ領カリブ|네덜란드령 카리브
BR|76|BRA|Brazil|巴西|ブラジル|브라질
BS|44|BHS|Bahamas|巴哈马|巴哈馬|バハマ|바하마|The Bahamas|Bahamas, The
BT|64|BTN|Bhutan|不丹|ブータン|부탄
BV|74|BVT|Bouvet Island|布韦岛|布威島|ブーベ島|부베섬
BW|72|BWA|Botswana|博茨瓦纳|波札那|ボツワナ|보츠와나
BY|112|BLR|Belarus|白俄罗斯|白俄羅斯|ベラルーシ|벨라루스
BZ|84|BLZ|Belize|伯利兹|貝里斯|ベリーズ|벨리즈
CA|124|CAN|Canada|加拿大|カナダ|캐나다
CC|166|CCK|Cocos (Keeling) Islands|科科斯（基林）群岛|科克斯（基靈）群島|ココス(キーリング)諸島|코코스 제도
CD|180|COD ZAR|Congo - Kinshasa|刚果（金）|剛果（金夏沙）|コンゴ民主共和国(キンシャサ)|콩고-킨샤사|Congo (Kinshasa)|Congo, Democratic Republic of the|Democratic Republic of the Congo|Dem. Rep. of the Congo|DR Congo|DRC|Congo, Dem. Rep.|Congo, Democratic Republic of
CF|140|CAF|Central African Republic|中非共和国|中非共和國|中央アフリカ共和国|중앙 아프리카 공화국
CG|178|COG|Congo - Brazzaville|刚果（布）|剛果（布拉薩）|コンゴ共和国(ブラザビル)|콩고-브라자빌|Congo (Brazzaville)|Congo|Republic of the Congo|Congo, Rep.
CH|756 757|CHE|Switzerland|瑞士|スイス|스위스|Switzerland, Liechtenstein
CI|384|CIV|Côte d’Ivoire|科特迪瓦|象牙海岸|コートジボワール|코트디부아르|Côte d'Ivoire|Cote d'Ivoire|Ivory Coast
CK|184|COK|Cook Islands|库克群岛|庫克群島|クック諸島|쿡 제도
CL|152|CHL|Chile|智利|チリ|칠레
CM|120|CMR|Cameroon|喀麦隆|喀麥隆|カメルーン|카메룬
CN|156|CHN|China|中国|中國|중국|China, People's Republic of|People's Republic of China|China (Mainland)|China, mainland|Mainland China|China, P.R.: Mainland|PRC|P.R. China|China, P.R.|中国大陆|中国大陸|中华人民共和国|中華人民共和国|中华民国大陆
CO|170|COL|Colombia|哥伦比亚|哥倫比亞|コロンビア|콜롬비아
CR|188|CRI|Costa Rica|哥斯达黎加|哥斯大黎加|コスタリカ|코스타리카
CU|192|CUB|Cuba|古巴|キューバ|쿠바
CV|132|CPV|Cape Verde|佛得角|維德角|カーボベルデ|카보베르데|Cabo Verde
CW|531|CUW|Curaçao|库拉索|庫拉索|キュラソー|퀴라소
CX|162|CXR|Christmas Island|圣诞岛|聖誕島|クリスマス島|크리스마스섬
CY|196|CYP|Cyprus|塞浦路斯|賽普勒斯|キプロス|키프로스
CZ|203|CZE|Czechia|捷克|チェコ|체코|Czech Republic|Czech Rep.
DE|276 278 280|DDR DEU|Germany|德国|德國|ドイツ|독일|Fed. Rep. of Germany|Federal Republic of Germany
DJ|262|DJI|Djibouti|吉布提|吉布地|ジブチ|지부티
DK|208|DNK|Denmark|丹麦|丹麥|デンマーク|덴마크
DM|212|DMA|Dominica|多米尼克|ドミニカ国|도미니카
DO|214|DOM|Dominican Republic|多米尼加共和国|多明尼加共和國|ドミニカ共和国|도미니카 공화국
DZ|12|DZA|Algeria|阿尔及利亚|阿爾及利亞|アルジェリア|알제리
EC|218|ECU|Ecuador|厄瓜多尔|厄瓜多|エクアドル|에콰도르
EE|233|EST|Estonia|爱沙尼亚|愛沙尼亞|エストニア|에스토니아
EG|818|EGY|Egypt|埃及|エジプト|이집트|Egypt, Arab Rep.
EH|732|ESH|Western Sahara|西撒哈拉|西サハラ|서사하라
ER|232|ERI|Eritrea|厄立特里亚|厄利垂亞|エリトリア|에리트리아
ES|724|ESP|Spain|西班牙|スペイン|스페인
ET|230 231|ETH|Ethiopia|埃塞俄比亚|衣索比亞|エチオピア|에티오피아
FI|246|FIN|Finland|芬兰|芬蘭|フィンランド|핀란드
FJ|242|FJI|Fiji|斐济|斐濟|フィジー|피지
FK|238|FLK|Falkland Islands|福克兰群岛|福克蘭群島|フォークランド諸島|포클랜드 제도
FM|583|FSM|Micronesia|密克罗尼西亚|密克羅尼西亞|ミクロネシア連邦|미크로네시아|Micronesia (Federated States of)|FS Micronesia
FO|234|FRO|Faroe Islands|法罗群岛|法羅群島|フェロー諸島|페로 제도
FR|249 250 251|FRA FXX|France|法国|法國|フランス|프랑스|France, Monaco
GA|266|GAB|Gabon|加蓬|加彭|ガボン|가봉
GB|826|GBR|United Kingdom|英国|英國|イギリス|영국|UK|U.K.|United Kingdom of Great Britain and Northern Ireland|Great Britain
GD|308|GRD|Grenada|格林纳达|格瑞那達|グレナダ|그레나다
GE|268|GEO|Georgia|格鲁吉亚|喬治亞|ジョージア|조지아
GF|254|GUF|French Guiana|法属圭亚那|法屬圭亞那|仏領ギアナ|프랑스령 기아나
GG|831|GGY|Guernsey|根西岛|根息|ガーンジー|건지
GH|288|GHA|Ghana|加纳|迦納|ガーナ|가나
GI|292|GIB|Gibraltar|直布罗陀|直布羅陀|ジブラルタル|지브롤터
GL|304|GRL|Greenland|格陵兰|格陵蘭|グリーンランド|그린란드
GM|270|GMB|Gambia|冈比亚|甘比亞|ガンビア|감비아|The Gambia|Gambia, The
GN|324|GIN|Guinea|几内亚|幾內亞|ギニア|기니
GP|312|GLP|Guadeloupe|瓜德罗普|瓜地洛普|グアドループ|과들루프
GQ|226|GNQ|Equatorial Guinea|赤道几内亚|赤道幾內亞|赤道ギニア|적도 기니
GR|300|GRC|Greece|希腊|希臘|ギリシャ|그리스
GS|239|SGS|South Georgia & South Sandwich Islands|南乔治亚和南桑威奇群岛|南喬治亞與南三明治群島|サウスジョージア・サウスサンドウィッチ諸島|사우스조지아 사우스샌드위치 제도
GT|320|GTM|Guatemala|危地马拉|瓜地馬拉|グアテマラ|과테말라
GU|316|GUM|Guam|关岛|關島|グアム|괌
GW|624|GNB|Guinea-Bissau|几内亚比绍|幾內亞比索|ギニアビサウ|기니비사우
GY|328|GUY|Guyana|圭亚那|蓋亞那|ガイアナ|가이아나
HK|344|HKG|Hong Kong SAR China|中国香港特别行政区|中國香港特別行政區|中華人民共和国香港特別行政区|홍콩(중국 특별행정구)|Hong Kong|China, Hong Kong SAR|Hong Kong, China|Hong Kong SAR|中国香港|香港
HM|334|HMD|Heard & McDonald Islands|赫德岛和麦克唐纳群岛|赫德島及麥唐納群島|ハード島・マクドナルド諸島|허드 맥도널드 제도
HN|340|HND|Honduras|洪都拉斯|宏都拉斯|ホンジュラス|온두라스
HR|191|HRV|Croatia|克罗地亚|克羅埃西亞|クロアチア|크로아티아
HT|332|HTI|Haiti|海地|ハイチ|아이티
HU|348|HUN|Hungary|匈牙利|ハンガリー|헝가리
ID|360|IDN|Indonesia|印度尼西亚|印尼|インドネシア|인도네시아
IE|372|IRL|Ireland|爱尔兰|愛爾蘭|アイルランド|아일랜드
IL|376|ISR|Israel|以色列|イスラエル|이스라엘
IM|833|IMN|Isle of Man|马恩岛|曼島|マン島|맨섬
IN|356 699|IND|India|印度|インド|인도|Republic of India
IO|86|IOT|British Indian Ocean Territory|英属印度洋领地|英屬印度洋領地|英領インド洋地域|영국령 인도양 지역
IQ|368|IRQ|Iraq|伊拉克|イラク|이라크
IR|364|IRN|Iran|伊朗|イラン|이란|Iran, Islamic Republic of|Iran (Islamic Republic of)|Islamic Republic of Iran|Iran, Islamic Rep.
IS|352|ISL|Iceland|冰岛|冰島|アイスランド|아이슬란드
IT|380|ITA|Italy|意大利|義大利|イタリア|이탈리아
JE|832|JEY|Jersey|泽西岛|澤西島|ジャージー|저지
JM|388|JAM|Jamaica|牙买加|牙買加|ジャマイカ|자메이카
JO|400|JOR|Jordan|约旦|約旦|ヨルダン|요르단
JP|392|JPN|Japan|日本|일본|日本国
KE|404|KEN|Kenya|肯尼亚|肯亞|ケニア|케냐
KG|417|KGZ|Kyrgyzstan|吉尔吉斯斯坦|吉爾吉斯|キルギス|키르기스스탄|Kyrgyz Republic
KH|116|KHM|Cambodia|柬埔寨|カンボジア|캄보디아
KI|296|KIR|Kiribati|基里巴斯|吉里巴斯|キリバス|키리바시
KM|174|COM|Comoros|科摩罗|葛摩|コモロ|코모로
KN|659|KNA|St. Kitts & Nevis|圣基茨和尼维斯|聖克里斯多福及尼維斯|セントクリストファー・ネーヴィス|세인트키츠 네비스
KP|408|PRK|North Korea|朝鲜|北韓|北朝鮮|북한|Korea, North|Korea, Democratic People's Republic of|Democratic People's Republic of Korea|Dem. People's Rep. of Korea|DPRK|Korea (North)|Korea, Dem. People's Rep.|朝鲜民主主义人民共和国|朝鮮
KR|410|KOR|South Korea|韩国|南韓|韓国|대한민국|Korea, South|Korea, Republic of|Republic of Korea|Rep. of Korea|Korea, Rep.|Korea|Korea (South)|Korea, Rep. of|S. Korea|大韓民国|大韩民国|韓國
KW|414|KWT|Kuwait|科威特|クウェート|쿠웨이트
KY|136|CYM|Cayman Islands|开曼群岛|開曼群島|ケイマン諸島|케이맨 제도
KZ|398|KAZ|Kazakhstan|哈萨克斯坦|哈薩克|カザフスタン|카자흐스탄
LA|418|LAO|Laos|老挝|寮國|ラオス|라오스|Lao People's Democratic Republic|Lao People's Dem. Rep.|Lao PDR
LB|422|LBN|Lebanon|黎巴嫩|レバノン|레바논
LC|662|LCA|St. Lucia|圣卢西亚|聖露西亞|セントルシア|세인트루시아
LI|438|LIE|Liechtenstein|列支敦士登|列支敦斯登|リヒテンシュタイン|리히텐슈타인
LK|144|LKA|Sri Lanka|斯里兰卡|斯里蘭卡|スリランカ|스리랑카
LR|430|LBR|Liberia|利比里亚|賴比瑞亞|リベリア|라이베리아
LS|426|LSO|Lesotho|莱索托|賴索托|レソト|레소토
LT|440|LTU|Lithuania|立陶宛|リトアニア|리투아니아
LU|442|LUX|Luxembourg|卢森堡|盧森堡|ルクセンブルク|룩셈부르크
LV|428|LVA|Latvia|拉脱维亚|拉脫維亞|ラトビア|라트비아
LY|434|LBY|Libya|利比亚|利比亞|リビア|리비아
MA|504|MAR|Morocco|摩洛哥|モロッコ|모로코
MC|492|MCO|Monaco|摩纳哥|摩納哥|モナコ|모나코
MD|498|MDA|Moldova|摩尔多瓦|摩爾多瓦|モルドバ|몰도바|Republic of Moldova|Rep. of Moldova|Moldova, Republic of
ME|499|MNE|Montenegro|黑山|蒙特內哥羅|モンテネグロ|몬테네그로
MF|663|MAF|St. Martin|法属圣马丁|法屬聖馬丁|サン・マルタン|생마르탱
MG|450|MDG|Madagascar|马达加斯加|馬達加斯加|マダガスカル|마다가스카르
MH|584|MHL|Marshall Islands|马绍尔群岛|馬紹爾群島|マーシャル諸島|마셜 제도
MK|807|MKD|North Macedonia|北马其顿|北馬其頓|北マケドニア|북마케도니아|Macedonia|TFYR of Macedonia
ML|466|MLI|Mali|马里|馬利|マリ|말리
MM|104|BUR MMR|Myanmar (Burma)|缅甸|緬甸|ミャンマー (ビルマ)|미얀마|Burma|Myanmar
MN|496|MNG|Mongolia|蒙古|モンゴル|몽골
MO|446|MAC|Macao SAR China|中国澳门特别行政区|中國澳門特別行政區|中華人民共和国マカオ特別行政区|마카오(중국 특별행정구)|Macao|Macau|China, Macao SAR|Macao, China|中国澳门|マカオ|澳门
MP|580|MNP|Northern Mariana Islands|北马里亚纳群岛|北馬利安納群島|北マリアナ諸島|북마리아나제도
MQ|474|MTQ|Martinique|马提尼克|馬丁尼克|マルティニーク|마르티니크
MR|478|MRT|Mauritania|毛里塔尼亚|茅利塔尼亞|モーリタニア|모리타니
MS|500|MSR|Montserrat|蒙特塞拉特|蒙哲臘|モントセラト|몬트세라트
MT|470|MLT|Malta|马耳他|馬爾他|マルタ|몰타
MU|480|MUS|Mauritius|毛里求斯|模里西斯|モーリシャス|모리셔스
MV|462|MDV|Maldives|马尔代夫|馬爾地夫|モルディブ|몰디브
MW|454|MWI|Malawi|马拉维|馬拉威|マラウイ|말라위
MX|484|MEX|Mexico|墨西哥|メキシコ|멕시코
MY|458|MYS|Malaysia|马来西亚|馬來西亞|マレーシア|말레이시아
MZ|508|MOZ|Mozambique|莫桑比克|莫三比克|モザンビーク|모잠비크
NA|516|NAM|Namibia|纳米比亚|納米比亞|ナミビア|나미비아
NC|540|NCL|New Caledonia|新喀里多尼亚|新喀里多尼亞|ニューカレドニア|뉴칼레도니아
NE|562|NER|Niger|尼日尔|尼日|ニジェール|니제르
NF|574|NFK|Norfolk Island|诺福克岛|諾福克島|ノーフォーク島|노퍽섬
NG|566|NGA|Nigeria|尼日利亚|奈及利亞|ナイジェリア|나이지리아
NI|558|NIC|Nicaragua|尼加拉瓜|ニカラグア|니카라과
NL|528|NLD|Netherlands|荷兰|荷蘭|オランダ|네덜란드|The Netherlands|Netherlands, The|Holland
NO|578 579|NOR|Norway|挪威|ノルウェー|노르웨이|Norway, Svalbard and Jan Mayen
NP|524|NPL|Nepal|尼泊尔|尼泊爾|ネパール|네팔
NR|520|NRU|Nauru|瑙鲁|諾魯|ナウル|나우루
NU|570|NIU|Niue|纽埃|紐埃島|ニウエ|니우에
NZ|554|NZL|New Zealand|新西兰|紐西蘭|ニュージーランド|뉴질랜드
OM|512|OMN|Oman|阿曼|オマーン|오만
PA|591|PAN|Panama|巴拿马|巴拿馬|パナマ|파나마
PE|604|PER|Peru|秘鲁|秘魯|ペルー|페루
PF|258|PYF|French Polynesia|法属波利尼西亚|法屬玻里尼西亞|仏領ポリネシア|프랑스령 폴리네시아
PG|598|PNG|Papua New Guinea|巴布亚新几内亚|巴布亞紐幾內亞|パプアニューギニア|파푸아뉴기니
PH|608|PHL|Philippines|菲律宾|菲律賓|フィリピン|필리핀
PK|586|PAK|Pakistan|巴基斯坦|パキスタン|파키스탄|Islamic Republic of Pakistan
PL|616|POL|Poland|波兰|波蘭|ポーランド|폴란드
PM|666|SPM|St. Pierre & Miquelon|圣皮埃尔和密克隆群岛|聖皮埃與密克隆群島|サンピエール島・ミクロン島|생피에르 미클롱
PN|612|PCN|Pitcairn Islands|皮特凯恩群岛|皮特肯群島|ピトケアン諸島|핏케언 제도
PR|630|PRI|Puerto Rico|波多黎各|プエルトリコ|푸에르토리코
PS|275|PSE|Palestinian Territories|巴勒斯坦领土|巴勒斯坦自治區|パレスチナ自治区|팔레스타인 지구|Palestine|State of Palestine|West Bank
PT|620|PRT|Portugal|葡萄牙|ポルトガル|포르투갈
PW|585|PLW|Palau|帕劳|帛琉|パラオ|팔라우
PY|600|PRY|Paraguay|巴拉圭|パラグアイ|파라과이
QA|634|QAT|Qatar|卡塔尔|卡達|カタール|카타르
RE|638|REU|Réunion|留尼汪|留尼旺|レユニオン|레위니옹
RO|642|ROU|Romania|罗马尼亚|羅馬尼亞|ルーマニア|루마니아
RS|688|SRB|Serbia|塞尔维亚|塞爾維亞|セルビア|세르비아
RU|643|RUS|Russia|俄罗斯|俄羅斯|ロシア|러시아|Russian Federation|Россия|俄罗斯联邦|ロシア連邦
RW|646|RWA|Rwanda|卢旺达|盧安達|ルワンダ|르완다
SA|682|SAU|Saudi Arabia|沙特阿拉伯|沙烏地阿拉伯|サウジアラビア|사우디아라비아|Kingdom of Saudi Arabia
SB|90|SLB|Solomon Islands|所罗门群岛|索羅門群島|ソロモン諸島|솔로몬 제도
SC|690|SYC|Seychelles|塞舌尔|塞席爾|セーシェル|세이셸
SD|729 736|SDN|Sudan|苏丹|蘇丹|スーダン|수단
SE|752|SWE|Sweden|瑞典|スウェーデン|스웨덴
SG|702|SGP|Singapore|新加坡|シンガポール|싱가포르|Republic of Singapore
SH|654|SHN|St. Helena|圣赫勒拿|聖赫勒拿島|セントヘレナ|세인트헬레나
SI|705|SVN|Slovenia|斯洛文尼亚|斯洛維尼亞|スロベニア|슬로베니아
SJ|744|SJM|Svalbard & Jan Mayen|斯瓦尔巴和扬马延|挪威屬斯瓦巴及尖棉|スバールバル諸島・ヤンマイエン島|스발바르제도-얀마웬섬
SK|703|SVK|Slovakia|斯洛伐克|スロバキア|슬로바키아|Slovak Republic
SL|694|SLE|Sierra Leone|塞拉利昂|獅子山|シエラレオネ|시에라리온
SM|674|SMR|San Marino|圣马力诺|聖馬利諾|サンマリノ|산마리노
SN|686|SEN|Senegal|塞内加尔|塞內加爾|セネガル|세네갈
SO|706|SOM|Somalia|索马里|索馬利亞|ソマリア|소말리아
SR|740|SUR|Suriname|苏里南|蘇利南|スリナム|수리남
SS|728|SSD|South Sudan|南苏丹|南蘇丹|南スーダン|남수단
ST|678|STP|São Tomé & Príncipe|圣多美和普林西比|聖多美普林西比|サントメ・プリンシペ|상투메 프린시페
SV|222|SLV|El Salvador|萨尔瓦多|薩爾瓦多|エルサルバドル|엘살바도르
SX|534|SXM|Sint Maarten|荷属圣马丁|荷屬聖馬丁|シント・マールテン|신트마르턴
SY|760|SYR|Syria|叙利亚|敘利亞|シリア|시리아|Syrian Arab Republic
SZ|748|SWZ|Eswatini|斯威士兰|史瓦帝尼|エスワティニ|에스와티니|Swaziland
TC|796|TCA|Turks & Caicos Islands|特克斯和凯科斯群岛|土克斯及開科斯群島|タークス・カイコス諸島|터크스 케이커스 제도
TD|148|TCD|Chad|乍得|查德|チャド|차드
TF|260|ATF|French Southern Territories|法属南部领地|法屬南部屬地|仏領極南諸島|프랑스령 남방 지역
TG|768|TGO|Togo|多哥|トーゴ|토고
TH|764|THA|Thailand|泰国|泰國|タイ|태국
TJ|762|TJK|Tajikistan|塔吉克斯坦|塔吉克|タジキスタン|타지키스탄
TK|772|TKL|Tokelau|托克劳|托克勞群島|トケラウ|토켈라우
TL|626|TLS TMP|Timor-Leste|东帝汶|東帝汶|東ティモール|동티모르
TM|795|TKM|Turkmenistan|土库曼斯坦|土庫曼|トルクメニスタン|투르크메니스탄
TN|788|TUN|Tunisia|突尼斯|突尼西亞|チュニジア|튀니지
TO|776|TON|Tonga|汤加|東加|トンガ|통가
TR|792|TUR|Türkiye|土耳其|トルコ|튀르키예|Turkey|Turkiye
TT|780|TTO|Trinidad & Tobago|特立尼达和多巴哥|千里達及托巴哥|トリニダード・トバゴ|트리니다드 토바고
TV|798|TUV|Tuvalu|图瓦卢|吐瓦魯|ツバル|투발루
TW|158 490|TWN|Taiwan|台湾|台灣|대만|Taiwan, China|Taiwan, Province of China|Chinese Taipei|Other Asia, nes|Taiwan (China)|臺灣|中国台湾|타이완
TZ|834|TZA|Tanzania|坦桑尼亚|坦尚尼亞|タンザニア|탄자니아|United Republic of Tanzania|United Rep. of Tanzania|Tanzania, United Republic of
UA|804|UKR|Ukraine|乌克兰|烏克蘭|ウクライナ|우크라이나
UG|800|UGA|Uganda|乌干达|烏干達|ウガンダ|우간다
UM|581|UMI|U.S. Outlying Islands|美国本土外小岛屿|美國本土外小島嶼|合衆国領有小離島|미국령 해외 제도
US|840 841 842|USA|United States|美国|美國|アメリカ合衆国|미국|USA|U.S.A.|United States of America|U.S.|United States (US)|US of America|아메리카합중국|アメリカ|미합중국
UY|858|URY|Uruguay|乌拉圭|烏拉圭|ウルグアイ|우루과이
UZ|860|UZB|Uzbekistan|乌兹别克斯坦|烏茲別克|ウズベキスタン|우즈베키스탄
VA|336|VAT|Vatican City|梵蒂冈|梵蒂岡|バチカン市国|바티칸 시국
VC|670|VCT|St. Vincent & Grenadines|圣文森特和格林纳丁斯|聖文森及格瑞那丁|セントビンセント及びグレナディーン諸島|세인트빈센트그레나딘
VE|862|VEN|Venezuela|委内瑞拉|委內瑞拉|ベネズエラ|베네수엘라|Venezuela (Bolivarian Republic of)|Venezuela, Bolivarian Republic of|Venezuela, RB
VG|92|VGB|British Virgin Islands|英属维尔京群岛|英屬維京群島|英領ヴァージン諸島|영국령 버진아일랜드
VI|850|VIR|U.S. Virgin Islands|美属维尔京群岛|美屬維京群島|米領ヴァージン諸島|미국령 버진아일랜드
VN|704|VNM|Vietnam|越南|ベトナム|베트남|Viet Nam|Socialist Republic of Viet Nam
VU|548|VUT|Vanuatu|瓦努阿图|萬那杜|バヌアツ|바누아투
WF|876|WLF|Wallis & Futuna|瓦利斯和富图纳|瓦利斯群島和富圖那群島|ウォリス・フツナ|왈리스-푸투나 제도
WS|882|WSM|Samoa|萨摩亚|薩摩亞|サモア|사모아
YE|720 886 887|YEM YMD|Yemen|也门|葉門|イエメン|예멘|Yemen, Rep.
YT|175|MYT|Mayotte|马约特|馬約特島|マヨット|마요트
ZA|710|ZAF|South Africa|南非|南アフリカ|남아프리카
ZM|894|ZMB|Zambia|赞比亚|尚比亞|ザンビア|잠비아
ZW|716|ZWE|Zimbabwe|津巴布韦|辛巴威|ジンバブエ|짐바브웨
"""

WORLD = (
    "0", "wld", "w00", "w0", "world", "all countries", "all partners", "total", "grand total", "total all countries",
    "世界", "全世界", "全球", "总值", "總值", "总计", "合计", "合計", "総計", "総額", "全国计", "전체", "합계", "총계", "세계", "계",
)  # fmt: skip
EUROPEAN_UNION = ("eu", "eu27", "eu27_2020", "eu28", "97", "918", "european union", "european union (27)", "european union - 27",
                  "欧盟", "歐盟", "欧洲联盟", "欧州連合", "유럽연합")  # fmt: skip
