/**
 * What a draw may be like where the operator sells. This is configuration that keeps hosts from the plainest
 * mistakes, not legal advice: what applies to you, only somebody who knows your law can say.
 */
export type RegionRules = {
  /** Currency → the most that one prize may be worth, in its smallest unit. Not listed: no cap is known here. */
  readonly prizeCapMinor: Readonly<Record<string, number>>;
  /** Whether a draw may ask for a paid order. In many countries that makes it a lottery that needs a licence. */
  readonly purchaseCondition: boolean;
};

/**
 * China: in sales promotions with a drawing of lots the highest prize may not exceed 50,000 yuan. Anti-Unfair
 * Competition Law of the People's Republic of China, article 10 item 3 as amended in 2019; a later amendment may count
 * its articles otherwise. What a prize in another currency is worth in yuan is not computed.
 */
const CHINA_CAP = { CNY: 5_000_000 } as const;

export const REGION_PROFILES = ['strict', 'cn', 'open'] as const;
export type RegionProfile = (typeof REGION_PROFILES)[number];

export const REGIONS: Readonly<Record<RegionProfile, RegionRules>> = {
  /** Where nobody has looked into it yet: every cap that is known, and no purchase. */
  strict: { prizeCapMinor: CHINA_CAP, purchaseCondition: false },
  /** China: promotions may ask for a purchase, within the cap. */
  cn: { prizeCapMinor: CHINA_CAP, purchaseCondition: true },
  /** The operator sees to it. */
  open: { prizeCapMinor: {}, purchaseCondition: true },
};
