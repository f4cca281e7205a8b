/** What is in the hash tags of the parts of the due index: each in the middle of its sixteenth of the slots. */
export const DUE_TAGS = [205, 148, 61, 122, 204, 149, 60, 123, 2, 27, 119, 243, 3, 26, 118, 242] as const;

export const roomTag = (roomId: string): string => `{room:${roomId}}`;

/**
 * Every Redis key is built here. Keys of one room share a hash tag, so that one script can change
 * all of a room's state and rooms spread over a Cluster. `events` also names the room's shard
 * channel: channels live in a space of their own.
 */
export function createKeys(prefix: string) {
  return {
    room(roomId: string) {
      const base = `${prefix}${roomTag(roomId)}`;
      const sales = `${base}:sales`;
      const orders = `${base}:orders`;
      const ordersOf = `${base}:orders-of`;
      const draws = `${base}:draws`;
      const fanBoards = `${base}:fan-boards`;
      const wordLists = `${base}:word-lists`;
      return {
        /**
         * hash: seq (last event), fact (last ledger entry), order (last order's number); action (last action's number); sessionId, sessionNo, sessionFromMs, boardSession, liveMs
         * (time live in sessions that ended), liveSinceMs, liveDays, liveDay; pointsFact (points are given up to here), saidSeq (messages are counted up to here)
         */
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
        /** hash `b <user>` (out of the room) and `m <user>` (may not speak) → `<until ms, 0 for good> <action id>` */
        sanctions: `${base}:sanctions`,
        /** hash `t <user>` (by token) and `a <user>` (appointed) → `<role> <until ms, 0 for good>` */
        roles: `${base}:roles`,
        /** hash user → keyed hash of the device they were last here with */
        devices: `${base}:devices`,
        /** hash device → `<user> <action id>`: devices of banned users */
        bannedDevices: `${base}:banned-devices`,
        /** hash: slowMs, followersMs, minLevel, links, allowedHosts (JSON), linksAtMs */
        modes: `${base}:modes`,
        /** zset user → when they began to follow, ms */
        followers: `${base}:followers`,
        /** hash user → how long they have watched, see lua/watch.lua */
        watch: `${base}:watch`,
        /** hash fan → level, points, what was earned today; see lua/fans.lua */
        fans: `${base}:fans`,
        /** JSON of the rules of the fan club; none: the defaults */
        fanRules: `${base}:fan-rules`,
        /** prefix of the zsets fan → points: `all`, `day:<day>`, `session:<id>` */
        fanBoards,
        fanBoard: (board: string) => `${fanBoards}:${board}`,
        /** hash invited user → `<inviter> <ms when it counted, or ->` */
        invitedBy: `${base}:invited-by`,
        /** hash user → invited users who stayed */
        invites: `${base}:invites`,
        /** hash user → paid orders that were not refunded or cancelled */
        paidOrders: `${base}:paid-orders`,
        /** hash order number → `<points> <day> <session id, or ->` that were given for it */
        paidPoints: `${base}:paid-points`,
        /** hash fan → `<until ms> <shift ms> <asked by>`: asked to moderate */
        keeperAsks: `${base}:keeper-asks`,
        /** hash user → when their entrance was last announced, ms */
        entrances: `${base}:entrances`,
        /** hash user → when they last spoke in slow mode, ms */
        spoke: `${base}:spoke`,
        /** hash draw → skeleton of its passphrase, while the draw is open */
        phrases: `${base}:phrases`,
        /** zset of draw ids by the time they were announced */
        draws,
        /** set of the draw ids that are not over: something of them is still to happen */
        drawsRunning: `${base}:draws-running`,
        draw: (drawId: string) => `${draws}:${drawId}`,
        /** hash user → ticket number */
        drawEntrants: (drawId: string) => `${draws}:${drawId}:entrants`,
        /** list of users by ticket number */
        drawTickets: (drawId: string) => `${draws}:${drawId}:tickets`,
        /** string: one character a ticket, its state at the freeze */
        drawStates: (drawId: string) => `${draws}:${drawId}:states`,
        /** string: 32 bytes a chunk of 1024 leaves, its Merkle root */
        drawRoots: (drawId: string) => `${draws}:${drawId}:roots`,
        /** set of users who said the passphrase */
        drawSaid: (drawId: string) => `${draws}:${drawId}:said`,
        /** hash award number → JSON: who won what, and whether it was claimed */
        drawAwards: (drawId: string) => `${draws}:${drawId}:awards`,
        /** zset user → when they last won, ms */
        wonAt: `${base}:won-at`,
        /**
         * stream of moderation actions, id `<no>-0`, JSON. Beside it: `…:undone` hash action → the one that took it back,
         * `…:keep:<action>` what an undo needs, for a day
         */
        actions: `${base}:actions`,
        /** prefix of the lists of action numbers, by the user they were against, newest first */
        actionsOn: `${base}:actions-on`,
        /** zset of held messages by time, and hash messageId → JSON */
        held: `${base}:held`,
        heldById: `${base}:held-by-id`,
        /** hash appeal id → JSON; `…:open` zset of those that are open, by time */
        appeals: `${base}:appeals`,
        /** hash list id → JSON of a word list without its words, see lua/list-book.lua; also `#version`, `#changedAtMs` */
        wordLists,
        /** zset of words, all at 0: in alphabetical order */
        words: (listId: string) => `${wordLists}:${listId}`,
        /** words that are gathered to replace those of a list; "~" is in no list id */
        freshWords: (listId: string, uploadId: string) => `${wordLists}:${listId}~${uploadId}`,
        /** hash message id → what was reported and is not dealt with; see lua/reported.lua */
        reported: `${base}:reported`,
        /** set of users who reported a message */
        reports: (messageId: string) => `${base}:reports:${messageId}`,
        /** hash of reports of the seller and products, and zsets of their ids by number; see lua/report-seller.lua */
        sellerReports: `${base}:seller-reports`,
        sellerReportsOpen: `${base}:seller-reports:open`,
        sellerReportsResolved: `${base}:seller-reports:resolved`,
        /** hash node → `<blocked> <held> <users> <ms>` of its last ten seconds; also `#at` */
        filtered: `${base}:filtered`,
        /** hash publicationId → JSON: what is published, by whom, which node carries it; see lua/book.lua */
        publications: `${base}:publications`,
        /** hash publicationId → until when its node answers for it, ms */
        leases: `${base}:publication-leases`,
        /** hash keyId → JSON: whose stream key, with the SHA-256 of its secret; see lua/stream-key.lua */
        streamKeys: `${base}:stream-keys`,
        /** hash keyId → when it was last used, ms */
        streamKeysUsed: `${base}:stream-keys-used`,
        /** hash session number → JSON: from which fact and after which order on a show runs, and up to which; see lua/show-book.lua */
        shows: `${base}:shows`,
        /** hash session number → JSON: the report of a show of which nothing changes any more */
        showReports: `${base}:show-reports`,
        /** hash minute → `<most viewers, -1 where unknown> <messages> <grabs>`; one a day (UTC), for some days */
        showMinutes: (day: number) => `${base}:show-minutes:${day}`,
        /** prefix of the HyperLogLogs of who came in, by session id */
        showVisitors: `${base}:show-visitors`,
        /** hash user → what they were called when they last took units or stood in line for them */
        buyerNames: `${base}:buyer-names`,
        /** hash: hearts of a show: no (its number), total, told (of which the room knows), toldAtMs; see lua/give.lua */
        hearts: `${base}:hearts`,
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
    /** zset of the rooms with open reports of the seller, by when the newest was made; a hint, the rooms say what is so */
    reportedRooms: `${prefix}rooms:reported`,
    /** What the home page finds rooms by; hints, the rooms say what is so. */
    listed: {
      /** zset of the rooms that are live, by how many watch, then by when they went */
      live: `${prefix}rooms:live`,
      /** zset of the rooms whose next show is planned, by when it starts */
      planned: `${prefix}rooms:planned`,
      /** zset of the rooms with a replay, by creation time */
      replays: `${prefix}rooms:replays`,
    },
    /** zset of the rooms that visitors of a demo made, by when somebody was last in them */
    demoRooms: `${prefix}demo-room-places`,
    /** One part of the index over rooms that have something due, see due-shards.ts. */
    due(shard: number) {
      const base = `${prefix}{due:${DUE_TAGS[shard]}}`;
      return {
        /** zset room → when to look at its due queue next */
        index: `${base}:index`,
        /** hash room → generation and time in ms of its last announcement */
        generations: `${base}:generations`,
        /** counter behind `generations` */
        counter: `${base}:counter`,
      };
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
    revoked: {
      /** zset token id → when it would have ended, ms */
      tokens: `${prefix}{revoked}:tokens`,
      /** zset user → tokens issued until then do not count, ms */
      users: `${prefix}{revoked}:users`,
      /** counts revocations */
      version: `${prefix}{revoked}:version`,
    },
    /** written by the readiness probe */
    probe: `${prefix}probe`,
    /** prefix of the channels that carry notices between nodes */
    adapterChannel: `${prefix}notices`,
    /** channel of what other nodes ask one node, and of their answers */
    nodeChannel: (nodeId: string) => `${prefix}{node:${nodeId}}`,
  };
}

export type Keys = ReturnType<typeof createKeys>;
export type RoomKeys = ReturnType<Keys['room']>;
