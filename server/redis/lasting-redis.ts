import { Redis, type RedisOptions } from 'ioredis';

const REVIVE_MS = 200;

/**
 * A client that reconnects for as long as nobody disconnects it. ioredis 6.0.0 ends for good when a
 * Sentinel tells of a failover at the moment in which the client asks for the master, which after the
 * death of a master it does all the time.
 */
export class LastingRedis extends Redis {
  #wanted = true;
  #revival: NodeJS.Timeout | undefined;

  constructor(options: Omit<RedisOptions, 'replyMapping'>) {
    super(options);
    this.on('end', () => {
      if (!this.#wanted) return;
      this.#revival = setTimeout(() => this.connect().catch(() => undefined), REVIVE_MS);
    });
  }

  override disconnect(reconnect = false): void {
    if (!reconnect) {
      this.#wanted = false;
      clearTimeout(this.#revival);
    }
    super.disconnect(reconnect);
  }
}
