/** Bounds of the HTTP API. Rates are token buckets, per node. docs/api.md and /api/docs show them. */
export const API_LIMITS = {
  bodyBytesMax: { value: 64 * 1024, unit: 'bytes', summary: 'Largest body of a request.' },
  rates: {
    key: { perSecond: 100, burst: 200, summary: 'requests with one API key' },
    /** Before anything else. */
    address: { perSecond: 100, burst: 200, summary: 'requests from one address' },
    wrongKey: { perSecond: 1, burst: 10, summary: 'requests without a valid key, from one address' },
    /** They read every order of a room. */
    exports: { perSecond: 0.5, burst: 10, summary: 'exports with one API key' },
    publicKeys: { perSecond: 10, burst: 100, summary: 'readings of the public keys, from one address' },
    publicLedger: {
      perSecond: 5,
      burst: 50,
      summary: 'readings of public ledgers and proofs, from one address',
    },
    draws: { perSecond: 10, burst: 100, summary: 'readings of draws, from one address' },
    drawLists: { perSecond: 0.5, burst: 10, summary: 'readings of whole lists of draws, from one address' },
    uploads: { perSecond: 0.1, burst: 5, summary: 'uploads of word lists with one API key' },
    signIn: { perSecond: 2, burst: 30, summary: 'demo sign-ins from one address' },
    demoRooms: { perSecond: 0.2, burst: 10, summary: 'rooms made in a demo from one address' },
    demoCheckout: { perSecond: 5, burst: 50, summary: 'demo checkouts from one address' },
  },
} as const;
