/** Bounds of the HTTP API. Rates are token buckets, per node. docs/api.md shows them. */
export const API_LIMITS = {
  bodyBytesMax: { value: 64 * 1024, unit: 'bytes', summary: 'Largest body of a request.' },
  rates: {
    /** By API key. */
    key: { perSecond: 100, burst: 200 },
    /** By network address, before anything else. */
    address: { perSecond: 100, burst: 200 },
    /** By network address: requests without a valid key. */
    wrongKey: { perSecond: 1, burst: 10 },
    /** By network address: sign-ins to a demo. */
    signIn: { perSecond: 2, burst: 30 },
  },
} as const;
