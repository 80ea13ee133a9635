import { countryCodes, isCountry } from '../domain/country';

/** What people write that is neither an ISO 3166-1 alpha-2 code nor the country's English name. */
const aliases: Readonly<Record<string, string>> = {
  uk: 'GB',
  el: 'GR',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  greatbritain: 'GB',
  america: 'US',
  unitedstatesofamerica: 'US',
  holland: 'NL',
  korea: 'KR',
  uae: 'AE',
  emirates: 'AE',
  czechrepublic: 'CZ',
  ivorycoast: 'CI',
  burma: 'MM',
  myanmar: 'MM',
  turkey: 'TR',
  hongkong: 'HK',
  macao: 'MO',
  macau: 'MO',
  congo: 'CD',
  drc: 'CD',
  swaziland: 'SZ',
  capeverde: 'CV',
  macedonia: 'MK',
};

/** ISO 3166-1 alpha-3 codes of countries that are paid to. One that is not here gets no hint, never a wrong one. */
const alpha3 =
  'ARE=AE ARG=AR ARM=AM AUS=AU AUT=AT AZE=AZ BEL=BE BEN=BJ BFA=BF BGD=BD BGR=BG BHR=BH BOL=BO BRA=BR BWA=BW CAN=CA CHE=CH CHL=CL ' +
  'CHN=CN CIV=CI CMR=CM COD=CD COG=CG COL=CO CRI=CR CYP=CY CZE=CZ DEU=DE DNK=DK DOM=DO DZA=DZ ECU=EC EGY=EG ESP=ES EST=EE ETH=ET ' +
  'FIN=FI FRA=FR GAB=GA GBR=GB GEO=GE GHA=GH GRC=GR GTM=GT HKG=HK HND=HN HRV=HR HTI=HT HUN=HU IDN=ID IND=IN IRL=IE IRQ=IQ ISL=IS ' +
  'ISR=IL ITA=IT JAM=JM JOR=JO JPN=JP KAZ=KZ KEN=KE KGZ=KG KHM=KH KOR=KR KWT=KW LAO=LA LBN=LB LKA=LK LTU=LT LUX=LU LVA=LV MAR=MA ' +
  'MDG=MG MEX=MX MLI=ML MLT=MT MMR=MM MOZ=MZ MUS=MU MWI=MW MYS=MY NAM=NA NGA=NG NIC=NI NLD=NL NOR=NO NPL=NP NZL=NZ OMN=OM PAK=PK ' +
  'PAN=PA PER=PE PHL=PH POL=PL PRT=PT PRY=PY QAT=QA ROU=RO RWA=RW SAU=SA SEN=SN SGP=SG SLV=SV SVK=SK SVN=SI SWE=SE TGO=TG THA=TH ' +
  'TUN=TN TUR=TR TWN=TW TZA=TZ UGA=UG UKR=UA URY=UY USA=US UZB=UZ VEN=VE VNM=VN ZAF=ZA ZMB=ZM ZWE=ZW';
const codeByAlpha3: ReadonlyMap<string, string> = new Map(
  alpha3.split(' ').map((pair) => {
    const [long = '', short = ''] = pair.split('=');
    return [long, short] as const;
  }),
);

/** The code that somebody most likely meant: an alpha-3 code, the English name, other case, a usual mistake. */
export function countryMeant(written: string): string | undefined {
  const word = lettersOf(written.slice(0, 64));
  const alias = Object.hasOwn(aliases, word) ? aliases[word] : undefined;
  if (alias !== undefined) return alias;
  const upper = word.toUpperCase();
  if (isCountry(upper)) return upper;
  return codeByAlpha3.get(upper) ?? codeByName().get(word);
}

const lettersOf = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '');

let names: ReadonlyMap<string, string> | undefined;
function codeByName(): ReadonlyMap<string, string> {
  const inEnglish = new Intl.DisplayNames(['en'], { type: 'region' });
  names ??= new Map(Array.from(countryCodes, (code) => [lettersOf(inEnglish.of(code) ?? code), code]));
  return names;
}
