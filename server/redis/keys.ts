/**
 * Every Redis key is built here. Keys of one room share a hash tag, so that one script can change
 * all of a room's state and rooms spread over a Cluster. `events` also names the room's shard
 * channel: channels live in a space of their own.
 */
export function createKeys(prefix: string) {
  return {
    room(roomId: string) {
      const base = `${prefix}{room:${roomId}}`;
      const sales = `${base}:sales`;
      return {
        /** hash: seq (last event), fact (last ledger entry) */
        head: `${base}:head`,
        /** stream of events, id `<seq>-0`, capped */
        events: `${base}:events`,
        /** stream of facts, id `<n>-0`, never trimmed before it was archived */
        ledger: `${base}:ledger`,
        /** zset of `<play>:<kind>:<ref>` by deadline in ms */
        due: `${base}:due`,
        /** hash: the room's own fields */
        meta: `${base}:meta`,
        /** hash user → number of nodes they are on */
        presence: `${base}:presence`,
        /** zset node → last heard of, ms */
        presenceNodes: `${base}:presence-nodes`,
        /** set of users that a node has in this room */
        presenceOf: (nodeId: string) => `${base}:presence-of:${nodeId}`,
        /** hash productId → JSON */
        products: `${base}:products`,
        /** zset of product ids, in the order they were added */
        shelf: `${base}:shelf`,
        /** list of message JSON, newest first */
        chat: `${base}:chat`,
        /** hash messageId → JSON, of the messages in `chat` */
        chatById: `${base}:chat-by-id`,
        chatPin: `${base}:chat-pin`,
        /** zset of sale ids by the time they were scheduled */
        sales,
        /** set of the sale ids that are scheduled, open or paused */
        salesRunning: `${base}:sales-running`,
        sale: (saleId: string) => `${sales}:${saleId}`,
        /** hash user → units held and paid; 0 stays, so that losers are known from former buyers */
        buyers: (saleId: string) => `${sales}:${saleId}:buyers`,
        /** hash holdId → JSON, running holds only */
        holds: `${base}:holds`,
        /** hash user → ids of their running holds, comma-separated */
        holders: `${base}:holders`,
        /** hash user → times of unpaid holds, comma-separated */
        strikes: `${base}:strikes`,
        /** hash `<actor> <opId>` → `<fingerprint> <result>`, one a play */
        ops: (play: string) => `${base}:ops:${play}`,
        /** list of `<ms> <field>` of `ops`, oldest first */
        opAges: (play: string) => `${base}:op-ages:${play}`,
      };
    },
    /** zset of all room ids by creation time */
    rooms: `${prefix}rooms`,
    due: {
      /** zset room → when to look at its due queue next */
      index: `${prefix}{due}:index`,
      /** hash room → generation and time in ms of its last announcement */
      generations: `${prefix}{due}:generations`,
      /** counter behind `generations` */
      counter: `${prefix}{due}:counter`,
    },
    /** written by the readiness probe */
    probe: `${prefix}probe`,
    /** prefix of the channels that carry notices between nodes */
    adapterChannel: `${prefix}notices`,
  };
}

export type Keys = ReturnType<typeof createKeys>;
export type RoomKeys = ReturnType<Keys['room']>;
