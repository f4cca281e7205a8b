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
      const orders = `${base}:orders`;
      const ordersOf = `${base}:orders-of`;
      return {
        /** hash: seq (last event), fact (last ledger entry), order (last order's number) */
        head: `${base}:head`,
        /** stream of events, id `<seq>-0`, capped */
        events: `${base}:events`,
        /** stream of facts, id `<n>-0`, never trimmed before it was archived */
        ledger: `${base}:ledger`,
        /** hash: how far the ledger was exported (n, hash) and trimmed (trimmedN, trimmedHash) */
        archive: `${base}:archive`,
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
        /** zset user → fact number of their joining: who is in line for returned units */
        waitlist: (saleId: string) => `${sales}:${saleId}:waitlist`,
        /** prefix of the hashes of orders, by their number in the room */
        orders,
        order: (no: number) => `${orders}:${no}`,
        /** prefix of the zsets of order numbers, by buyer */
        ordersOf,
        ordersOfUser: (userId: string) => `${ordersOf}:${userId}`,
        /** hash user → times of unpaid holds, comma-separated */
        strikes: `${base}:strikes`,
        /** prefix of the lanes: the way of this room's facts to a webhook endpoint */
        webhooks: `${base}:webhooks`,
        /** hash message number → `<due> <first attempt> <attempts> <key>`: failed, or waiting behind one that did */
        webhookPending: (endpointId: string) => `${base}:webhooks:${endpointId}:pending`,
        /** zset of messages given up, JSON, by number */
        webhookDead: (endpointId: string) => `${base}:webhooks:${endpointId}:dead`,
        /** hash `<actor> <opId>` → `<fingerprint> <result>`; one a play, and `trade` for all that moves units */
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
    webhooks: {
      /** hash endpointId → JSON */
      endpoints: `${prefix}{webhooks}:endpoints`,
      /** counts changes of `endpoints` */
      version: `${prefix}{webhooks}:version`,
      /** stream of attempts, capped */
      log: (endpointId: string) => `${prefix}{webhooks}:log:${endpointId}`,
      /** zset of the rooms that may have dead letters, all at 0 */
      deadRooms: (endpointId: string) => `${prefix}{webhooks}:dead-rooms:${endpointId}`,
    },
    /** written by the readiness probe */
    probe: `${prefix}probe`,
    /** prefix of the channels that carry notices between nodes */
    adapterChannel: `${prefix}notices`,
  };
}

export type Keys = ReturnType<typeof createKeys>;
export type RoomKeys = ReturnType<Keys['room']>;
