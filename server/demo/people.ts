/** The demo's host and moderator. They act only while a person signed in as one of them. */
export const DEMO_ROOM_ID = 'demo';
export const DEMO_HOST = { userId: 'demo-host', name: 'Lin', role: 'host' } as const;
export const DEMO_MODERATOR = { userId: 'demo-moderator', name: 'Mo', role: 'moderator' } as const;
/** Who the show acts as: "@" starts no user id, so nobody can sign in as it. */
export const SHOW_ACTOR = '@show';
/** Who the demo's shop acts as. */
export const SHOP_ACTOR = '@demo-shop';
/** Who sells where nothing is sold. */
export const DEMO_SELLER = 'A demo: nothing here is for sale, and no order will be sent.';
