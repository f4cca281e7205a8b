import { Fleet } from './fleet.ts';
import type { StormsMethod, StormsMethods } from './methods.ts';
import { Rush } from './rush.ts';
import { Shop } from './shop.ts';

export type StormsRequest = {
  [M in StormsMethod]: { id: number; method: M; params: StormsMethods[M]['params'] };
}[StormsMethod];

let rush: Rush | undefined;
let fleet: Fleet | undefined;
let shop: Shop | undefined;

function there<T>(what: T | undefined): T {
  if (what === undefined) throw new Error('Nobody has come yet.');
  return what;
}

/** The part of a bot process that has clients of the SDK, loaded only by those who ask for it. */
export async function obeyStorms(
  request: StormsRequest,
  live: (text: string) => void,
): Promise<StormsMethods[StormsMethod]['result']> {
  switch (request.method) {
    case 'rush':
      rush = new Rush(request.params);
      return rush.run(live);
    case 'rushCheck':
      return there(rush).check(request.params);
    case 'rushLeave':
      rush?.leave();
      return null;
    case 'fleetGather':
      fleet = new Fleet(request.params);
      return fleet.gather(live);
    case 'fleetServe':
      there(fleet).serve(request.params.urls);
      return null;
    case 'fleetReturned':
      return there(fleet).returned(request.params, live);
    case 'fleetSeen':
      return there(fleet).seen(request.params);
    case 'fleetShop':
      shop = new Shop(there(fleet).sdkViewers, request.params);
      return null;
    case 'fleetShopped':
      return there(shop).close(request.params.timeoutMs);
    case 'fleetLeave':
      fleet?.leave();
      return null;
  }
}
